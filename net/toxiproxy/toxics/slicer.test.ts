import fc from 'fast-check'
import {expect, it} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {cuts} from './slicer.ts'

it('cuts into pieces of about the size asked for, and covers every byte once', () => {
  fc.assert(
    fc.property(
      fc.integer({min: 1, max: 5000}),
      fc.integer({min: 1, max: 300}),
      fc.nat(300),
      fc.nat(),
      (length, average, more, seed) => {
        const variation = more % (average + 1)
        const ends = cuts(length, average, variation, createRandom(seed))
        expect(ends.at(-1)).toBe(length)
        let start = 0
        for (const end of ends) {
          expect(end).toBeGreaterThan(start)
          expect(end - start).toBeLessThanOrEqual(Math.max(1, average + variation))
          start = end
        }
      },
    ),
  )
})

it('halves evenly without variation', () => {
  expect(cuts(1024, 256, 0, createRandom(1))).toEqual([256, 512, 768, 1024])
})
