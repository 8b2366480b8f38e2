/**
 * slicer {average_size, size_variation: bytes, delay: µs}: cuts chunks into small ones and rests after each. A chunk is
 * halved, a little off the middle, until no piece is larger than average_size + size_variation.
 */
import type {Random} from '../../../core/random.ts'
import {END, INTERRUPT, type Toxic} from './toxic.ts'

/** Timers do not resolve less than this; shorter rests are saved up, so that the rate stays right. */
const SHORTEST_REST_MS = 1

export const slicer = {
  attributes: ['average_size', 'size_variation', 'delay'],
  least: {average_size: 1, size_variation: 0},
  atMost: {size_variation: 'average_size'},
  async run(stub, {average_size: average = 1, size_variation: variation = 0, delay = 0}) {
    let owedMs = 0
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) return stub.close()
      let start = 0
      for (const end of cuts(chunk.data.length, average, variation, stub.random)) {
        await stub.write({data: chunk.data.subarray(start, end), atNs: chunk.atNs})
        start = end
        owedMs += delay / 1000
        if (owedMs < SHORTEST_REST_MS) continue
        const restedFromNs = stub.nowNs()
        // Late timers are made up for, but never by gluing slices together.
        if (!(await stub.sleep(Math.max(owedMs, delay / 2000)))) {
          if (start < chunk.data.length) await stub.write({data: chunk.data.subarray(start), atNs: chunk.atNs})
          return
        }
        owedMs -= (stub.nowNs() - restedFromNs) / 1e6
      }
    }
  },
} satisfies Toxic

/** Where the pieces of a chunk of `length` bytes end, in order; the last is `length`. */
export function cuts(length: number, average: number, variation: number, random: Random): number[] {
  const ends: number[] = []
  const cut = (start: number, end: number) => {
    const size = end - start
    if (size - average <= variation || size < 2) {
      ends.push(end)
      return
    }
    const off = variation > 0 ? random.int(2 * variation) - variation : 0
    const middle = Math.min(end - 1, Math.max(start + 1, start + (size >> 1) + off))
    cut(start, middle)
    cut(middle, end)
  }
  cut(0, length)
  return ends
}
