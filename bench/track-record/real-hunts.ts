/** Runs of planted bugs with real processes (bench/real-bugs.ts), and when there are enough of them. */
import type {Quarry} from './quarry.ts'
import {recipeOf} from './quarry.ts'

export const REAL = 'bench/track-record/real.jsonl'
/** So many of ten must convict. */
export const ENOUGH = 8
export const OF = 10

export interface RealHunt {
  readonly target: string
  readonly bug: string
  readonly recipe: string
  /** Whether another process took a whole core meanwhile. */
  readonly busy: boolean
  readonly seed: string
  readonly convicted: boolean
  /** From the call of the command to its end, s. */
  readonly seconds: number
  readonly found: readonly string[]
  readonly date: string
  /** The load average of the machine when it ended, over a minute. */
  readonly load?: number
  /** How it ended, where it did not convict. */
  readonly why?: string
}

/** The runs of this bug by its present recipe. */
export function runsOf(kept: readonly RealHunt[], {target, bug}: Quarry, busy: boolean): RealHunt[] {
  const recipe = recipeOf(bug)
  return kept.filter(
    (run) => run.target === target.name && run.bug === bug.name && run.recipe === recipe && run.busy === busy,
  )
}

/** Whether further runs would change nothing: enough have convicted, or too many have not. */
export function isDecided(runs: readonly RealHunt[]): boolean {
  const convicted = runs.filter((run) => run.convicted).length
  return convicted >= ENOUGH || runs.length - convicted > OF - ENOUGH || runs.length >= OF
}
