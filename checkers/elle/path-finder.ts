/**
 * Shortest paths inside a component, in transactions: passing a junction costs nothing. Optionally no two RW edges in a
 * row: then the graph is walked as if doubled, each node once for "arrived by RW" and once for "arrived otherwise".
 */
import {int32} from '../columns/column.ts'
import {FAN, RW} from './edges.ts'
import type {Subgraph} from './subgraph.ts'

const FAR = 0x7fffffff

/** An edge of a subgraph, with its entry in the rows. */
export interface Step {
  readonly from: number
  readonly to: number
  readonly kind: number
}

export interface PathOptions {
  /** Kinds of edges that may be used. */
  readonly mask: number
  /** The path follows an RW edge, precedes another, and may hold no two in a row. */
  readonly nonadjacent?: boolean
  /** Only paths of at most so many transactions. */
  readonly limit?: number
  /** Only nodes with the same label as the start. */
  readonly within?: Int32Array
}

export class PathFinder {
  /** Edges looked at so far: a measure of work that does not depend on the machine. */
  scanned = 0
  readonly #graph: Subgraph
  readonly #distance: Int32Array
  readonly #parentState: Int32Array
  readonly #parentEdge: Int32Array

  constructor(graph: Subgraph) {
    this.#graph = graph
    this.#distance = int32(2 * graph.nodes).fill(FAR)
    this.#parentState = int32(2 * graph.nodes)
    this.#parentEdge = int32(2 * graph.nodes)
  }

  /** The steps of a shortest path, or undefined. A state is a node, doubled, plus one where it was entered by RW. */
  shortest(from: number, to: number, options: PathOptions): Step[] | undefined {
    const {start, to: target, kind, isJunction} = this.#graph
    const {mask, nonadjacent = false, limit = FAR, within} = options
    const distance = this.#distance
    const first = 2 * from + (nonadjacent ? 1 : 0)
    const goal = 2 * to
    const touched = [first]
    let level = [first]
    distance[first] = 0
    for (let d = 0; level.length > 0 && distance[goal] === FAR; d++) {
      const next: number[] = []
      for (let at = 0; at < level.length; at++) {
        const state = level[at]!
        if (distance[state] !== d) continue
        const v = state >> 1
        const free = isJunction[v] === 1
        const reached = free ? d : d + 1
        if (reached > limit) continue
        for (let i = start[v]!; i < start[v + 1]!; i++) {
          this.scanned++
          const edgeKind = kind[i]!
          if ((edgeKind & mask) === 0) continue
          const w = target[i]!
          if (within !== undefined && within[w] !== within[from]) continue
          let entered = 0
          if (nonadjacent) {
            if (edgeKind === RW && (state & 1) === 1) continue
            entered = edgeKind === RW || edgeKind === FAN ? 1 : 0
          }
          const other = 2 * w + entered
          if (distance[other]! <= reached) continue
          if (distance[other] === FAR) touched.push(other)
          distance[other] = reached
          this.#parentState[other] = state
          this.#parentEdge[other] = i
          if (free) level.push(other)
          else next.push(other)
        }
      }
      level = next
    }
    const path = distance[goal] === FAR ? undefined : this.#trace(first, goal)
    for (const state of touched) distance[state] = FAR
    return path
  }

  #trace(first: number, goal: number): Step[] {
    const steps: Step[] = []
    for (let state = goal; state !== first; ) {
      const before = this.#parentState[state]!
      steps.push({from: before >> 1, to: state >> 1, kind: this.#graph.kind[this.#parentEdge[state]!]!})
      state = before
    }
    return steps.reverse()
  }
}
