import {expect, test} from 'vitest'
import {sleep} from '../core/clock.ts'
import {World} from './world.ts'

test('time moves from event to event', () => {
  const world = new World()
  const seen: number[] = []
  world.at(5, () => seen.push(world.nowNs()))
  world.at(3, () => world.at(4, () => seen.push(world.nowNs())))
  expect(world.runUntil(10)).toBe(false)
  expect(seen).toEqual([4, 5])
  expect(world.nowNs()).toBe(10)
  expect(world.nextNs).toBe(Number.POSITIVE_INFINITY)
  expect(world.step()).toBe(false)
})

test('an event planned for the past happens now', () => {
  const world = new World()
  world.runFor(1)
  let at = -1
  world.at(3, () => (at = world.nowNs()))
  world.step()
  expect(at).toBe(1e6)
})

test('runUntil stops as soon as there is enough', () => {
  const world = new World()
  let count = 0
  for (let i = 1; i <= 5; i++) world.at(i, () => count++)
  expect(world.runUntil(100, () => count === 3)).toBe(true)
  expect(world.nowNs()).toBe(3)
})

test('a cancelled event does not happen', () => {
  const world = new World()
  const event = world.at(1, () => expect.unreachable())
  event.cancel()
  const cancel = world.after(1, () => expect.unreachable())
  cancel()
  cancel()
  world.runFor(10)
})

test('it is a clock for promises, and says when one may have been woken', async () => {
  const world = new World()
  let woken = false
  const sleeping = sleep(world, 5).then(() => (woken = true))
  world.runFor(4.999)
  expect(world.stirred).toBe(false)
  world.runFor(0.001)
  expect(world.stirred).toBe(true)
  expect(woken).toBe(false)
  await sleeping
  expect(woken).toBe(true)
})

test('time cannot skip an event', () => {
  const world = new World()
  world.at(5, () => {})
  expect(() => world.advanceTo(6)).toThrow('cannot skip')
})

test('a standstill is told', () => {
  const world = new World()
  const again = () => void world.at(0, again)
  world.at(2e9, again)
  expect(() => world.runFor(3000)).toThrow('simulated time stands still at 2 s')
})
