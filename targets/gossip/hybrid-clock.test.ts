import {expect, test} from 'vitest'
import {HybridClock, type Stamp} from './hybrid-clock.ts'

/** A clock whose wall clock reads what it is told. */
function clock() {
  let wallMs = 0
  const it = new HybridClock(() => wallMs)
  const show = ({wall, count}: Stamp) => `${wall}.${count}`
  return {
    at(ms: number) {
      wallMs = ms
      return show(it.tick())
    },
    hears: (wall: number, count: number) => it.observe({wall, count}),
  }
}

test('follows the wall clock, and counts within one reading of it', () => {
  const {at} = clock()
  expect([at(10), at(10), at(10.9), at(11)]).toEqual(['10.0', '10.1', '10.2', '11.0'])
})

test('never goes back, though the wall clock does', () => {
  const {at} = clock()
  expect([at(10), at(4), at(9), at(11)]).toEqual(['10.0', '10.1', '10.2', '11.0'])
})

test('never falls behind what it hears', () => {
  const {at, hears} = clock()
  at(10)
  hears(50, 7)
  expect([at(11), at(60)]).toEqual(['50.9', '60.0'])
  hears(60, 3)
  expect(at(60)).toBe('60.5')
  hears(20, 9)
  expect(at(60)).toBe('60.7')
})

/** The paper's figure 6: causality holds along a chain of nodes, each of whose clocks is further behind. */
test('what happens after a stamp was heard has a greater one', () => {
  const walls = [10, 3, 1]
  const clocks = walls.map((wall) => new HybridClock(() => wall))
  let before: Stamp = {wall: 0, count: 0}
  for (let i = 0; i < 30; i++) {
    const it = clocks[i % 3]!
    it.observe(before)
    const stamp = it.tick()
    expect(stamp.wall > before.wall || (stamp.wall === before.wall && stamp.count > before.count)).toBe(true)
    before = stamp
  }
  expect(before.wall).toBe(10)
})
