/** What MariaDB says about an operation that failed: only what was refused or rolled back certainly did not happen. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

test.each([
  [1020, true],
  [1213, true],
  [1047, true],
  [1205, true],
  [1062, true],
  [1180, false],
  [1317, false],
  [1053, false],
  [undefined, false],
] as const)('%s: definite is %s', (errno, definite) => {
  expect(isDefinite(errno)).toBe(definite)
})
