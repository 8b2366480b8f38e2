/** The name of a linearizability anomaly, as `chaos explain` knows it. */

import {CAS, READ, type RegisterColumns} from '../engines/register/columns.ts'
import {registerView} from '../engines/register/view.ts'
import type {Model} from '../model.ts'
import type {Trace} from '../trace.ts'

/**
 * - `phantom-read`: the value was never written by anything that had begun.
 * - `lost-write`: an acknowledged write that the culprit should have seen was seen by nobody, ever, and neither was anything
 *   newer that it should have seen; or two successful compare-and-sets replaced one and the same value.
 * - `stale-read`: an older value than one that others could see. That nobody saw a write that was soon overwritten does not
 *   mean that it was lost.
 * - `nonlinearizable`: anything else, and everything about objects that are not like a register.
 *
 * `small` is a part of `trace` that is impossible, `culprit` the operation of it to point at.
 */
export function anomalyType(model: Model, trace: Trace, small: Trace, culprit: number): string {
  const found = registerView(model, trace)
  if (found === undefined) return 'nonlinearizable'
  if ('impossible' in found) return found.impossible.length === 1 ? 'phantom-read' : 'nonlinearizable'
  const view = found.ways[0]!
  const self = trace.source.indexOf(small.source[culprit]!)
  const kept = new Set(small.source)
  const others = Array.from(trace.source.keys()).filter((i) => i !== self && kept.has(trace.source[i]!))
  const seen = view.kind[self] === READ || view.kind[self] === CAS ? view.sees[self]! : -1
  if (seen < 0) return 'nonlinearizable'
  if (seen !== 0 && !begunBefore(view, seen, self)) return 'phantom-read'
  if (view.kind[self] === CAS) {
    return others.some((i) => view.kind[i] === CAS && view.sees[i] === seen) ? 'lost-write' : 'nonlinearizable'
  }
  const missed = others.filter(
    (i) => view.leaves[i]! >= 0 && view.leaves[i] !== seen && view.returnAt[i]! < view.invokeAt[self]!,
  )
  if (isOvertaken(view, seen, self)) return 'stale-read'
  return missed.some((i) => !isSeen(view, view.leaves[i]!)) ? 'lost-write' : 'stale-read'
}

/** Whether anybody began to write this value before the operation returned. */
function begunBefore({size, leaves, invokeAt, returnAt}: RegisterColumns, value: number, operation: number): boolean {
  for (let i = 0; i < size; i++) {
    if (i !== operation && leaves[i] === value && invokeAt[i]! < returnAt[operation]!) return true
  }
  return false
}

/** Whether a value that surely follows this one, and that the operation should have seen, was seen by anybody. */
function isOvertaken(view: RegisterColumns, value: number, operation: number): boolean {
  const {size, leaves, invokeAt, returnAt} = view
  // The initial value comes before all others.
  let writtenAt = value === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  for (let i = 0; i < size; i++)
    if (i !== operation && leaves[i] === value) writtenAt = Math.min(writtenAt, returnAt[i]!)
  for (let i = 0; i < size; i++) {
    const isMissed = leaves[i]! > 0 && leaves[i] !== value && returnAt[i]! < invokeAt[operation]!
    if (isMissed && invokeAt[i]! > writtenAt && isSeen(view, leaves[i]!)) return true
  }
  return false
}

/** Whether anybody ever saw this value. */
function isSeen({size, kind, sees}: RegisterColumns, value: number): boolean {
  for (let i = 0; i < size; i++) if ((kind[i] === READ || kind[i] === CAS) && sees[i] === value) return true
  return false
}
