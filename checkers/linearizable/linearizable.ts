/**
 * The checker: does every object answer as if its operations had happened one at a time, each at some moment between its
 * invocation and its completion (Herlihy & Wing 1990)? It proves a violation with the smallest story it can find, and
 * says *unknown* with how far it came when the budget ends first.
 *
 * What it cannot see: whether the target would have kept its promise under another schedule; anything about operations
 * that were not recorded.
 */

import {type Budget, type Checker, type CheckOptions, type Parallel, UNLIMITED} from '../../core/checker.ts'
import {lookUp} from '../../core/registry.ts'
import type {Verdict} from '../../core/verdict.ts'
import {type Asked, conclude, emptyVerdict, type Question} from './conclude.ts'
import type {Decision} from './engines/decision.ts'
import type {Halt} from './engines/frontier.ts'
import type {Model} from './model.ts'
import {MODELS} from './models/index.ts'
import {type Found, firstBroken, firstBrokenOf} from './parallel/first-broken.ts'
import {byOnlyOrder, canTravel, decideTracks, decideUnit, scribeFor, unitsOf} from './parallel/unit.ts'
import {type PartitionOf, split} from './split.ts'
import {LinearizableStream} from './streaming/stream.ts'
import {type TrustFailure, trustConditions} from './trace.ts'

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
  let empty: Verdict | undefined
  return {
    name: 'linearizable',
    description: `every ${perKey ? 'key' : 'history'} is a linearizable ${model.name}`,
    check(history, checkOptions) {
      if (history.length === 0) return (empty ??= emptyVerdict(model))
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

/** Fewer operations than this are decided before another thread has heard of them. */
const WORTH_SENDING = 50_000

function check(
  question: Question,
  {budget = UNLIMITED, parallel, failFast = false, onBroken}: CheckOptions = {},
): Verdict | Promise<Verdict> {
  const {history, tracks, model, trust, scribe} = question
  const asked: Asked = {spent: undefined}
  const halt = haltOf(asked, budget)
  const others = tracks.length > 1 && canTravel(model) && history.length > 2 * WORTH_SENDING ? parallel : undefined
  if (tracks.length > 1 && (failFast || onBroken !== undefined)) {
    const about = {ops: history.ops, tracks, model, trust, scribe}
    const then = (found: Found) => {
      const {broken} = found
      if (broken !== undefined) onBroken?.({key: tracks[broken]!.key, keys: tracks.length, ops: history.length})
      const enough = failFast || broken === undefined
      return enough
        ? conclude(question, found.decisions, asked, halt)
        : goOn(question, found, asked, halt, budget, others)
    }
    return others === undefined ? then(firstBroken(about, halt)) : firstBrokenOf(about, others, budget).then(then)
  }
  if (others === undefined)
    return conclude(question, decideTracks(history.ops, tracks, model, trust, scribe, halt), asked, halt)
  const decisions = tracks.map((track) =>
    scribe === undefined ? byOnlyOrder(history.ops, track, model, trust) : undefined,
  )
  return goOn(question, {decisions, broken: undefined}, asked, halt, budget, others)
}

/** Judges the objects that nobody has judged yet. */
function goOn(
  question: Question,
  {decisions}: Found,
  asked: Asked,
  halt: Halt,
  budget: Budget,
  others: Parallel | undefined,
): Verdict | Promise<Verdict> {
  const {history, tracks, model, trust, scribe} = question
  const open = Array.from(tracks.keys()).filter((at) => decisions[at] === undefined)
  const left = open.map((at) => tracks[at]!)
  const whole = (rest: readonly Decision[]) => {
    const all = decisions.slice()
    open.forEach((at, k) => {
      all[at] = rest[k]
    })
    return conclude(question, all, asked, halt)
  }
  const units = () => unitsOf(history.ops, left, model, trust, scribe, others !== undefined)
  if (others !== undefined) return others.map(decideUnit, units(), budget).then((rest) => whole(rest.flat()))
  return whole(Array.from(units()).flatMap((unit) => decideUnit.run(unit, halt)))
}

function haltOf(asked: Asked, budget: Budget): Halt {
  return () => (asked.spent ??= budget.exceeded()) !== undefined
}
