/**
 * Removals of which nobody learned what they took, if they took anything. What they may have taken are elements that no
 * other removal took; that can be said in two ways, on either side of the truth:
 *
 * - *loosened*: every such element may have been taken by the first of these removals, at any time since it was invoked. More
 *   is possible then than in truth, so what is impossible then is impossible.
 * - *completed*: each of these removals is given one element, or none. What is possible then is possible.
 *
 * An element needs to be taken where it would otherwise be in somebody's way: an element behind it came out of a queue, one
 * below it off a stack, or nothing was found while it was inside. By when, is its deadline; removals are given to elements
 * by deadline, the first invoked to the first. (As they may take effect at any later time, only counting matters then:
 * Hall's condition for nested intervals.) Where to look for nothing inside a long empty answer is guessed, and so are
 * stacks; if the guess fails, the search has to say.
 */
import {NEVER} from '../../trace.ts'
import type {CollectionColumns} from './columns.ts'
import {certainFrom, goneFrom} from './presence.ts'

/** What is in whose way. */
type Order = 'fifo' | 'lifo' | 'bag'

/** Elements times elements that are compared for a stack; more are left to the search. */
const MOST_PAIRS = 20_000_000

/**
 * The answer of a test that knows all removals, asked about a history in which some are not known: `valid`, the problem, or
 * undefined where that cannot tell.
 */
export function withPending<Problem>(
  columns: CollectionColumns,
  order: Order,
  problem: (columns: CollectionColumns) => Problem | undefined,
): 'valid' | Problem | undefined {
  // Removals that took nothing are in nobody's way.
  const wrong = problem(columns)
  if (wrong === undefined) return 'valid'
  if (!columns.unknownRemovals) return wrong
  const wrongAnyway = problem(loosened(columns))
  if (wrongAnyway !== undefined) return wrongAnyway
  const guess = completed(columns, order)
  return guess !== undefined && problem(guess) === undefined ? 'valid' : undefined
}

/** The columns in which anything left may have been taken. */
function loosened(columns: CollectionColumns): CollectionColumns {
  const {invokeAt, returnAt} = columns.trace
  const first = unknownRemovals(columns)[0]!
  const removed = columns.removed.slice()
  for (let e = 0; e < columns.elements; e++) {
    const out = removed[e]!
    // One that is known to have been asked for, but not to have happened, need not have been the one.
    const open = out < 0 ? columns.inserted![e]! >= 0 : returnAt[out] === NEVER && invokeAt[first]! < invokeAt[out]!
    if (open) removed[e] = first
  }
  return {...columns, removed, unknownRemovals: false}
}

/** The columns in which the removals took what was in the way; undefined where there are too few of them. */
function completed(columns: CollectionColumns, order: Order): CollectionColumns | undefined {
  const {trace} = columns
  const left = leftElements(columns)
  const deadline = new Int32Array(columns.elements).fill(NEVER)
  if (order === 'fifo') overtaken(columns, left, deadline)
  else if (order === 'lifo' && !uncovered(columns, left, deadline)) return undefined
  const takers = unknownRemovals(columns)
  if (!emptied(columns, left, takers, deadline)) return undefined
  const wanted = left.filter((e) => deadline[e] !== NEVER).sort((a, b) => deadline[a]! - deadline[b]!)
  if (wanted.length > takers.length) return undefined
  const removed = columns.removed.slice()
  for (let k = 0; k < wanted.length; k++) {
    if (trace.invokeAt[takers[k]!]! > deadline[wanted[k]!]!) return undefined
    removed[wanted[k]!] = takers[k]!
  }
  return {...columns, removed, unknownRemovals: false}
}

/** The removals that may have taken anything, by invocation. */
function unknownRemovals({trace, roles}: CollectionColumns): number[] {
  const found: number[] = []
  for (const event of trace.events) {
    if ((event & 1) === 0 && roles[trace.call[event >> 1]!]!.role === 'remove-unknown') found.push(event >> 1)
  }
  return found
}

/** Elements that were put in, and that nobody is known to have taken out. */
function leftElements(columns: CollectionColumns): number[] {
  const left: number[] = []
  for (let e = 0; e < columns.elements; e++) {
    if (columns.inserted![e]! >= 0 && columns.removed[e]! < 0) left.push(e)
  }
  return left
}

/** Queues: out before the first that came out although it was put in later. */
function overtaken(columns: CollectionColumns, left: readonly number[], deadline: Int32Array): void {
  const {trace, inserted, removed, elements} = columns
  const size = trace.events.length
  // By event: the earliest return of a removal of what was put in from here on.
  const earliest = new Int32Array(size + 1).fill(NEVER)
  for (let e = 0; e < elements; e++) {
    if (inserted![e]! >= 0 && removed[e]! >= 0) earliest[trace.invokeAt[inserted![e]!]!] = trace.returnAt[removed[e]!]!
  }
  for (let at = size - 1; at >= 0; at--) earliest[at] = Math.min(earliest[at]!, earliest[at + 1]!)
  for (const e of left) {
    const from = certainFrom(columns, e)
    if (from < size) deadline[e] = earliest[from + 1]!
  }
}

/** Stacks: off before the first that came off from below. False where that takes too long to find out. */
function uncovered(columns: CollectionColumns, left: readonly number[], deadline: Int32Array): boolean {
  const {trace, inserted, removed, elements} = columns
  if (left.length * elements > MOST_PAIRS) return false
  const {invokeAt, returnAt} = trace
  for (const e of left) {
    const push = inserted![e]!
    const pushed = returnAt[push]!
    if (pushed === NEVER) continue
    for (let below = 0; below < elements; below++) {
      const pop = removed[below]!
      if (pop < 0 || inserted![below]! < 0 || returnAt[pop]! >= deadline[e]!) continue
      if (certainFrom(columns, below) < invokeAt[push]! && invokeAt[pop]! > pushed) deadline[e] = returnAt[pop]!
    }
  }
  return true
}

/**
 * Out before somebody found nothing: at the first moment of that answer at which no other element is inside and there are
 * enough removals for all that are left. False where there is none.
 */
function emptied(
  columns: CollectionColumns,
  left: readonly number[],
  takers: readonly number[],
  deadline: Int32Array,
): boolean {
  const {trace, roles, inserted, removed, elements} = columns
  const size = trace.events.length
  const change = new Int32Array(size + 1)
  for (let e = 0; e < elements; e++) {
    if (inserted![e]! < 0 || removed[e]! < 0) continue
    const from = certainFrom(columns, e)
    const to = goneFrom(columns, e)
    if (from >= to || from >= size) continue
    change[from]! += 1
    if (to < size) change[to]! -= 1
  }
  const arrivals = left.map((e) => ({e, from: certainFrom(columns, e)})).filter(({from}) => from < size)
  arrivals.sort((a, b) => a.from - b.from)
  // By event: the last before or at it at which no other is inside and those left are not too many.
  const moments = new Int32Array(size).fill(-1)
  let inside = 0
  let arrived = 0
  let available = 0
  for (let at = 0; at < size; at++) {
    inside += change[at]!
    while (arrived < arrivals.length && arrivals[arrived]!.from <= at) arrived++
    while (available < takers.length && trace.invokeAt[takers[available]!]! <= at) available++
    const good = inside === 0 && arrived <= available
    moments[at] = good ? at : -1
  }
  // From the end: the first good moment from here on.
  for (let at = size - 2; at >= 0; at--) if (moments[at]! < 0) moments[at] = moments[at + 1]!
  let until = 0
  for (let at = 0; at < size; at++) {
    const operation = trace.events[at]! >> 1
    if ((trace.events[at]! & 1) === 0 || roles[trace.call[operation]!]!.role !== 'empty') continue
    // Another answer may already have needed a moment within this one.
    const moment = until > trace.invokeAt[operation]! ? until - 1 : moments[trace.invokeAt[operation]!]!
    if (moment < 0 || moment >= at) return false
    for (const {e, from} of arrivals) {
      if (from > moment) break
      if (deadline[e]! > moment) deadline[e] = moment
    }
    until = Math.max(until, moment + 1)
  }
  return true
}
