/** What Redis says of a command that failed: only what it rejected before executing certainly did not take place. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

/** As ioredis throws what the server answers. */
const reply = (message: string) => Object.assign(new Error(message), {name: 'ReplyError'})

test.each([
  ["READONLY You can't write against a read only replica.", true],
  ['NOREPLICAS Not enough good replicas to write.', true],
  ['LOADING Redis is loading the dataset in memory', true],
  ['MISCONF Errors writing to the AOF file: No space left on device', true],
  ["OOM command not allowed when used memory > 'maxmemory'.", true],
  ['UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', false],
  ['ERR value is not an integer or out of range', false],
  ['SOMETHING that nobody has heard of', false],
])('%s: definite is %s', (message, definite) => {
  expect(isDefinite(reply(message))).toBe(definite)
})

test('what the library says of the connection is never definite', () => {
  expect(isDefinite(new Error('Command timed out'))).toBe(false)
  expect(isDefinite(new Error('READONLY in a text of our own'))).toBe(false)
  expect(isDefinite(new Error('Connection is closed.'))).toBe(false)
})
