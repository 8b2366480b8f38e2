/**
 * What an operation could have answered: the values, or the states, that were possible when it ran.
 *
 * For a register each candidate value is tried in the place of the one that was read: possible is what some order allows.
 * For other models it is the states of every configuration that the search had when nothing could follow. Only a window
 * before the operation is looked at, so the list may hold a value too many in a long history, never one too few.
 */
import {canonical} from '../canonical.ts'
import {decide} from '../engines/decide.ts'
import {Frontier, type Halt} from '../engines/frontier.ts'
import {Machine} from '../engines/machine.ts'
import {registerColumns} from '../engines/register/columns.ts'
import {RegisterRemoval} from '../engines/register/removal.ts'
import {isRead, type Model} from '../model.ts'
import {NEVER, restrict, type Trace} from '../trace.ts'

/** Events before the operation that are looked at. */
const WINDOW_EVENTS = 400
/** More values than this are no help to anybody. */
const MOST = 12
/** Configurations that the search for states may make. */
const STEPS = 100_000

/** The values that an observer of a register could have seen; undefined where there are too many or it is unclear. */
export function possibleValues(model: Model, trace: Trace, observer: number, halt: Halt): unknown[] | undefined {
  const {structure} = model
  if (structure?.kind !== 'register') return undefined
  const cutAt = trace.returnAt[observer]!
  const from = trace.invokeAt[observer]! - WINDOW_EVENTS
  let overwritten = false
  const near = restrict(
    trace,
    (i) => {
      if (i === observer || trace.returnAt[i]! >= from) return true
      overwritten ||= structure.produces(trace.calls[trace.call[i]!]!) !== undefined
      return false
    },
    cutAt,
  )
  const self = near.source.indexOf(trace.source[observer]!)
  // The register may hold anything that an operation left out had written; the latest of them is candidate enough.
  const rule = new RegisterRemoval(registerColumns(near, model, structure))
  const candidates = new Map<string | number, unknown>()
  if (!overwritten) candidates.set(canonical(model.init), model.init)
  for (let i = 0; i < near.size; i++) {
    if (i === self || rule.produces[i]! < 0) continue
    const {value} = structure.produces(near.calls[near.call[i]!]!)!
    candidates.set(canonical(value), value)
  }
  if (candidates.size > 10 * MOST) return undefined
  const possible: unknown[] = []
  for (const value of candidates.values()) {
    const calls = [...near.calls, structure.seeing(near.calls[near.call[self]!]!, value)]
    const call = near.call.slice()
    call[self] = calls.length - 1
    const changed = {...near, calls, call}
    // Left out: what saw a value that was written before the window.
    const whole = overwritten ? restrict(changed, (i) => i === self || explained(rule, near, i)) : changed
    if (decide(model, whole, halt).kind === 'valid') possible.push(value)
    if (possible.length > MOST || halt()) return undefined
  }
  return possible
}

/** Whether what this operation saw is written inside the window. */
function explained(rule: RegisterRemoval, trace: Trace, operation: number): boolean {
  const value = rule.observes[operation]!
  if (value < 0) return true
  for (let i = 0; i < trace.size; i++) {
    if (rule.produces[i] === value && trace.invokeAt[i]! < trace.returnAt[operation]!) return true
  }
  return rule.produces[operation]! >= 0
}

/** The states that were possible just before the event at which nothing could follow. */
export function possibleStates(model: Model, trace: Trace, halt: Halt): unknown[] | undefined {
  const machine = new Machine(model, trace.calls)
  const frontier: Frontier = new Frontier(machine, Number.POSITIVE_INFINITY, () => frontier.steps > STEPS || halt())
  const slotOf = new Int32Array(trace.size)
  for (const event of trace.events) {
    const operation = event >> 1
    if ((event & 1) === 0) {
      const call = trace.call[operation]!
      const read = isRead(model, trace.calls[call]!)
      slotOf[operation] = frontier.invoke(call, read, trace.returnAt[operation] ?? NEVER)
    } else if (!frontier.complete(slotOf[operation]!)) {
      if (frontier.halted) return undefined
      const states = frontier.explored().map((id) => machine.states[id])
      return states.length > MOST ? undefined : states
    }
  }
  return undefined
}
