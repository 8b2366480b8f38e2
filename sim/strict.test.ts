import {expect, test} from 'vitest'
import type {Message} from '../core/node.ts'
import {checked} from './strict.ts'

test('what JSON carries passes, frozen all the way down', () => {
  const entries = [{term: 1, command: {key: 'x', value: null}}]
  const message = checked({type: 'append', entries, ok: true})
  expect(message).toEqual({type: 'append', entries: [{term: 1, command: {key: 'x', value: null}}], ok: true})
  expect(() => entries.push({term: 2, command: {key: 'y', value: null}})).toThrow('not extensible')
  expect(() => ((entries[0]!.command as {key: string}).key = 'z')).toThrow('read only')
  expect(checked(message)).toBe(message)
})

test.each([
  [{type: 'x', a: undefined}, 'message.a is undefined'],
  [{type: 'x', a: [1, Number.NaN]}, 'message.a[1] is NaN'],
  [{type: 'x', a: {b: new Map()}}, 'message.a.b is a Map'],
  [{type: 'x', a: 1n}, 'message.a is bigint'],
  [{type: 'x', a: () => 1}, 'message.a is function'],
])('%o does not pass', (message, complaint) => {
  expect(() => checked(message as unknown as Message)).toThrow(complaint)
})
