/**
 * Which anti-dependencies close a cycle by themselves: RW edges u → v where v reaches u without any further RW edge.
 * Exact, with no path search per edge: 32 heads at a time are pushed, as the bits of a word, through the condensed graph in
 * topological order, and only as far as the last tail that could matter. Of all topological orders one that follows time is
 * taken: there an edge and the path that closes it lie close together, and the whole is linear for a record whose
 * dependencies follow time but for a window.
 */

import type {Budget} from '../../core/checker.ts'
import {copyOf, int32, offsetsOf} from '../columns/column.ts'
import type {Components} from './components.ts'
import type {Subgraph} from './subgraph.ts'

/** RW edges, by parallel columns. */
export interface Candidates {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * Places in `candidates` of those that close a cycle, at most `limit`, and whether the search was complete.
 * `components` are those of the sub-graph of `mask`; in Tarjan's numbering a node reaches only lower or equal numbers.
 */
export function selfClosing(
  graph: Subgraph,
  mask: number,
  components: Components,
  candidates: Candidates,
  limit: number,
  budget: Budget,
): {readonly found: readonly number[]; readonly complete: boolean} {
  const {of, count} = followingTime(graph, mask, components)
  const possible: number[] = []
  for (let i = 0; i < candidates.from.length; i++) {
    if (of[candidates.from[i]!]! <= of[candidates.to[i]!]!) possible.push(i)
  }
  possible.sort((left, right) => of[candidates.to[right]!]! - of[candidates.to[left]!]! || left - right)
  const members = byComponent(of, count)
  const bits = int32(count)
  const found: number[] = []
  for (let next = 0; next < possible.length && found.length < limit; ) {
    if (budget.exceeded() !== undefined) return {found, complete: false}
    const batch: number[] = []
    const heads: number[] = []
    for (; next < possible.length; next++) {
      const head = of[candidates.to[possible[next]!]!]!
      if (heads.at(-1) !== head) {
        if (heads.length === 32) break
        heads.push(head)
      }
      bits[head]! |= 1 << (heads.length - 1)
      batch.push(possible[next]!)
    }
    const lowest = batch.reduce((low, i) => Math.min(low, of[candidates.from[i]!]!), count)
    push(graph, mask, of, members, bits, heads[0]!, lowest)
    for (const i of batch) {
      const bit = 1 << heads.indexOf(of[candidates.to[i]!]!)
      if ((bits[of[candidates.from[i]!]!]! & bit) !== 0) found.push(i)
    }
    bits.fill(0, lowest, heads[0]! + 1)
  }
  return {found: found.slice(0, limit), complete: true}
}

/** Spreads the bits of components from `highest` down to `lowest` to those that they reach. */
function push(
  graph: Subgraph,
  mask: number,
  of: Int32Array,
  members: {readonly start: Int32Array; readonly nodes: Int32Array},
  bits: Int32Array,
  highest: number,
  lowest: number,
): void {
  const {start, to, kind} = graph
  for (let c = highest; c > lowest; c--) {
    const word = bits[c]!
    if (word === 0) continue
    for (let m = members.start[c]!; m < members.start[c + 1]!; m++) {
      const v = members.nodes[m]!
      for (let i = start[v]!; i < start[v + 1]!; i++) {
        const next = of[to[i]!]!
        if ((kind[i]! & mask) !== 0 && next >= lowest) bits[next]! |= word
      }
    }
  }
}

/**
 * The components, numbered anew: still higher than all that they can reach, but of those orders one by time. A component's
 * time is its earliest completion (nodes are numbered by completion, junctions have none), or that of what it can reach, if
 * that is earlier: a transaction that nobody saw complete comes before those that saw its effects.
 */
function followingTime(graph: Subgraph, mask: number, {of, count}: Components): Components {
  const {nodes, start, to, kind, isJunction} = graph
  const members = byComponent(of, count)
  const time = int32(count).fill(nodes)
  for (let c = 0; c < count; c++) {
    let earliest = nodes
    for (let m = members.start[c]!; m < members.start[c + 1]!; m++) {
      const v = members.nodes[m]!
      if (isJunction[v] === 0 && v < earliest) earliest = v
      for (let i = start[v]!; i < start[v + 1]!; i++) {
        if ((kind[i]! & mask) !== 0 && time[of[to[i]!]!]! < earliest) earliest = time[of[to[i]!]!]!
      }
    }
    time[c] = earliest
  }
  // The latest gets the lowest number; of equals, whoever had the lower one before.
  const counts = int32(nodes + 1)
  for (const at of time) counts[nodes - at]!++
  const cursor = offsetsOf(counts)
  const number = int32(count)
  for (let c = 0; c < count; c++) number[c] = cursor[nodes - time[c]!]!++
  return {of: of.map((c) => number[c]!), count}
}

function byComponent(of: Int32Array, count: number): {start: Int32Array; nodes: Int32Array} {
  const counts = int32(count)
  for (const c of of) counts[c]!++
  const start = offsetsOf(counts)
  const cursor = copyOf(start, count)
  const nodes = int32(of.length)
  of.forEach((c, v) => {
    nodes[cursor[c]!++] = v
  })
  return {start, nodes}
}
