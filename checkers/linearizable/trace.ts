/**
 * What the engines read: the operations of one object that matter, as columns. Failed operations and unknown reads are
 * gone, trusted refusals have become reads, calls are numbered so that equal calls share a number.
 *
 * Positions are counted within the trace's own events, so "a returned before b was invoked" is `returnAt[a] < invokeAt[b]`.
 * Real time is the order of the record: at equal timestamps the recorder's order decides.
 */
import {UsageError} from '../../core/error.ts'
import type {Op} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue} from '../../core/value.ts'
import {column32} from '../columns/column.ts'
import {canonical} from './canonical.ts'
import {type Call, isRead, type Model} from './model.ts'
import {FAIL, INFO, OK, type Track} from './split.ts'

/** The return position of an operation that may never happen. Later than every event. */
export const NEVER = 0x7fffffff

export interface Trace {
  readonly size: number
  /** By operation: its call's number in `calls`. */
  readonly call: Int32Array
  readonly invokeAt: Int32Array
  /** `NEVER` for an operation that is pending: it may take effect at any time or never. */
  readonly returnAt: Int32Array
  /** In order: 2 × operation for an invocation, 2 × operation + 1 for a return. */
  readonly events: Int32Array
  /** By operation: its number in the track. */
  readonly source: Int32Array
  /** Distinct calls. */
  readonly calls: readonly Call[]
}

/** Whether a failure says the truth about the state (and not, say, that no leader was found). */
export type TrustFailure = (operation: {readonly f: string; readonly error: unknown}) => boolean

/**
 * Errors by which a target says that it looked and the condition did not hold: our own targets' words, Maelstrom's codes
 * 20 (key does not exist) and 22 (precondition failed), and what stores usually say.
 */
const CONDITION =
  /differ|mismatch|precondition|not[ -]?found|does[ -]?not[ -]?exist|compare failed|\bempty\b|^(20|22)$/i

export const trustConditions: TrustFailure = ({error}) => {
  const text = typeof error === 'object' ? showValue(error) : String(error)
  return CONDITION.test(text)
}

/** The trace of a track under a model. Throws UsageError on a function that the model does not know. */
export function traceOf(ops: Sequence<Op>, track: Track, model: Model, trust?: TrustFailure): Trace {
  const {size, events: trackEvents, invoke: invokes, complete: completes, outcome: outcomes} = track
  const number = column32(size).fill(-1)
  const source = column32(size)
  const call = column32(size)
  const numbering = new CallNumbers()
  let kept = 0
  for (let operation = 0; operation < size; operation++) {
    const invoke = ops.at(invokes[operation]!)!
    if (!model.functions.includes(invoke.f)) throw unknownFunction(model, invoke)
    const outcome = outcomes[operation]!
    const completion = outcome === INFO ? undefined : ops.at(completes[operation]!)!
    const made: Call = {
      f: invoke.f,
      input: invoke.value ?? null,
      output: outcome === OK ? (completion!.value ?? null) : undefined,
      outcome: outcome === OK ? 'ok' : outcome === FAIL ? 'fail' : 'info',
      error: outcome === FAIL ? completion!.error : undefined,
    }
    if (outcome === FAIL && !(trust?.({f: made.f, error: made.error}) && model.observesFailure?.(made))) continue
    if (outcome === INFO && isRead(model, made)) continue
    number[operation] = kept
    source[kept] = operation
    call[kept++] = numbering.numberOf(made)
  }
  const invokeAt = column32(kept)
  const returnAt = column32(kept).fill(NEVER)
  const events = column32(trackEvents.length)
  let position = 0
  for (let i = 0; i < trackEvents.length; i++) {
    const operation = number[trackEvents[i]! >> 1]!
    if (operation < 0) continue
    const returns = trackEvents[i]! & 1
    if (returns === 1) returnAt[operation] = position
    else invokeAt[operation] = position
    events[position++] = 2 * operation + returns
  }
  return {
    size: kept,
    call: call.subarray(0, kept),
    invokeAt,
    returnAt,
    events: events.subarray(0, position),
    source: source.subarray(0, kept),
    calls: numbering.calls,
  }
}

/** Numbers calls as they come; equal calls share a number. */
class CallNumbers {
  readonly calls: Call[] = []
  /** By function and outcome, then by what the call carries. */
  readonly #known = new Map<string, Map<string | number, number>[]>()

  numberOf(made: Call): number {
    const {f, input, output, outcome} = made
    let kinds = this.#known.get(f)
    if (kinds === undefined) this.#known.set(f, (kinds = []))
    // Most calls carry one value: an answer and no argument, or an argument that is the answer too.
    const same = output === undefined || output === input || (Array.isArray(input) && samePair(input, output))
    const single = outcome !== 'ok' ? (outcome === 'info' ? 0 : 1) : same ? 2 : input === null ? 3 : 4
    const carried = single === 3 ? output : input
    // A text is its own key, among texts: to make another of a long one costs as much as all the rest.
    const isText = single !== 4 && typeof carried === 'string'
    const known = (kinds[isText ? single + TEXT : single] ??= new Map())
    const key = isText ? carried : single === 4 ? `${canonical(input)} ${canonical(output)}` : keyOf(carried)
    let id = known.get(key)
    if (id === undefined) {
      id = this.calls.length
      known.set(key, id)
      this.calls.push(made)
    }
    return id
  }
}

/** Where the maps of those begin that carry a text. */
const TEXT = 5
const PAIR = 1 << 26

/** A value's key; pairs of small numbers, as cas has them, are numbers too. */
function keyOf(value: unknown): string | number {
  if (Array.isArray(value) && value.length === 2) {
    const [from, to] = value as [unknown, unknown]
    if (isSmall(from) && isSmall(to)) return -1 - (from * PAIR + to)
  }
  const key = canonical(value)
  return typeof key === 'number' && key < 0 ? `${key}` : key
}

/** Whether the answer repeats the argument, as a cas read from a file does. */
function samePair(input: readonly unknown[], output: unknown): boolean {
  if (!Array.isArray(output) || input.length !== 2 || output.length !== 2) return false
  return input[0] === output[0] && input[1] === output[1]
}

function isSmall(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < PAIR
}

/**
 * The trace of some of its operations, cut after the event at `cutAt`: what had not returned by then is pending. Cutting
 * only weakens what is asked, so an impossible part proves the whole impossible.
 */
export function restrict(trace: Trace, keep: (operation: number) => boolean, cutAt = NEVER): Trace {
  const number = new Int32Array(trace.size).fill(-1)
  const kept: number[] = []
  for (let i = 0; i < trace.size; i++) {
    if (trace.invokeAt[i]! > cutAt || !keep(i)) continue
    number[i] = kept.length
    kept.push(i)
  }
  const invokeAt = new Int32Array(kept.length)
  const returnAt = new Int32Array(kept.length).fill(NEVER)
  const events: number[] = []
  for (let at = 0; at < trace.events.length && at <= cutAt; at++) {
    const operation = number[trace.events[at]! >> 1]!
    if (operation < 0) continue
    const returns = trace.events[at]! & 1
    if (returns === 1) returnAt[operation] = events.length
    else invokeAt[operation] = events.length
    events.push(2 * operation + returns)
  }
  return {
    size: kept.length,
    call: Int32Array.from(kept, (i) => trace.call[i]!),
    invokeAt,
    returnAt,
    events: Int32Array.from(events),
    source: Int32Array.from(kept, (i) => trace.source[i]!),
    calls: trace.calls,
  }
}

function unknownFunction(model: Model, op: Op): UsageError {
  return new UsageError(`op #${op.index}: the model "${model.name}" does not know the function "${op.f}"`, [
    `It knows: ${model.functions.join(', ')}.`,
  ])
}
