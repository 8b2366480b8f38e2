/**
 * Strongly connected components: Tarjan 1972, with Pearce's (2016) single array for index and low-link, without recursion,
 * so that a chain of a million transactions needs no stack.
 */
import {int32, uint8} from '../columns/column.ts'
import type {Graph} from './graph.ts'

export interface Components {
  readonly count: number
  /** The component of each node. A component's number is higher than those of all that it can reach. */
  readonly of: Int32Array
}

/** Components of the sub-graph of edges whose kind is in `mask`. */
export function componentsOf(graph: Graph, mask = 0xff): Components {
  const {nodes, start, to, kind} = graph
  // rank: 0 = not visited; otherwise its number in the order of visits, lowered to that of the earliest node it can reach.
  const rank = int32(nodes)
  const of = int32(nodes).fill(-1)
  const path = int32(nodes)
  const cursor = int32(nodes)
  const isRoot = uint8(nodes)
  const undecided = int32(nodes)
  let undecidedLength = 0
  let visits = 0
  let count = 0
  for (let root = 0; root < nodes; root++) {
    if (rank[root] !== 0) continue
    let depth = 0
    path[0] = root
    rank[root] = ++visits
    isRoot[root] = 1
    cursor[root] = start[root]!
    while (depth >= 0) {
      const v = path[depth]!
      const end = start[v + 1]!
      let i = cursor[v]!
      let descended = false
      let low = rank[v]!
      while (i < end) {
        const w = to[i]!
        if ((kind[i]! & mask) !== 0) {
          if (rank[w] === 0) {
            // Visit w, then look at this same edge again.
            path[++depth] = w
            rank[w] = ++visits
            isRoot[w] = 1
            cursor[w] = start[w]!
            descended = true
            break
          }
          if (of[w] === -1 && rank[w]! < low) {
            low = rank[w]!
            isRoot[v] = 0
          }
        }
        i++
      }
      cursor[v] = i
      rank[v] = low
      if (descended) continue
      depth--
      if (isRoot[v] === 0) {
        undecided[undecidedLength++] = v
        continue
      }
      while (undecidedLength > 0 && rank[undecided[undecidedLength - 1]!]! >= low) {
        of[undecided[--undecidedLength]!] = count
      }
      of[v] = count++
    }
  }
  return {count, of}
}
