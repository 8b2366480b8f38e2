/** Checkers by the names that a person types: the registry's, and linearizability of a model. */
import {linearizable, MODELS} from '../../checkers/linearizable/index.ts'
import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import {lookUp} from '../../core/registry.ts'
import {allCheckers, NO_PLUGINS} from '../catalogue.ts'
import {beginningAs, optionsFor, refuseUnknown, type TypedOptions} from './checker-options.ts'

/** One checker, with its options. */
export interface Choice {
  readonly checker: string
  /** For `linearizable`. */
  readonly model?: string
  /** Further options of the factory. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** Those that speak of consistency models. */
const TRANSACTIONAL: readonly string[] = ['list-append', 'rw-register']

/** Every checker that can be asked for. */
export function listCheckers(plugins = NO_PLUGINS): string[] {
  return Object.keys(allCheckers(plugins))
}

/** The names of a list such as `queue,stats`. Throws UsageError with a suggestion for one that does not exist. */
export function checkerNames(list: string, plugins = NO_PLUGINS): string[] {
  const known = Object.fromEntries(listCheckers(plugins).map((name) => [name, name]))
  const names = list.split(',').map((name) => lookUp('checker', known, name.trim()))
  return [...new Set(names)]
}

/** What was said about the checkers, whichever they are. */
export interface Settings {
  /** What transactions are judged against; `none` alone for nothing. */
  readonly consistencyModels?: readonly string[]
  readonly options: TypedOptions
}

/**
 * Makes what was chosen. Throws UsageError for an unknown model or option, and consistency models where nobody speaks of any.
 */
export function makeCheckers(
  choices: readonly Choice[],
  {consistencyModels, options: typed}: Settings,
  plugins = NO_PLUGINS,
): Checker[] {
  if (consistencyModels !== undefined && !choices.some(({checker}) => TRANSACTIONAL.includes(checker))) {
    throw new UsageError('--consistency-models is for transactions, which this is not judged as.', [
      `Say --checker ${TRANSACTIONAL.join(' or ')} if it is.`,
    ])
  }
  refuseUnknown(
    typed,
    choices.map(({checker}) => checker),
  )
  const models = consistencyModels?.join() === 'none' ? [] : consistencyModels
  return choices.map((choice) => {
    const {checker, model = ''} = choice
    const options = {...choice.options, ...optionsFor(checker, typed)}
    if (checker === 'linearizable') {
      const {initial, ...others} = options
      lookUp('model', MODELS, model)
      return linearizable({...others, model: initial === undefined ? model : beginningAs(model, initial)})
    }
    const make = lookUp('checker', allCheckers(plugins), checker)
    const given = models !== undefined && TRANSACTIONAL.includes(checker) ? {...options, models} : options
    return Object.keys(given).length === 0 ? make() : make(given)
  })
}
