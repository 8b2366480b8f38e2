/**
 * Plans to begin a search for the smallest with. A long plan shows its anomaly in many places, each with a history of its own,
 * and some of them can be told with far fewer operations than others. So pieces of it are tried, short ones before long ones, under
 * one seed of the world after another.
 */
import type {Plan} from '../plan.ts'
import type {Shown, Smallest} from './shrink.ts'
import {windowOf, withNarrowerLinks} from './smaller-plans.ts'

/** A piece has about so many operations at least. */
const LEAST_OPERATIONS = 1000
const MOST_PIECES = 16
/** How often pieces of one length are tried in vain, each. */
const TIMES_IN_VAIN = 4
/** How many times narrower links are that faults make narrow, in turn: what needs many operations on wide links needs few on narrow ones. */
const NARROWER = [4, 1, 8, 2]

export interface Starts {
  readonly plan: Plan
  /** Names the seeds of the world. */
  readonly seed: string
  /** How many seeds a piece is tried under at once. */
  readonly threads: number
  /** The first of these seeds under which the plan shows the anomaly. */
  find(plan: Plan, seeds: readonly string[]): Promise<Shown | undefined>
}

/** Gives the next one with each call; undefined when long pieces do not show it either. */
export function startsOf({plan, seed, threads, find}: Starts): () => Promise<Smallest | undefined> {
  let pieces = Math.max(1, Math.min(MOST_PIECES, Math.floor(plan.operations.length / LEAST_OPERATIONS)))
  let drawn = 0
  let inVain = 0
  return async () => {
    for (; pieces >= 1; pieces = Math.floor(pieces / 2), inVain = 0) {
      while (inVain < TIMES_IN_VAIN * pieces) {
        const {timeMs} = plan.options
        const place = (drawn / threads) % pieces
        const window = windowOf(plan, (place * timeMs) / pieces, ((place + 1) * timeMs) / pieces)
        const times = NARROWER[Math.floor(drawn / threads / pieces) % NARROWER.length] ?? 1
        const piece = withNarrowerLinks(window, times) ?? window
        const seeds = Array.from({length: threads}, () => `${seed}-${drawn++}`)
        const shown = await find(piece, seeds)
        if (shown !== undefined) {
          inVain = 0
          return {plan: piece, ...shown}
        }
        inVain++
      }
    }
    return undefined
  }
}
