import {expect, test} from 'vitest'
import type {Message} from '../core/node.ts'
import {eventWords} from './event-words.ts'
import {marksOf} from './events.ts'

const at = (timeNs: number, event: Message) => ({timeNs, node: 'n1', event})

test('a frequent type is thinned, a rare one and every leader kept', () => {
  const events = Array.from({length: 50_000}, (_, i) =>
    at(i, i === 777 ? {type: 'leader', term: 1} : i === 778 ? {type: 'vote', to: 'n2'} : {type: 'commit', index: i}),
  )
  const marks = marksOf(events)
  expect(marks.length).toBeLessThanOrEqual(2002)
  expect(marks.filter((mark) => mark.type !== 'commit').map((mark) => mark.type)).toEqual(['leader', 'vote'])
})

test.each<[Message, string, object]>([
  [{type: 'leader', term: 2}, 'becomes leader of term 2', {}],
  [{type: 'candidate', term: 2, to: ['n2', 'n3']}, 'asks for votes in term 2', {to: ['n2', 'n3']}],
  [{type: 'candidate', term: 1, preVote: true}, 'hears no leader, asks whether it could be elected', {}],
  [{type: 'vote', term: 2, to: 'n5'}, 'votes for n5 in term 2', {to: ['n5']}],
  [{type: 'vote', term: 2, to: 'n5', granted: false}, 'refuses n5 its vote in term 2', {to: ['n5']}],
  [{type: 'follower', term: 2, leader: 'n5'}, 'follows n5 in term 2', {from: ['n5']}],
  [{type: 'follower', term: 2, leader: null}, 'leaves for term 2, no leader known', {}],
  [{type: 'silent', to: 'n2', term: 3}, 'gets no answer from n2 any more', {to: ['n2']}],
  [{type: 'heard', from: 'n2', behind: 87}, 'hears n2 again, 87 entries behind', {from: ['n2']}],
  [{type: 'truncated', from: 'n2', index: 9, dropped: 3}, "drops 3 of its entries: n2's log differs", {from: ['n2']}],
  [{type: 'hint', key: 'x', owners: ['n1', 'n2']}, 'stands in: keeps x for n1 n2', {}],
  [{type: 'handed-off', key: 'x', to: ['n1', 'n2']}, 'has handed x over to n1, n2', {to: ['n1', 'n2']}],
  [
    {type: 'in-doubt', txn: 'n1.1.7', to: 'n1'},
    'has promised n1.1.7 and hears no decision from n1: its locks stay',
    {to: ['n1']},
  ],
  [{type: 'terminates', txn: 't', commit: false, states: {n1: 'prepared'}}, 'aborts t without its coordinator', {}],
  [{type: 'undeleted', key: 'x', to: 'n2'}, 'cannot delete x at n2: what is cached there may be old', {to: ['n2']}],
  [{type: 'in-sync', partition: 'log/0', replicas: ['n1', 'n3']}, 'has in sync for log/0: n1 n3', {}],
  [{type: 'lease-over', key: 'x', token: 4}, 'takes the lock x away, token 4: its lease is over', {}],
  [{type: 'compacted', from: 'n2', entries: 7}, 'compacted {entries: 7}', {from: ['n2']}],
])('%j: %s', (event, words, peers) => {
  expect(eventWords(event)).toBe(words)
  const [mark] = marksOf([at(5, event)])
  expect(mark).toMatchObject({node: 'n1', timeNs: 5, type: event.type, words, ...peers})
})
