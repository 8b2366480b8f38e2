/** A directed graph in compressed rows: the edges of node v are entries start[v] to start[v + 1]. Read-only. */
import {offsetsOf} from './int32-list.ts'

export interface Graph {
  readonly nodes: number
  readonly start: Int32Array
  readonly to: Int32Array
  readonly kind: Uint8Array
}

/** Rows from columns. Edges of a node keep the order in which they are given. */
export function graphOf(
  nodes: number,
  length: number,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  kind: ArrayLike<number>,
): Graph {
  const counts = new Int32Array(nodes)
  for (let i = 0; i < length; i++) counts[from[i]!]!++
  const start = offsetsOf(counts)
  const cursor = start.slice(0, nodes)
  const target = new Int32Array(length)
  const kinds = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const at = cursor[from[i]!]!++
    target[at] = to[i]!
    kinds[at] = kind[i]!
  }
  return {nodes, start, to: target, kind: kinds}
}
