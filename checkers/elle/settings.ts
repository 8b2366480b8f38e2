/** Options with their defaults, read once when a checker is made: a wrong name fails before anything runs. */
import {UsageError} from '../../core/error.ts'
import {type Requirement, requirementOf} from './judgement.ts'
import type {ElleOptions} from './options.ts'

const EXAMPLES = 8

export interface CheckSettings {
  readonly checker: string
  readonly requirement: Requirement
  readonly orders: readonly ('process' | 'realtime')[]
  /** How many anomalies of each type are explained; the others are counted. */
  readonly examples: number
  /** Reading a value that nobody wrote is no anomaly. */
  readonly foreignValues: boolean
}

/** Throws UsageError for a model or an anomaly that is unknown, and where nothing is required at all. */
export function settingsOf(checker: string, options: ElleOptions): CheckSettings {
  if (options.models?.length === 0 && (options.anomalies ?? []).length === 0) {
    throw new UsageError(`${checker}: neither a consistency model nor an anomaly to look for was given`)
  }
  return {
    checker,
    requirement: requirementOf(options.models ?? ['strict-serializable'], options.anomalies ?? []),
    orders: options.orders ?? ['process', 'realtime'],
    examples: options.examples ?? EXAMPLES,
    foreignValues: options.foreignValues ?? false,
  }
}
