/** What mutants are: plans that a nemesis could have drawn, functions of their names. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {PlannedFault} from '../../core/nemesis.ts'
import {createRandom} from '../../core/random.ts'
import {Guide} from './guided.ts'
import {mutated} from './mutations.ts'

const TIME_MS = 10_000

/** `kill 100-400` as a planned fault. */
function planned(...texts: readonly string[]): PlannedFault[] {
  return texts.map((text) => {
    const [fault = '', span = ''] = text.split(' ')
    const [startMs = 0, stopMs = 0] = span.split('-').map(Number)
    return {startMs, stopMs, spec: {fault}}
  })
}

const FAULTS = planned('kill 500-900', 'cut 700-1500', 'kill 2000-2600', 'cut 3000-3500', 'kill 7000-8000')
const OTHERS = planned('cut 100-600', 'pause 900-2900', 'kill 5000-5900', 'cut 8000-8800')

test('mutants have faults that do not overlap within a kind, end in time, and are long enough to be felt', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const faults = mutated(FAULTS, OTHERS, TIME_MS, createRandom(seed))
      expect(faults).toEqual(mutated(FAULTS, OTHERS, TIME_MS, createRandom(seed)))
      const starts = faults.map(({startMs}) => startMs)
      expect(starts).toEqual(starts.toSorted((left, right) => left - right))
      for (const kind of ['kill', 'cut', 'pause']) {
        let freeMs = 0
        for (const {startMs, stopMs} of faults.filter(({spec}) => spec.fault === kind)) {
          expect(startMs).toBeGreaterThanOrEqual(freeMs)
          expect(stopMs).toBeGreaterThanOrEqual(startMs + 50)
          expect(stopMs).toBeLessThanOrEqual(TIME_MS)
          freeMs = stopMs
        }
      }
    }),
  )
})

test('most mutants differ from what they come from', () => {
  const texts = Array.from({length: 50}, (_, i) => JSON.stringify(mutated(FAULTS, OTHERS, TIME_MS, createRandom(i))))
  expect(texts.filter((text) => text !== JSON.stringify(FAULTS)).length).toBeGreaterThan(45)
  expect(new Set(texts).size).toBeGreaterThan(40)
})

describe('a guide', () => {
  test('mutates what has been somewhere new, and nothing else', () => {
    const guide = new Guide('g')
    const first = guide.round()
    expect(first.every((seed, i) => seed === `g-${i}`)).toBe(true)
    for (const [i, seed] of first.entries()) guide.learn(seed, i === 3 ? [1, 2] : [])
    guide.learn('g-4', [2])
    expect(guide.covered).toBe(2)
    const mutants = guide.round().filter((seed) => seed.includes('~'))
    expect(mutants).toEqual(mutants.map((_, i) => `g-3~${i + 1}`))
    expect(mutants.length).toBeGreaterThan(0)
  })
  test('tries no more than is asked for, and the same again', () => {
    const tried = (guide: Guide) => {
      const seeds = guide.round(4)
      for (const [i, seed] of seeds.entries()) guide.learn(seed, [i])
      return [...seeds, ...guide.round(9)]
    }
    expect(tried(new Guide('g'))).toEqual(tried(new Guide('g')))
    expect(tried(new Guide('g'))).toHaveLength(13)
  })
})
