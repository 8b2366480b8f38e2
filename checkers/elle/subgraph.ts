/** The knots of a graph: each non-trivial strongly connected component as a small graph of its own, smallest first. */
import {copyOf, int32, offsetsOf} from '../columns/column.ts'
import type {Components} from './components.ts'
import {type EdgeList, FAN, PROCESS, REALTIME, RW, WR, WW} from './edges.ts'
import {type Graph, graphOf} from './graph.ts'

/** A component by itself. Edges of a node come strictest kind first, so that a search prefers them. */
export interface Subgraph extends Graph {
  /** The node in the whole graph. */
  readonly node: Int32Array
  /** 1 for a node that is no transaction. */
  readonly isJunction: Uint8Array
  readonly transactions: number
}

const STRICTEST_FIRST = [WW, WR, PROCESS, REALTIME, RW, FAN]

export function subgraphsOf(edges: EdgeList, components: Components): Subgraph[] {
  if (components.count === edges.nodes) return []
  const sizes = int32(components.count)
  for (const component of components.of) sizes[component]!++
  const knotOf = int32(components.count).fill(-1)
  let knots = 0
  for (let c = 0; c < components.count; c++) if (sizes[c]! > 1) knotOf[c] = knots++

  const members: number[][] = Array.from({length: knots}, () => [])
  const local = int32(edges.nodes)
  for (let v = 0; v < edges.nodes; v++) {
    const knot = knotOf[components.of[v]!]!
    if (knot === -1) continue
    local[v] = members[knot]!.length
    members[knot]!.push(v)
  }
  const counts = int32(knots)
  const inside: number[] = []
  for (let i = 0; i < edges.length; i++) {
    const component = components.of[edges.from[i]!]!
    if (component !== components.of[edges.to[i]!] || knotOf[component] === -1) continue
    inside.push(i)
    counts[knotOf[component]!]!++
  }
  const start = offsetsOf(counts)
  const cursor = copyOf(start, knots)
  const byKnot = int32(inside.length)
  for (const kind of STRICTEST_FIRST) {
    for (const i of inside) {
      if (edges.kind[i] === kind) byKnot[cursor[knotOf[components.of[edges.from[i]!]!]!]!++] = i
    }
  }
  return members
    .map((nodes, knot) => {
      const chosen = byKnot.subarray(start[knot]!, start[knot + 1]!)
      return subgraph(nodes, chosen, edges, local)
    })
    .sort((left, right) => left.transactions - right.transactions || left.node[0]! - right.node[0]!)
}

function subgraph(nodes: readonly number[], chosen: Int32Array, edges: EdgeList, local: Int32Array): Subgraph {
  const graph = graphOf(
    nodes.length,
    chosen.length,
    chosen.map((i) => local[edges.from[i]!]!),
    chosen.map((i) => local[edges.to[i]!]!),
    Uint8Array.from(chosen, (i) => edges.kind[i]!),
  )
  const isJunction = Uint8Array.from(nodes, (v) => (v >= edges.transactions ? 1 : 0))
  const junctions = isJunction.reduce((sum, one) => sum + one, 0)
  return {...graph, node: Int32Array.from(nodes), isJunction, transactions: nodes.length - junctions}
}
