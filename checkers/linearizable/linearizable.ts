/**
 * The checker: does every object answer as if its operations had happened one at a time, each at some moment between its
 * invocation and its completion (Herlihy & Wing 1990)? It proves a violation with the smallest story it can find, and
 * says *unknown* with how far it came when the budget ends first.
 *
 * What it cannot see: whether the target would have kept its promise under another schedule; anything about operations
 * that were not recorded.
 */
import {type Checker, type CheckOptions, UNLIMITED} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Key, Op} from '../../core/op.ts'
import {lookUp} from '../../core/registry.ts'
import {type Anomaly, mergeValidity, type Validity, type Verdict} from '../../core/verdict.ts'
import {decide} from './decide.ts'
import {explain} from './explain.ts'
import type {Model} from './model.ts'
import {MODELS} from './models/index.ts'
import {INFO, OK, split, type Track} from './split.ts'
import {type TrustFailure, traceOf, trustConditions} from './trace.ts'

export interface LinearizableOptions {
  /** One of `MODELS` by name, or a model of your own. */
  readonly model: string | Model
  /** Whether each key is an object of its own. Default true. */
  readonly perKey?: boolean
  /**
   * Whether failed operations are observations: a compare-and-set that was refused because the value differed saw that it
   * differed. True trusts errors that name such a condition (`trustConditions`); a function decides per operation.
   * Default false: failed operations are left out.
   */
  readonly trustFailures?: boolean | TrustFailure
}

/** At most this many objects are explained in full. */
const STORIES = 8

/** A checker of linearizability. Throws UsageError on an unknown model. */
export function linearizable(options: LinearizableOptions): Checker {
  const model = modelOf(options.model)
  const {perKey = true, trustFailures = false} = options
  const trust = trustFailures === true ? trustConditions : trustFailures === false ? undefined : trustFailures
  return {
    name: 'linearizable',
    description: `every ${perKey ? 'key' : 'history'} is a linearizable ${model.name}`,
    check: (history, checkOptions) => check(history, model, partitionFor(model, perKey), trust, checkOptions),
  }
}

/** The model of this name, or the model itself. */
export function modelOf(model: string | Model): Model {
  return typeof model === 'string' ? lookUp('model', MODELS, model) : model
}

function partitionFor(model: Model, perKey: boolean): (invoke: Op) => Key | undefined {
  if (!perKey) return () => undefined
  const {partition} = model
  if (partition === undefined) return (invoke) => invoke.key
  return (invoke) => partition({f: invoke.f, key: invoke.key, input: invoke.value})
}

function check(
  history: History,
  model: Model,
  partition: (invoke: Op) => Key | undefined,
  trust: TrustFailure | undefined,
  {budget = UNLIMITED}: CheckOptions = {},
): Verdict {
  const tracks = split(history, partition)
  let spent: string | undefined
  const halt = () => (spent ??= budget.exceeded()) !== undefined
  const anomalies: Anomaly[] = []
  const validities: Validity[] = []
  const undecided: string[] = []
  let steps = 0
  for (const track of tracks) {
    const trace = traceOf(history.ops, track, model, trust)
    const decision = decide(model, trace, halt)
    steps += decision.steps
    validities.push(decision.kind)
    if (decision.kind === 'unknown') {
      undecided.push(`${nameOf(track)} explained up to event ${decision.reached} of ${trace.events.length}`)
    }
    if (decision.kind === 'invalid' && anomalies.length < STORIES) {
      anomalies.push(explain({history, track, model, trace, at: decision.at, core: decision.core}, halt))
    }
  }
  return verdictOf({tracks, model, validities, anomalies, undecided, spent, steps})
}

interface Result {
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly validities: readonly Validity[]
  readonly anomalies: readonly Anomaly[]
  readonly undecided: readonly string[]
  readonly spent: string | undefined
  readonly steps: number
}

function verdictOf({tracks, model, validities, anomalies, undecided, spent, steps}: Result): Verdict {
  let operations = 0
  let ok = 0
  let pending = 0
  for (const {size, outcome} of tracks) {
    operations += size
    for (let i = 0; i < size; i++) {
      if (outcome[i] === OK) ok++
      else if (outcome[i] === INFO) pending++
    }
  }
  const valid = validities.filter((validity) => validity === 'valid').length
  const keyed = tracks.length > 1 || tracks[0]?.key !== undefined
  const keys = keyed ? `, ${valid}/${tracks.length} keys` : ''
  const base = {
    checker: 'linearizable',
    property: 'linearizable',
    kind: 'safety' as const,
    summary: `${model.name}${keys}, ${operations} operations`,
    anomalies,
    measures: {keys: tracks.length, operations, ok, pending, searchSteps: steps},
  }
  if (ok === 0) {
    const reason = operations === 0 ? 'no operation was recorded' : `none of ${operations} operations succeeded`
    return {...base, validity: mergeValidity([...validities, 'unknown']), reason: `nothing was tested: ${reason}`}
  }
  const validity = mergeValidity(validities)
  if (undecided.length === 0) return {...base, validity}
  const rest = undecided.length > 3 ? ` and ${undecided.length - 3} more` : ''
  return {...base, validity, reason: `out of ${spent ?? 'budget'}: ${undecided.slice(0, 3).join('; ')}${rest}`}
}

function nameOf({key}: Track): string {
  return key === undefined ? 'history' : `key ${key}`
}
