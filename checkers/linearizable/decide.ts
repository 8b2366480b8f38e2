/**
 * Is there an order? The entry that picks the engines for one object's trace and runs them from cheap to thorough.
 */
import {decideCollection} from './collection/decide.ts'
import {Frontier, type Halt} from './frontier.ts'
import {Machine} from './machine.ts'
import {isRead, type Model} from './model.ts'
import {registerColumns} from './register/columns.ts'
import {decideRegister} from './register/decide.ts'
import type {Trace} from './trace.ts'

export type Decision =
  | {readonly kind: 'valid'; readonly steps: number}
  | {
      readonly kind: 'invalid'
      /** The event position at which it is certain: what was invoked later plays no part. */
      readonly at: number
      readonly steps: number
      /** Operations that are impossible by themselves, where the engine knows them. */
      readonly core?: readonly number[]
    }
  | {
      readonly kind: 'unknown'
      /** Events that were explained before the search was ended. */
      readonly reached: number
      readonly steps: number
    }

/** Widths of the beam, in the order tried. */
const WIDTHS = [16, 256, Number.POSITIVE_INFINITY]

/** Decides one trace. `halt` ends it as *unknown*. */
export function decide(model: Model, trace: Trace, halt: Halt): Decision {
  const {structure} = model
  if (structure?.kind === 'register') return decideRegister(registerColumns(trace, model, structure), halt)
  if (structure?.kind === 'collection') {
    const decision = decideCollection(trace, structure, halt)
    if (decision !== undefined) return decision
  }
  return searchFrontier(model, trace, halt)
}

/** The general engine alone, for any model. */
export function searchFrontier(model: Model, trace: Trace, halt: Halt): Decision {
  const reads = Uint8Array.from(trace.calls, (call) => (isRead(model, call) ? 1 : 0))
  const slotOf = new Int32Array(trace.size)
  let steps = 0
  let reached = 0
  for (const width of WIDTHS) {
    const frontier = new Frontier(new Machine(model, trace.calls), width, halt)
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
