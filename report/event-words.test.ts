import {expect, test} from 'vitest'
import {eventWords} from './event-words.ts'

test.each([
  [{type: 'leader', term: 4}, 'becomes leader of term 4'],
  [{type: 'partition-leader', partition: 'queue/x3', epoch: 2}, 'leads queue/x3 in epoch 2'],
  [{type: 'controller', term: 4}, 'becomes the controller in term 4'],
  [{type: 'anything', at: 7}, 'anything {at: 7}'],
])('%j: %s', (event, words) => {
  expect(eventWords(event)).toBe(words)
})
