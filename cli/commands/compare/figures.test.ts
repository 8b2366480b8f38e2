import {expect, test} from 'vitest'
import {figureName, figureValue} from './figures.ts'

test.each([
  ['stats', 'p99Ms', 88.2, 'stats: p99', '88ms'],
  ['stats', 'okRate', 0.957, 'stats: share that succeeded', '95.7 %'],
  ['stats', 'ratePerS', 211.31, 'stats: operations a second', '211.3'],
  ['stats', 'ok', 6071, 'stats: succeeded', '6 071'],
  ['availability', 'longestOutageMs', 2100, 'availability: longest outage', '2.1s'],
  ['set-full', 'staleP95Ms', 3.14, 'set-full: stale p95', '3.1ms'],
  ['set-full', 'lost-element (count)', 2, 'set-full: lost-element (count)', '2'],
  ['exercise', 'verifiedFaults', 18, 'exercise: verified faults', '18'],
  ['linearizable', 'searchSteps', 1204, 'linearizable: steps of the search', '1 204'],
  ['a-plugin', 'retriesPerOperation', 0.25, 'a-plugin: retries per operation', '0.25'],
])('%s %s', (checker, name, value, words, shown) => {
  expect(figureName(checker, name)).toBe(words)
  expect(figureValue(name, value).replaceAll(/\s/g, ' ')).toBe(shown)
})
