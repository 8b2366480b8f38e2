/** What `chaos sim` is asked for, resolved. */
import {availableParallelism} from 'node:os'
import {UsageError} from '../../../core/error.ts'
import {parseCount, parseSeed, parseSpan} from '../../../core/quantities.ts'
import {seedsFrom} from '../../../runner/lab/search.ts'
import {MOST_WORKERS} from '../../../runner/settings/limits.ts'
import type {TypedFlags} from '../../settings/layers.ts'
import {freshSeed} from '../../settings/seed.ts'
import {readSearch, type SearchState} from './search-state.ts'
import type {Strategy} from './thread.ts'

export interface SearchSettings {
  readonly typed: TypedFlags
  readonly config: string | undefined
  readonly strategy: Strategy
  /** What the seeds are made of: `seed-0`, `seed-1`, …; the only seed where `one`. */
  readonly seed: string
  readonly one: boolean
  /** How many there are; undefined where time alone limits them. */
  readonly count: number | undefined
  readonly budgetMs: number
  readonly stopAtFirst: boolean
  readonly workers: number
  readonly json: boolean
  /** A search that was interrupted and now goes on. */
  readonly resumed?: {readonly path: string; readonly state: SearchState}
}

export interface SimFlags {
  readonly seeds?: string | undefined
  readonly 'time-budget'?: string | undefined
  readonly strategy: string
  readonly 'keep-going': boolean
  readonly workers?: string | undefined
  readonly config?: string | undefined
  readonly json: boolean
  readonly resume?: string | undefined
}

/** Seeds that are tried when nothing says how many. */
const SEEDS = '100'

/** Throws UsageError for what makes no sense. */
export function searchSettings(flags: SimFlags, typed: TypedFlags): SearchSettings {
  const {seed} = typed.single
  const budget = flags['time-budget']
  const one = seed !== undefined && flags.seeds === undefined && budget === undefined
  const count =
    flags.seeds !== undefined || budget === undefined ? parseCount('--seeds', flags.seeds ?? SEEDS) : undefined
  return {
    typed,
    config: flags.config,
    strategy: flags.strategy as Strategy,
    seed: parseSeed('--seed', seed ?? freshSeed()),
    one,
    count: one ? 1 : count,
    budgetMs: budget === undefined ? Number.POSITIVE_INFINITY : parseSpan('--time-budget', budget),
    stopAtFirst: !flags['keep-going'],
    workers: workersOf(flags),
    json: flags.json,
  }
}

/** What a search that was interrupted is asked for: what it was, on as many threads as is said now. */
export function resumedSettings(path: string, flags: SimFlags): SearchSettings {
  const state = readSearch(path)
  const {typed, config, strategy, seed, count, budgetMs, stopAtFirst} = state
  return {
    typed,
    config,
    strategy,
    seed,
    one: false,
    count: count ?? undefined,
    budgetMs: budgetMs ?? Number.POSITIVE_INFINITY,
    stopAtFirst,
    workers: workersOf(flags),
    json: flags.json,
    resumed: {path, state},
  }
}

/** What a search that goes on may be told anew. */
const BESIDE_RESUME = ['resume', 'workers', 'json', 'quiet', 'verbose', 'no-color']

/** Throws UsageError where a search that goes on is told what it has been told already. */
export function refuseBeside(given: readonly string[]): void {
  const refused = given.filter((name) => !BESIDE_RESUME.includes(name))
  if (refused.length === 0) return
  const words = refused.map((name) => (name === 'TARGET' ? name : `--${name}`)).join(', ')
  throw new UsageError(`--resume goes on with what was asked for: ${words} cannot be given beside it.`, [
    `It takes: ${BESIDE_RESUME.slice(1)
      .map((name) => `--${name}`)
      .join(', ')}`,
  ])
}

/** The seeds that are still to be tried. */
export function seedsOf({seed, one, count, resumed}: SearchSettings): Iterable<string> {
  return one ? [seed] : seedsFrom(seed, count, resumed?.state.figures.seeds)
}

function workersOf({workers}: SimFlags): number {
  return workers === undefined ? availableParallelism() : parseCount('--workers', workers, 1, MOST_WORKERS)
}
