/** Options with their defaults, read once when a checker is made: a wrong name fails before anything runs. */
import type {CheckSettings} from './check.ts'
import {requirementOf} from './judgement.ts'
import type {ElleOptions} from './options.ts'

const EXAMPLES = 8

export function settingsOf(checker: string, options: ElleOptions): CheckSettings {
  return {
    checker,
    requirement: requirementOf(options.models ?? ['strict-serializable'], options.anomalies ?? []),
    orders: options.orders ?? ['process', 'realtime'],
    examples: options.examples ?? EXAMPLES,
    foreignValues: options.foreignValues ?? false,
  }
}
