/** Which links each fault may touch: those that none of a run's faults can touch get no proxies. */
import {expect, test} from 'vitest'
import {reachOf} from '../core/nemesis.ts'
import {parseNemeses} from './index.ts'

test.each([
  ['none', 'none'],
  ['kill,pause', 'none'],
  ['clock,disk,membership', 'none'],
  ['partition', 'peers'],
  ['kill,partition:one', 'peers'],
  ['partition,latency', 'all'],
  ['flaky', 'all'],
  ['packets', 'all'],
])('--nemesis %s may touch: %s', (text, reach) => {
  expect(reachOf(parseNemeses(text))).toBe(reach)
})

test('a fault of which nothing is said may touch every link', () => {
  expect(reachOf([{reach: 'none'}, {}])).toBe('all')
})
