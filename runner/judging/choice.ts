/** Checkers by the names that a person types: the registry's, and linearizability of a model. */
import {linearizable, MODELS} from '../../checkers/linearizable/index.ts'
import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import {history} from '../../core/history.ts'
import {lookUp} from '../../core/registry.ts'
import {allCheckers, NO_PLUGINS, type PluginCatalogue} from '../catalogue.ts'
import {beginningAs, optionsFor, refuseUnknown, type TypedOptions} from './checker-options.ts'

/** One checker, with its options. */
export interface Choice {
  readonly checker: string
  /** For `linearizable`. */
  readonly model?: string
  /** Further options of the factory. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Functions of the history that go by another name with the checker: what is `broadcast` is an `add` to a set. */
  readonly as?: Readonly<Record<string, string>>
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
    const {checker, as} = choice
    const options = {...choice.options, ...optionsFor(checker, typed)}
    const given = models !== undefined && TRANSACTIONAL.includes(checker) ? {...options, models} : options
    const made = makeChecker(choice, given, plugins)
    return as === undefined ? made : renaming(made, as)
  })
}

function makeChecker({checker, model = ''}: Choice, given: Record<string, unknown>, plugins: PluginCatalogue): Checker {
  if (checker === 'linearizable') {
    const {initial, ...others} = given
    lookUp('model', MODELS, model)
    return linearizable({...others, model: initial === undefined ? model : beginningAs(model, initial)})
  }
  const make = lookUp('checker', allCheckers(plugins), checker)
  return Object.keys(given).length === 0 ? make() : make(given)
}

/** The same checker, which is shown other names of functions. */
function renaming(checker: Checker, names: Readonly<Record<string, string>>): Checker {
  return {
    ...checker,
    check: ({ops}, options) =>
      checker.check(history(ops.map((op) => ({...op, f: Object.hasOwn(names, op.f) ? names[op.f]! : op.f}))), options),
  }
}
