import {expect, test} from 'vitest'
import {rateOf, rateWords} from './rate.ts'

/** Wilson's interval as in Brown, Cai & DasGupta 2001, and tables made elsewhere. */
test.each([
  [0, 10, 0, 0.2775],
  [5, 10, 0.2366, 0.7634],
  [10, 10, 0.7225, 1],
  [1, 100, 0.0018, 0.0545],
])('%i of %i', (hits, tries, low, high) => {
  const rate = rateOf(hits, tries)
  expect(rate.low).toBeCloseTo(low, 3)
  expect(rate.high).toBeCloseTo(high, 3)
})

test('nothing is known of what was never tried', () => {
  expect(rateOf(0, 0)).toMatchObject({low: 0, high: 1})
  expect(rateWords(rateOf(0, 0))).toBe('never tried')
  expect(rateWords(rateOf(5, 10))).toBe('5 of 10 (50 %, between 24 % and 76 %)')
})
