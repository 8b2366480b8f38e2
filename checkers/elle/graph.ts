/** A directed graph in compressed rows: the edges of node v are entries start[v] to start[v + 1]. Read-only. */
import {copyOf, int32, offsetsOf, uint8} from '../columns/column.ts'

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
  const counts = int32(nodes)
  for (let i = 0; i < length; i++) counts[from[i]!]!++
  const start = offsetsOf(counts)
  const cursor = copyOf(start, nodes)
  const target = int32(length)
  const kinds = uint8(length)
  for (let i = 0; i < length; i++) {
    const at = cursor[from[i]!]!++
    target[at] = to[i]!
    kinds[at] = kind[i]!
  }
  return {nodes, start, to: target, kind: kinds}
}
