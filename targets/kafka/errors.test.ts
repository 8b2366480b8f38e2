/** What Kafka says about a send that failed: only what is refused before a leader appends certainly did not happen. */
import {expect, test} from 'vitest'
import {endsTransaction, isDefinite, KafkaError} from './errors.ts'

test.each([
  ['NOT_ENOUGH_REPLICAS', 19, true],
  ['UNKNOWN_TOPIC_OR_PARTITION', 3, true],
  ['MESSAGE_TOO_LARGE', 10, true],
  ['NOT_LEADER_OR_FOLLOWER, which comes after appending as well', 6, false],
  ['REQUEST_TIMED_OUT', 7, false],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 20, false],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, false],
  ['KAFKA_STORAGE_ERROR', 56, false],
  ['a code that nobody has heard of', 32000, false],
])('%s: %d is definite: %s', (_, code, definite) => {
  expect(isDefinite(new KafkaError(code))).toBe(definite)
})

test('a connection that closes says nothing', () => {
  expect(isDefinite(new Error('the connection closed before an answer came'))).toBe(false)
})

test.each([
  ['INVALID_PRODUCER_EPOCH', 47, true],
  ['INVALID_TXN_STATE, also of a commit that was written', 48, false],
  ['PRODUCER_FENCED', 90, true],
  ['COORDINATOR_NOT_AVAILABLE, also of a commit that was written', 15, false],
  ['NOT_COORDINATOR, likewise', 16, false],
  ['CONCURRENT_TRANSACTIONS, also of a commit that goes on', 51, false],
])('%s: after %d a transaction was certainly not committed: %s', (_, code, certain) => {
  expect(endsTransaction(new KafkaError(code))).toBe(certain)
})
