import {expect, test} from 'vitest'
import {showCount} from '../core/quantities.ts'
import {phrase} from './phrase.ts'

const known = {key: 'x3', ok: true}

test.each([
  [{...known, f: 'read', input: '', output: '3'}, 'read x3 → 3'],
  [{...known, f: 'read', input: '', output: ''}, 'read x3 → nil'],
  [{...known, f: 'write', input: '7', output: '7'}, 'write x3 7'],
  [{...known, f: 'write', input: '7', output: '', ok: false}, 'write x3 7'],
  [{...known, f: 'cas', input: '[3 5]', output: 'true'}, 'cas x3 [3 5] → true'],
  [{...known, f: 'read', input: '', output: '', ok: false}, 'read x3'],
  [{...known, key: '', f: 'add', input: '4', output: '4'}, 'add 4'],
  [{...known, f: 'txn', input: 'r x nil', output: 'r x [1]'}, 'r x [1]'],
  [{...known, f: 'txn', input: 'r x nil', output: '', ok: false}, 'r x nil'],
])('%j reads %s', (operation, words) => expect(phrase(operation, true)).toBe(words))

test('the key can be left out', () => {
  expect(phrase({...known, f: 'read', input: '', output: '3'}, false)).toBe('read → 3')
})

test.each([
  [5, '5'],
  [999, '999'],
  [6012, '6\u202f012'],
  [1234567, '1\u202f234\u202f567'],
])('%i in groups', (count, text) => expect(showCount(count)).toBe(text))
