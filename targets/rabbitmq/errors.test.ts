/** What RabbitMQ and its client say about a publish that failed: only a refusal means that nothing was stored. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

const closed = (code: number) => Object.assign(new Error('Channel closed by server'), {code})
const unsent = Object.assign(new Error('Channel closed'), {name: 'IllegalOperationError'})

test.each([
  ['404: no such queue', closed(404), true],
  ['405: another connection has the queue', closed(405), true],
  ['406: the queue has other arguments', closed(406), true],
  ['a channel that was closed before', unsent, true],
  ['320: the connection was forced to close', closed(320), false],
  ['541: an internal error', closed(541), false],
  ['a nack', new Error('message nacked'), false],
  ['a channel that closes while a confirm is awaited', new Error('channel closed'), false],
  ['a code of the operating system', Object.assign(new Error('read ECONNRESET'), {code: 'ECONNRESET'}), false],
  ['no error at all', undefined, false],
])('%s', (_, error, definite) => {
  expect(isDefinite(error)).toBe(definite)
})
