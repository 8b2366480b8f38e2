/** When faults strike: as often as the interval says, however short it is. */
import {expect, test} from 'vitest'
import {EVERYTHING} from '../core/capabilities.ts'
import {createRandom} from '../core/random.ts'
import {alternate, LAST_STOP} from './schedule.ts'

function planned(intervalMs: number, timeMs: number) {
  const context = {nodes: ['n1'], random: createRandom(7), timeMs, intervalMs, capabilities: EVERYTHING}
  return alternate(context, () => ({fault: 'kill'}))
}

test.each([1, 30, 100, 300, 1000, 3000])('about as many as intervals go into the run: %i ms', (intervalMs) => {
  const timeMs = 100 * intervalMs
  const faults = planned(intervalMs, timeMs)
  // Calm and fault together take the interval, give or take; one of a millisecond is rounded to none of calm and one of fault.
  expect(faults.length).toBeGreaterThan(intervalMs === 1 ? 50 : 85)
  expect(faults.length).toBeLessThan(125)
  for (const [i, {startMs, stopMs}] of faults.entries()) {
    expect(startMs).toBeGreaterThanOrEqual(faults[i - 1]?.stopMs ?? 0)
    expect(stopMs).toBeGreaterThan(startMs)
    expect(stopMs).toBeLessThanOrEqual(timeMs * LAST_STOP + 0.5)
  }
})

test('what the end of the run leaves of a fault is not worth injecting where it is short', () => {
  for (let timeMs = 2000; timeMs < 6000; timeMs += 50) {
    for (const {startMs, stopMs} of planned(2000, timeMs)) expect(stopMs - startMs).toBeGreaterThanOrEqual(200)
  }
})
