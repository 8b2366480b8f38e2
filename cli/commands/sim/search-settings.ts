/** What `chaos sim` is asked for, resolved. */
import {availableParallelism} from 'node:os'
import {UsageError} from '../../../core/error.ts'
import {parseCount, parseDuration} from '../../../core/quantities.ts'
import {seedsFrom} from '../../../runner/lab/search.ts'
import type {TypedFlags} from '../../settings/layers.ts'
import {freshSeed} from '../../settings/seed.ts'
import type {Strategy} from './thread.ts'

export interface SearchSettings {
  readonly typed: TypedFlags
  readonly config: string | undefined
  readonly strategy: Strategy
  readonly seeds: Iterable<string>
  /** What fresh seeds are named after; undefined where one named seed is all that is tried. */
  readonly base: string | undefined
  /** How many there are; undefined where time alone limits them. */
  readonly count: number | undefined
  readonly budgetMs: number
  readonly stopAtFirst: boolean
  readonly workers: number
  readonly json: boolean
}

interface SimFlags {
  readonly seeds?: string | undefined
  readonly 'time-budget'?: string | undefined
  readonly strategy: string
  readonly 'keep-going': boolean
  readonly workers?: string | undefined
  readonly config?: string | undefined
  readonly json: boolean
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
  if (count === 0) throw new UsageError('--seeds 0: nothing would be tried.', ['Give --seeds 1 or more.'])
  const base = seed ?? freshSeed()
  return {
    typed,
    config: flags.config,
    strategy: flags.strategy as Strategy,
    seeds: one ? [seed] : seedsFrom(base, count),
    base: one ? undefined : base,
    count: one ? 1 : count,
    budgetMs: budget === undefined ? Number.POSITIVE_INFINITY : parseDuration('--time-budget', budget),
    stopAtFirst: !flags['keep-going'],
    workers: Math.max(1, flags.workers === undefined ? availableParallelism() : parseCount('--workers', flags.workers)),
    json: flags.json,
  }
}
