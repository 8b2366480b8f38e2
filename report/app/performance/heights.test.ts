import {expect, test} from 'vitest'
import {heightsOf} from './heights.ts'

const line = (...values: (number | null)[]) => [{values}]

test('from nothing to a little above the largest, labelled in round steps', () => {
  const {share, ticks} = heightsOf(line(3, null, 250), false)
  expect(share(0)).toBe(0)
  expect(share(250)).toBeGreaterThan(0.85)
  expect(share(250)).toBeLessThan(1)
  expect(ticks).toEqual([0, 100, 200])
})

test('by decades that hold every value', () => {
  const {share, ticks} = heightsOf(line(0.3, 40), true)
  expect(ticks).toEqual([0.1, 1, 10, 100])
  expect(share(0.1)).toBeCloseTo(0)
  expect(share(100)).toBeCloseTo(1)
  expect(share(10)).toBeCloseTo(2 / 3)
})

test('where there is nothing, an axis all the same', () => {
  for (const logarithmic of [true, false]) {
    const {ticks, share} = heightsOf([], logarithmic)
    expect(ticks.length).toBeGreaterThan(1)
    expect(share(0)).toBe(0)
  }
})
