/** Looks in simulation for the anomaly that a plan has shown somewhere: under one seed of the world after another. */
import {doneOrAborted} from '../../core/clock.ts'
import type {Plan} from '../plan.ts'
import type {Attempt} from './attempt.ts'

/** Whether an attempt shows one of these anomalies; any violation where none is named. */
export function shows({anomalies, validity, crashes}: Attempt, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return validity === 'invalid' || crashes.length > 0
  return anomalies.some((type) => wanted.includes(type))
}

/** `seed`, `seed-w1`, `seed-w2`, …: seeds of the world for one plan. */
export function worldSeeds(seed: string, count: number): string[] {
  return Array.from({length: count}, (_, i) => (i === 0 ? seed : `${seed}-w${i}`))
}

export interface Hunt {
  readonly plan: Plan
  readonly wanted: readonly string[]
  readonly seeds: readonly string[]
  /** Tries a plan under one seed, on some thread. */
  attempt(plan: Plan, seed: string): Promise<Attempt>
  /** How many seeds are under way at once. */
  readonly threads: number
  /** Once tripped, nothing is found any more, and nobody waits for what is under way. */
  readonly signal: AbortSignal
}

/** The first seed, in their order, under which the plan shows it; undefined where none does. */
export async function hunt({plan, wanted, seeds, attempt, threads, signal}: Hunt): Promise<Attempt | undefined> {
  const found: (Attempt | undefined)[] = []
  let next = 0
  let first = seeds.length
  const work = async () => {
    while (next < first && !signal.aborted) {
      const position = next++
      const tried = await attempt(plan, seeds[position] as string)
      if (!shows(tried, wanted)) continue
      found[position] = tried
      first = Math.min(first, position)
    }
  }
  await doneOrAborted(Promise.all(Array.from({length: Math.min(threads, seeds.length)}, work)), signal)
  return signal.aborted ? undefined : found[first]
}
