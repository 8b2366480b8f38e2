import {expect, test} from 'vitest'
import {interval} from './trends.ts'

test.each([
  // From Wilson's formula by hand: 0 of 10 and 10 of 10 mirror each other.
  [0, 10, 0, 0.278],
  [10, 10, 0.722, 1],
  [5, 10, 0.237, 0.763],
  [0, 0, 0, 1],
])('%i of %i: from %f to %f', (passed, count, low, high) => {
  const found = interval(passed, count)
  expect(found[0]).toBeCloseTo(low, 3)
  expect(found[1]).toBeCloseTo(high, 3)
})
