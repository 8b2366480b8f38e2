/** What PostgreSQL says about an operation that failed: only what was rolled back or refused certainly did not happen. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

test.each([
  ['40001', true, 'serialization_failure'],
  ['40P01', true, 'deadlock_detected'],
  ['40003', false, 'statement_completion_unknown'],
  ['23505', true, 'unique_violation'],
  ['25006', true, 'read_only_sql_transaction'],
  ['25P02', true, 'in_failed_sql_transaction'],
  ['55P03', true, 'lock_not_available'],
  ['57P03', true, 'cannot_connect_now'],
  ['53300', true, 'too_many_connections'],
  ['57014', false, 'query_canceled'],
  ['57P01', false, 'admin_shutdown'],
  ['57P02', false, 'crash_shutdown'],
  ['08006', false, 'connection_failure'],
  ['08007', false, 'transaction_resolution_unknown'],
  ['53100', false, 'disk_full'],
  ['58030', false, 'io_error'],
  ['XX000', false, 'internal_error'],
  [undefined, false, 'no answer of the server at all'],
] as const)('%s: definite is %s (%s)', (code, definite, _name) => {
  expect(isDefinite(code)).toBe(definite)
})
