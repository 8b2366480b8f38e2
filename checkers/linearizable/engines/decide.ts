/**
 * Is there an order? The entry that picks the engines for one object's trace and runs them from cheap to thorough.
 */

import {isRead, type Model} from '../model.ts'
import {NEVER, type Trace} from '../trace.ts'
import type {CollectionStructure} from './collection/columns.ts'
import {decideCollection} from './collection/decide.ts'
import {alongLongestRead} from './collection/log.ts'
import type {Decision} from './decision.ts'
import {firstDeath} from './first-death.ts'
import {Frontier, type Halt} from './frontier.ts'
import {Machine} from './machine.ts'
import {decideRegister} from './register/decide.ts'
import {registerView} from './register/view.ts'

/** Widths of the beam, in the order tried. */
const WIDTHS = [16, 256, Number.POSITIVE_INFINITY]

/** Decides one trace. `halt` ends it as *unknown*. */
export function decide(model: Model, trace: Trace, halt: Halt): Decision {
  const {structure} = model
  const view = registerView(model, trace)
  if (view !== undefined) {
    if ('impossible' in view) return impossible(trace, view.impossible)
    const decision = oneOf(view.ways.map((columns) => () => decideRegister(columns, halt)))
    // What a text was made of was known from all that was read, so also from what was read after the search died.
    return structure?.kind === 'text' ? late(trace, decision) : decision
  }
  if (structure?.kind === 'collection') {
    const decision = decideCollection(trace, structure, halt)
    if (decision !== undefined) return decision
    // What was appended in which order was known from reads that came later.
    if (structure.order === 'log') {
      const decision = decideLog(model, structure, trace, halt)
      return decision.kind === 'invalid' && decision.core !== undefined ? decision : late(trace, decision)
    }
  }
  return searchFrontier(model, trace, halt)
}

/** The first event at which the violation is certain. Asked for by stories; a verdict does without. */
export function whenCertain(model: Model, trace: Trace, halt: Halt, {at, late}: Pick<Invalid, 'at' | 'late'>): number {
  return late === true ? firstDeath(trace, (part) => isImpossible(model, part, halt)) : at
}

type Invalid = Extract<Decision, {kind: 'invalid'}>

/** The same decision, where it was made with hindsight. */
function late(trace: Trace, decision: Decision): Decision {
  return decision.kind === 'invalid' ? {...decision, at: trace.events.length - 1, late: true} : decision
}

function decideLog(model: Model, structure: CollectionStructure, trace: Trace, halt: Halt): Decision {
  const along = alongLongestRead(model, structure, trace)
  return 'step' in along ? searchFrontier(along, trace, halt) : impossible(trace, along)
}

/** Without the search that any model allows: this is asked of many parts. */
function isImpossible(model: Model, trace: Trace, halt: Halt): boolean {
  const {structure} = model
  if (structure?.kind === 'collection') {
    const decision = decideCollection(trace, structure, halt)
    if (decision !== undefined || structure.order !== 'log') return decision?.kind === 'invalid'
    return decideLog(model, structure, trace, halt).kind === 'invalid'
  }
  const view = registerView(model, trace)
  if (view === undefined) return false
  return (
    'impossible' in view || oneOf(view.ways.map((columns) => () => decideRegister(columns, halt))).kind === 'invalid'
  )
}

/** Possible if one way is; impossible when all are. */
function oneOf(ways: readonly (() => Decision)[]): Decision {
  let worst: Decision | undefined
  for (const way of ways) {
    const decision = way()
    if (decision.kind === 'valid' || ways.length === 1) return decision
    const steps = decision.steps + (worst?.steps ?? 0)
    if (worst?.kind === 'unknown' || decision.kind === 'unknown') {
      const reached = Math.max(reachedBy(decision), worst === undefined ? 0 : reachedBy(worst))
      worst = {kind: 'unknown', reached, steps}
    } else
      worst = {kind: 'invalid', at: Math.max(reachedBy(decision), worst === undefined ? 0 : reachedBy(worst)), steps}
  }
  return worst!
}

function reachedBy(decision: Decision): number {
  return decision.kind === 'valid' ? 0 : decision.kind === 'invalid' ? decision.at : decision.reached
}

function impossible({returnAt}: Trace, core: readonly number[]): Decision {
  const returns = core.map((operation) => returnAt[operation]!).filter((at) => at !== NEVER)
  return {kind: 'invalid', at: Math.max(...returns), steps: 0, core}
}

/** The general engine alone, for any model. */
export function searchFrontier<S>(model: Model<S>, trace: Trace, halt: Halt): Decision {
  const reads = Uint8Array.from(trace.calls, (call) => (isRead(model as Model, call) ? 1 : 0))
  const slotOf = new Int32Array(trace.size)
  let steps = 0
  let reached = 0
  for (const width of WIDTHS) {
    const frontier = new Frontier(new Machine(model as Model, trace.calls), width, halt)
    const death = sweep(frontier, trace, reads, slotOf)
    steps += frontier.steps
    if (death < 0) return {kind: 'valid', steps}
    reached = Math.max(reached, death)
    if (frontier.halted) return {kind: 'unknown', reached, steps}
    if (!frontier.truncated) return {kind: 'invalid', at: death, steps}
  }
  throw new Error('a search without a beam ended without an answer')
}

/** Feeds a trace to a frontier. The event at which it died, or -1. */
function sweep(frontier: Frontier, trace: Trace, reads: Uint8Array, slotOf: Int32Array): number {
  const {events, call, returnAt} = trace
  for (let at = 0; at < events.length; at++) {
    const operation = events[at]! >> 1
    if ((events[at]! & 1) === 0) {
      slotOf[operation] = frontier.invoke(call[operation]!, reads[call[operation]!] === 1, returnAt[operation]!)
    } else if (!frontier.complete(slotOf[operation]!)) return at
  }
  return -1
}
