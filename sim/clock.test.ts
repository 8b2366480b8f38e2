import {expect, test} from 'vitest'
import {SimClock} from './clock.ts'
import {World} from './world.ts'

test('a clock jumps, drifts, and is put right', () => {
  const world = new World()
  const clock = new SimClock(world)
  const startMs = clock.nowMs()
  clock.set(500)
  expect(clock.nowMs() - startMs).toBe(500)
  clock.drift(100_000)
  world.runFor(1000)
  expect(clock.offsetMs).toBeCloseTo(600)
  expect(clock.nowMs() - startMs).toBe(1600)
  clock.drift(0)
  world.runFor(1000)
  expect(clock.offsetMs).toBeCloseTo(600)
  clock.set(0)
  expect(clock.nowMs() - startMs).toBe(2000)
})

test('timers of a slow clock take longer', () => {
  const clock = new SimClock(new World())
  expect(clock.trueMs(100)).toBe(100)
  clock.drift(-500_000)
  expect(clock.trueMs(100)).toBe(200)
  expect(() => clock.drift(-1e6)).toThrow('a clock cannot run 1000000 parts per million too slow')
})
