/** Looks in simulation for the anomaly that a plan has shown somewhere: under one seed of the world after another. */
import type {RunOptions} from '../options.ts'
import type {Plan} from '../plan.ts'
import {type Attempt, attempt} from './attempt.ts'

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
  readonly options: RunOptions
  readonly plan: Plan
  readonly wanted: readonly string[]
  readonly seeds: readonly string[]
  readonly signal: AbortSignal
}

/** The first seed under which the plan shows it; undefined where none does. */
export async function hunt({options, plan, wanted, seeds, signal}: Hunt): Promise<Attempt | undefined> {
  for (const seed of seeds) {
    if (signal.aborted) return undefined
    const tried = await attempt({...options, seed}, plan)
    if (shows(tried, wanted)) return tried
  }
  return undefined
}
