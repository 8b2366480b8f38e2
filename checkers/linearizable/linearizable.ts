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
import {lookUp} from '../../core/registry.ts'
import {type Anomaly, mergeValidity, type Validity, type Verdict} from '../../core/verdict.ts'
import type {Reached, SearchDetail} from '../../core/verdict-detail.ts'
import {counted} from '../findings/finding.ts'
import type {Decision} from './engines/decision.ts'
import type {Halt} from './engines/frontier.ts'
import type {RegisterScribe} from './engines/register/pack.ts'
import {explain} from './explanation/explain.ts'
import type {Model} from './model.ts'
import {MODELS} from './models/index.ts'
import {canTravel, decideTracks, decideUnit, scribeFor, unitsOf} from './parallel/unit.ts'
import {INFO, OK, type PartitionOf, split, type Track} from './split.ts'
import {LinearizableStream} from './streaming/stream.ts'
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
  /** At most this many violated objects are explained. Default 8; with 0 the verdict comes without anomalies. */
  readonly stories?: number
}

/** A checker of linearizability. Throws UsageError on an unknown model. */
export function linearizable(options: LinearizableOptions = {model: 'cas-register'}): Checker {
  const model = modelOf(options.model)
  const {perKey = true, trustFailures = false, stories = 8} = options
  const trust = trustFailures === true ? trustConditions : trustFailures === false ? undefined : trustFailures
  return {
    name: 'linearizable',
    description: `every ${perKey ? 'key' : 'history'} is a linearizable ${model.name}`,
    check(history, checkOptions) {
      const scribe = scribeFor(model, trust)
      const tracks = split(history, partitionFor(model, perKey), scribe)
      return check({history, tracks, model, trust, scribe, stories}, checkOptions)
    },
  }
}

/** The same check, fed while the history is being written. Throws UsageError on an unknown model. */
export function linearizableStream(options: LinearizableOptions): LinearizableStream {
  return new LinearizableStream({...options, model: modelOf(options.model)})
}

/** The model of this name, or the model itself. */
export function modelOf(model: string | Model): Model {
  return typeof model === 'string' ? lookUp('model', MODELS, model) : model
}

function partitionFor(model: Model, perKey: boolean): PartitionOf {
  if (!perKey) return () => undefined
  const {partition} = model
  if (partition === undefined) return (invoke) => invoke.key
  return (invoke) => partition({f: invoke.f, key: invoke.key, input: invoke.value})
}

interface Question {
  readonly history: History
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly trust: TrustFailure | undefined
  readonly scribe: RegisterScribe | undefined
  readonly stories: number
}

/** Fewer operations than this are decided before another thread has heard of them. */
const WORTH_SENDING = 50_000

function check(question: Question, {budget = UNLIMITED, parallel}: CheckOptions = {}): Verdict | Promise<Verdict> {
  const {history, tracks, model, trust, scribe} = question
  const asked = {spent: undefined as string | undefined}
  const halt = () => (asked.spent ??= budget.exceeded()) !== undefined
  const send = parallel !== undefined && tracks.length > 1 && canTravel(model) && history.length > 2 * WORTH_SENDING
  if (!send) return conclude(question, decideTracks(history.ops, tracks, model, trust, scribe, halt), asked, halt)
  return parallel
    .map(decideUnit, unitsOf(history.ops, tracks, model, trust, scribe), budget)
    .then((decisions) => conclude(question, decisions.flat(), asked, halt))
}

function conclude(
  {history, tracks, model, trust, stories}: Question,
  decisions: readonly Decision[],
  asked: {spent: string | undefined},
  halt: Halt,
): Verdict {
  const anomalies: Anomaly[] = []
  const undecided: string[] = []
  const reached: Reached[] = []
  let steps = 0
  decisions.forEach((decision, t) => {
    const track = tracks[t]!
    steps += decision.steps
    if (decision.kind === 'unknown') {
      undecided.push(`${nameOf(track)} explained up to event ${decision.reached} of ${track.eventCount}`)
      if (reached.length < stories) reached.push(reachedIn(history, track, decision.reached))
    } else if (decision.kind === 'invalid' && anomalies.length < stories) {
      const trace = traceOf(history.ops, track, model, trust)
      anomalies.push(explain({history, track, model, trace, decision}, halt))
    }
  })
  // The smallest story first: it is the one that is read.
  anomalies.sort((left, right) => sizeOf(left) - sizeOf(right))
  halt()
  const validities = decisions.map(({kind}) => kind)
  return verdictOf({tracks, model, validities, anomalies, undecided, reached, spent: asked.spent, steps})
}

function reachedIn({ops}: History, track: Track, events: number): Reached {
  const event = track.events[Math.min(events, track.events.length - 1)]!
  const operation = event >> 1
  const position = (event & 1) === 0 ? track.invoke[operation]! : track.complete[operation]!
  return {
    ...(track.key === undefined ? {} : {key: track.key}),
    events,
    of: track.events.length,
    index: ops.at(position)!.index,
  }
}

function sizeOf({counterexample, witness}: Anomaly): number {
  return counterexample?.operations.length ?? witness.length
}

interface Result {
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly validities: readonly Validity[]
  readonly anomalies: readonly Anomaly[]
  readonly undecided: readonly string[]
  readonly reached: readonly Reached[]
  readonly spent: string | undefined
  readonly steps: number
}

function verdictOf({tracks, model, validities, anomalies, undecided, reached, spent, steps}: Result): Verdict {
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
    summary: `${model.name}${keys}, ${counted(operations, 'operation')}`,
    anomalies,
    measures: {keys: tracks.length, operations, ok, pending, searchSteps: steps},
  }
  if (ok === 0) {
    const reason =
      operations === 0 ? 'no operation was recorded' : `none of ${counted(operations, 'operation')} succeeded`
    return {...base, validity: mergeValidity([...validities, 'unknown']), reason: `nothing was tested: ${reason}`}
  }
  const validity = mergeValidity(validities)
  if (undecided.length === 0) return {...base, validity}
  const rest = undecided.length > 3 ? ` and ${undecided.length - 3} more` : ''
  return {
    ...base,
    validity,
    detail: {reached} satisfies SearchDetail,
    reason: `out of ${spent ?? 'room for the search'}: ${undecided.slice(0, 3).join('; ')}${rest}`,
  }
}

function nameOf({key}: Track): string {
  return key === undefined ? 'history' : `key ${key}`
}
