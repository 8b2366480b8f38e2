/** Draws that hold for a while: what they depend on, and what they do not. */
import {describe, expect, test} from 'vitest'
import {createRandom, heldRandom} from './random.ts'

/** A stream of this seed, and the clock that it goes by, ms. */
function held(seed = 's') {
  const clock = {ms: 0}
  const random = heldRandom(createRandom(seed), () => clock.ms * 1e6)
  const at = (ms: number, from = random) => {
    clock.ms = ms
    return from.next()
  }
  return {random, at, clock}
}

describe('a held stream', () => {
  test('draws the same a little later, and something else after a while', () => {
    const {at} = held()
    const drawn = Array.from({length: 1000}, (_, i) => at(i + 0.5))
    // A second has five spans of 200 ms, and begins somewhere in one.
    expect(new Set(drawn).size).toBe(6)
  })
  test('draws the same however much was drawn before', () => {
    const [one, other] = [held(), held()]
    for (let ms = 0; ms < 900; ms += 7) other.at(ms)
    expect(one.at(950)).toBe(other.at(950))
  })
  test('draws differently twice in one instant, so that nobody waits for another value for ever', () => {
    const {random, clock} = held()
    clock.ms = 40
    expect(new Set(Array.from({length: 100}, () => random.uint32())).size).toBe(100)
  })
  test('has forks of their own that hold as well, at other moments', () => {
    const {random, at} = held()
    const forks = ['a', 'b', 'c', 'd'].map((name) => random.fork(name))
    const changes = forks.map((fork) => {
      const first = at(0, fork)
      return Array.from({length: 200}, (_, i) => i + 1).find((ms) => at(ms, fork) !== first)
    })
    const drawn = forks.map((fork) => at(1000, fork))
    expect(new Set(drawn).size).toBe(4)
    expect(new Set(changes).size).toBeGreaterThan(1)
    const again = held()
    expect(again.at(1000, again.random.fork('a'))).toBe(drawn[0])
  })
  test('is as even as any other', () => {
    const {at} = held()
    const drawn = Array.from({length: 4000}, (_, i) => at(i * 200))
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
    expect(mean).toBeGreaterThan(0.48)
    expect(mean).toBeLessThan(0.52)
    expect(new Set(drawn).size).toBe(4000)
  })
})
