/** What JetStream says about a message that failed: only what no replica stores certainly was not stored. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

/** As the client library throws it. */
const apiError = (code: number) => Object.assign(new Error('refused'), {code: '400', api_error: {err_code: code}})

test.each([
  [10071, true],
  [10037, true],
  [10047, false],
  [10023, false],
  [10002, false],
  [10054, true],
  [10076, true],
  [10008, false],
  [10077, false],
  [10999, false],
])('JetStream error %i: definite is %s', (code, definite) => {
  expect(isDefinite(apiError(code))).toBe(definite)
})

test.each([
  ['503', true],
  ['TIMEOUT', false],
  ['CONNECTION_CLOSED', false],
  ['DISCONNECT', false],
])('the library says %s: definite is %s', (code, definite) => {
  expect(isDefinite(Object.assign(new Error(code), {code}))).toBe(definite)
})

test('anything else that is thrown is indefinite', () => {
  expect(isDefinite(new Error('socket hang up'))).toBe(false)
  expect(isDefinite(undefined)).toBe(false)
})
