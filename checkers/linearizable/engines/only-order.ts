/**
 * Where no two operations of an object overlap there is only one order, and a model can be asked along it. It reads the ops as
 * they are: a trace and all that engines make of it takes several times as long, and on one key of many, with few clients, there
 * is often nothing to search for.
 */
import type {Op} from '../../../core/op.ts'
import type {Sequence} from '../../../core/sequence.ts'
import type {Model} from '../model.ts'
import {OK, type Track} from '../split.ts'

/** Larger objects are not tried: a step may copy the whole state. */
const MOST_OPERATIONS = 512

/**
 * Whether there is one order only, and the model goes along with it. False says nothing. Failed operations are left out, so it is
 * not to be asked where they are trusted.
 */
export function onlyOrderExplains<S>(ops: Sequence<Op>, track: Track, model: Model<S>): boolean {
  const {size} = track
  if (size > MOST_OPERATIONS || track.eventCount !== 2 * size || model.branches !== undefined) return false
  const {events, outcome, invoke: invokes, complete: completes} = track
  for (let i = 0; i < events.length; i += 2) if (events[i + 1] !== events[i]! + 1) return false
  let state: S = model.init
  for (let operation = 0; operation < size; operation++) {
    const {f, value} = ops.at(invokes[operation]!)!
    if (!model.functions.includes(f)) return false
    if (outcome[operation] !== OK) continue
    const output = ops.at(completes[operation]!)!.value ?? null
    const next = model.step(state, {f, input: value ?? null, output, outcome: 'ok', error: undefined})
    if (next === undefined) return false
    state = next
  }
  return true
}
