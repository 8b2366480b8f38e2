import {expect, test} from 'vitest'
import type {Client} from '../../core/client.ts'
import type {CommandTarget} from '../../core/config.ts'
import {commandTarget} from './index.ts'
import {asClient, readyLine} from './shape.ts'

const good: CommandTarget = {
  command: 'kv --port {port}',
  claims: {register: 'linearizable'},
  client: () => ({operations: {}, close: async () => {}}),
}

test.each<[string, object, RegExp]>([
  ['a slip in a field', {redy: 'tcp'}, /unknown field "redy". Did you mean "ready"\?/],
  ['a blank that there is none of', {command: 'kv {prot}'}, /Unknown blank \{prot\}/],
  ['no command', {command: ' '}, /command of a target is empty/],
  ['no claims', {claims: {}}, /claims nothing/],
  ['functions in one text', {functions: 'read'}, /no list of names/],
  ['a slip in when it is up', {ready: 'tpc'}, /ready when\? Got "tpc"/],
  ['a line that is no pattern', {ready: {log: '('}}, /a line that is no pattern/],
])('refused before it starts: %s', (_, fields, message) => {
  expect(() => commandTarget('t', {...good, ...fields})).toThrow(message)
})

test('a line may be given as text or as a pattern', () => {
  expect(readyLine('t', {...good, ready: {log: 'listening'}})?.test('now listening')).toBe(true)
  expect(readyLine('t', {...good, ready: {log: /^up/i as unknown as string}})?.test('UP')).toBe(true)
  expect(readyLine('t', good)).toBeUndefined()
})

test.each([undefined, {}, {operations: undefined}])('%j is no client', (client) => {
  expect(() => asClient('t', client as Partial<Client>)).toThrow('The client of t has no operations.')
})

test('a client may have no close, and one that answers at once', async () => {
  await asClient('t', {operations: {}}).close()
  await asClient('t', {operations: {}, close: (() => {}) as unknown as () => Promise<void>}).close()
})
