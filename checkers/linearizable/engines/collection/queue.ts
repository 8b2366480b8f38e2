/**
 * FIFO queues and bags of different elements: one pass each.
 *
 * A queue's history is impossible exactly when it shows one of four patterns (Henzinger, Sezgin & Vafeiadis 2013,
 * "Aspect-oriented linearizability proofs"; Bouajjani, Emmi, Enea & Hamza 2015): something came out that was not put in,
 * or before it was; something came out twice; two elements were put in one after the other and came out the other way
 * round, or the first not at all although the second did; the queue was found empty although at every moment some element
 * was certainly inside. A bag lacks the third.
 *
 * Pending insertions count if their element came out. For removals of nobody knows what see `pending.ts`.
 */
import {NEVER} from '../../trace.ts'
import type {CollectionColumns} from './columns.ts'
import {withPending} from './pending.ts'
import {certainFrom, goneFrom} from './presence.ts'

/** `valid`, operations that are impossible by themselves, or undefined where it does not apply. */
export function checkQueue(columns: CollectionColumns, fifo: boolean): 'valid' | readonly number[] | undefined {
  if (columns.inserted === undefined) return undefined
  const problem = (of: CollectionColumns) =>
    of.removedTwice ?? unfounded(of) ?? (fifo ? outOfOrder(of) : undefined) ?? notEmpty(of)
  return withPending(columns, fifo ? 'fifo' : 'bag', problem)
}

/** A removal of what was not put in, or that ended before the insertion began. */
export function unfounded({trace, inserted, removed, elements}: CollectionColumns): number[] | undefined {
  for (let e = 0; e < elements; e++) {
    const out = removed[e]!
    if (out < 0 || trace.returnAt[out] === NEVER) continue
    const into = inserted![e]!
    if (into < 0) return [out]
    if (trace.returnAt[out]! < trace.invokeAt[into]!) return [into, out]
  }
  return undefined
}

/** Two elements that went in in one order and came out in the other. */
function outOfOrder(columns: CollectionColumns): number[] | undefined {
  const {trace, inserted, removed, elements} = columns
  const size = trace.events.length
  // By event: the element that is certainly in from here on.
  const arrives = new Int32Array(size).fill(-1)
  for (let e = 0; e < elements; e++) {
    if (inserted![e]! < 0) continue
    const from = certainFrom(columns, e)
    if (from < size) arrives[from] = e
  }
  // Of those certainly in so far: the one that is gone latest.
  let latest = -1
  for (let at = 0; at < size; at++) {
    const arrived = arrives[at]!
    if (arrived >= 0 && (latest < 0 || goneFrom(columns, arrived) > goneFrom(columns, latest))) latest = arrived
    const operation = trace.events[at]! >> 1
    const e = columns.element[operation]!
    if ((trace.events[at]! & 1) === 1 || e < 0 || inserted![e] !== operation || latest < 0) continue
    const out = removed[e]!
    if (out >= 0 && trace.returnAt[out]! < goneFrom(columns, latest)) {
      return [inserted![latest]!, removed[latest]!, operation, out].filter((i) => i >= 0)
    }
  }
  return undefined
}

/** Found empty although never certainly so. */
export function notEmpty(columns: CollectionColumns): number[] | undefined {
  const {trace, roles, inserted, elements} = columns
  const size = trace.events.length
  const change = new Int32Array(size + 1)
  const named = new Int32Array(size + 1).fill(-1)
  for (let e = 0; e < elements; e++) {
    if (inserted![e]! < 0) continue
    const from = certainFrom(columns, e)
    const to = goneFrom(columns, e)
    if (from >= to || from >= size) continue
    change[from]! += 1
    named[from] = e
    if (to < size) change[to]! -= 1
  }
  let inside = 0
  let lastEmpty = -1
  for (let at = 0; at < size; at++) {
    const operation = trace.events[at]! >> 1
    if ((trace.events[at]! & 1) === 1 && roles[trace.call[operation]!]!.role === 'empty') {
      if (lastEmpty < trace.invokeAt[operation]!) return cover(columns, named, operation)
    }
    inside += change[at]!
    if (inside === 0) lastEmpty = at
  }
  return undefined
}

/** The operation with elements that together were certainly inside all along. */
function cover(columns: CollectionColumns, named: Int32Array, operation: number): number[] {
  const {trace, inserted, removed} = columns
  const core = new Set([operation])
  const end = trace.returnAt[operation]!
  for (let at = 0, until = trace.invokeAt[operation]!; at < end; at++) {
    const e = named[at]!
    // Greedy: all that are inside at some moment of the operation; what is too much is shrunk away.
    if (e < 0 || goneFrom(columns, e) <= until) continue
    core.add(inserted![e]!)
    if (removed[e]! >= 0) core.add(removed[e]!)
  }
  return [...core]
}
