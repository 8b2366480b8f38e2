import {expect, test} from 'vitest'
import {figureName, figureValue} from './figures.ts'

test.each([
  ['p99Ms', 88.2, 'p99', '88ms'],
  ['okRate', 0.957, 'share that succeeded', '95.7 %'],
  ['ratePerS', 211.31, 'operations a second', '211.3'],
  ['ok', 6071, 'succeeded', '6 071'],
  ['longestOutageMs', 2100, 'longest outage', '2.1s'],
  ['staleP95Ms', 3.14, 'stale p95', '3.1ms'],
  ['lost-element (count)', 2, 'lost-element (count)', '2'],
  ['verifiedFaults', 18, 'verified faults', '18'],
  ['searchSteps', 1204, 'steps of the search', '1 204'],
  ['retriesPerOperation', 0.25, 'retries per operation', '0.25'],
])('%s', (name, value, words, shown) => {
  expect(figureName(name)).toBe(words)
  expect(figureValue(name, value).replaceAll(/\s/g, ' ')).toBe(shown)
})
