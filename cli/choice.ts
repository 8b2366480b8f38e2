/** Checkers by the names that a person types: the registry's, and linearizability of a model. */
import {CHECKERS} from '../checkers/index.ts'
import {linearizable, MODELS} from '../checkers/linearizable/index.ts'
import type {Checker} from '../core/checker.ts'
import {UsageError} from '../core/error.ts'
import {lookUp} from '../core/registry.ts'

/** One checker, with what it is to be told. */
export interface Choice {
  readonly checker: string
  /** For `linearizable`. */
  readonly model?: string
  /** Further options of the factory. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** Those that speak of consistency models. */
const TRANSACTIONAL: readonly string[] = ['list-append', 'rw-register']

type Factory = (options?: object) => Checker

/** Every checker that can be asked for. */
export function listCheckers(): string[] {
  return Object.keys(CHECKERS)
}

/** The names of a list such as `queue,stats`. Throws UsageError with a suggestion for one that does not exist. */
export function checkerNames(list: string): string[] {
  const known = Object.fromEntries(listCheckers().map((name) => [name, name]))
  const names = list.split(',').map((name) => lookUp('checker', known, name.trim()))
  return [...new Set(names)]
}

/** Makes what was chosen. Throws UsageError for an unknown model, or consistency models where nobody speaks of any. */
export function makeCheckers(choices: readonly Choice[], consistencyModels?: readonly string[]): Checker[] {
  if (consistencyModels !== undefined && !choices.some(({checker}) => TRANSACTIONAL.includes(checker))) {
    throw new UsageError('--consistency-models is for transactions, which this is not judged as.', [
      `Say --checker ${TRANSACTIONAL.join(' or ')} if it is.`,
    ])
  }
  return choices.map(({checker, model, options}) => {
    if (checker === 'linearizable') {
      lookUp('model', MODELS, model ?? '')
      return linearizable({model: model ?? '', ...options})
    }
    const make = lookUp('checker', CHECKERS as Readonly<Record<string, Factory>>, checker)
    return consistencyModels !== undefined && TRANSACTIONAL.includes(checker)
      ? make({...options, models: consistencyModels})
      : make(options)
  })
}
