/** Between which events an element was inside a collection, whatever order is taken. */
import {NEVER} from '../../trace.ts'
import type {CollectionColumns} from './columns.ts'

/** When an element was certainly in: after its insertion, at the latest when it had come out again. */
export function certainFrom({trace, inserted, removed}: CollectionColumns, e: number): number {
  const into = trace.returnAt[inserted![e]!]!
  return removed[e]! < 0 ? into : Math.min(into, trace.returnAt[removed[e]!]!)
}

/** When an element may first have come out; NEVER if it did not. */
export function goneFrom({trace, inserted, removed}: CollectionColumns, e: number): number {
  return removed[e]! < 0 ? NEVER : Math.max(trace.invokeAt[inserted![e]!]!, trace.invokeAt[removed[e]!]!)
}
