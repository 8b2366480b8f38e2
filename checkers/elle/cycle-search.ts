/**
 * Finds the cycles of a component, from the strictest kind of edges up: G0, G1c, G-single, G-nonadjacent, G2, first by data
 * alone, then across process order, then across real time. Whether there is one is decided exactly (components of the
 * sub-graph, components of the doubled graph, bits pushed through it), never by a time limit; which one is shown is the
 * shortest of those that a fixed amount of work could look at.
 */

import type {Budget} from '../../core/checker.ts'
import {uint8} from '../columns/column.ts'
import type {CycleType, Suffix} from './anomalies.ts'
import {type Components, componentsOf} from './components.ts'
import {type Cycle, cycleOf, simple, typeOf} from './cycle.ts'
import {FAN, PROCESS, REALTIME, RW, WR, WW} from './edges.ts'
import {graphOf} from './graph.ts'
import {PathFinder, type PathOptions} from './path-finder.ts'
import {type Candidates, selfClosing} from './skew-search.ts'
import type {Subgraph} from './subgraph.ts'

/** Edges that a search for a *shorter* cycle may look at. The first cycle costs what it costs. */
const SHORTENING_WORK = 1 << 21
/** Self-closing anti-dependencies to choose the shortest from. */
const CHOICE = 64

const ORDER_EDGES: Readonly<Record<Suffix, number>> = {'': 0, '-process': PROCESS, '-realtime': REALTIME}

/** Told of each cycle; says which types are worth looking for, given what was found. */
export interface CycleJudge {
  wants(type: CycleType): boolean
  found(type: CycleType, cycle: Cycle): void
  /** A search that ran out of budget: whether there is such a cycle is not known. */
  gaveUp(type: CycleType): void
}

/** Searches one component. `suffixes` are the orders to look across. */
export function searchComponent(graph: Subgraph, suffixes: readonly Suffix[], budget: Budget, judge: CycleJudge): void {
  const finder = new PathFinder(graph)
  for (const suffix of suffixes) new Level(graph, finder, suffix, budget, judge).search()
}

class Level {
  readonly #graph: Subgraph
  readonly #finder: PathFinder
  readonly #suffix: Suffix
  readonly #budget: Budget
  readonly #judge: CycleJudge

  constructor(graph: Subgraph, finder: PathFinder, suffix: Suffix, budget: Budget, judge: CycleJudge) {
    this.#graph = graph
    this.#finder = finder
    this.#suffix = suffix
    this.#budget = budget
    this.#judge = judge
  }

  search(): void {
    const writes = WW | ORDER_EDGES[this.#suffix]
    const dependencies = writes | WR
    if (this.#wants('G0')) this.#within(writes, WW)
    if (this.#wants('G1c')) this.#within(dependencies, WR)
    if (this.#wants('G-single-item') || this.#wants('G-nonadjacent-item')) this.#snapshot(dependencies)
    if (this.#wants('G2-item')) this.#within(dependencies | RW | FAN, RW)
  }

  #wants(base: 'G0' | 'G1c' | 'G-single-item' | 'G-nonadjacent-item' | 'G2-item'): boolean {
    return this.#judge.wants(`${base}${this.#suffix}`)
  }

  /** A cycle of edges in `mask` with at least one in `required`: through any such edge inside one component of that graph. */
  #within(mask: number, required: number): void {
    const {of} = componentsOf(this.#graph, mask)
    const edges = this.#edges(required, (from, to) => of[from] === of[to])
    this.#report(this.#shortest(required, edges, {mask, within: of}))
  }

  /** Cycles that no snapshot allows: those in which no two RW edges follow each other. */
  #snapshot(dependencies: number): void {
    const mask = dependencies | RW | FAN
    const doubled = this.#doubledComponents(mask)
    const edges = this.#edges(RW, (from, to) => doubled.of[2 * from] === doubled.of[2 * to + 1])
    if (edges.from.length === 0) return
    if (this.#wants('G-single-item')) {
      const direct = dependencies | FAN
      const condensed = componentsOf(this.#graph, direct)
      const {found, complete} = selfClosing(this.#graph, direct, condensed, edges, CHOICE, this.#budget)
      if (found.length > 0) {
        const closing = {from: found.map((i) => edges.from[i]!), to: found.map((i) => edges.to[i]!)}
        this.#report(this.#shortest(RW, closing, {mask: direct}))
      } else if (!complete) this.#judge.gaveUp(`G-single-item${this.#suffix}`)
    }
    if (this.#wants('G-nonadjacent-item')) this.#report(this.#shortest(RW, edges, {mask, nonadjacent: true}))
  }

  /** Components of the graph in which each node is there twice: entered by RW (odd), and otherwise (even). */
  #doubledComponents(mask: number): Components {
    const {nodes, start, to, kind} = this.#graph
    const columns: {from: number[]; to: number[]} = {from: [], to: []}
    const add = (from: number, target: number) => {
      columns.from.push(from)
      columns.to.push(target)
    }
    for (let v = 0; v < nodes; v++) {
      for (let i = start[v]!; i < start[v + 1]!; i++) {
        const w = to[i]!
        if ((kind[i]! & mask) === 0) continue
        if (kind[i] === FAN) add(2 * v + 1, 2 * w + 1)
        else if (kind[i] === RW) add(2 * v, 2 * w + 1)
        else {
          add(2 * v, 2 * w)
          add(2 * v + 1, 2 * w)
        }
      }
    }
    const {from, to: target} = columns
    return componentsOf(graphOf(2 * nodes, from.length, from, target, uint8(from.length).fill(1)))
  }

  #edges(kinds: number, keep: (from: number, to: number) => boolean): Candidates {
    const {nodes, start, to, kind} = this.#graph
    const edges: {from: number[]; to: number[]} = {from: [], to: []}
    for (let v = 0; v < nodes; v++) {
      for (let i = start[v]!; i < start[v + 1]!; i++) {
        if ((kind[i]! & kinds) === 0 || !keep(v, to[i]!)) continue
        edges.from.push(v)
        edges.to.push(to[i]!)
      }
    }
    return edges
  }

  /**
   * The shortest cycle through one of these edges of one kind, closed by a path that the options allow. The first edge has
   * one; only in a component with a G1 cycle may the walk of a later search fall apart (see `simple`).
   */
  #shortest(kind: number, edges: Candidates, options: PathOptions): Cycle | undefined {
    let best: Cycle | undefined
    const end = this.#finder.scanned + SHORTENING_WORK
    for (let i = 0; i < edges.from.length; i++) {
      const from = edges.from[i]!
      const to = edges.to[i]!
      const limit = best === undefined ? undefined : best.steps.length - 2
      const back = this.#finder.shortest(to, from, limit === undefined ? options : {...options, limit})
      if (back !== undefined) {
        const cycle = simple(cycleOf(this.#graph, [{from, to, kind}, ...back]))
        if (cycle !== undefined && (best === undefined || cycle.steps.length < best.steps.length)) best = cycle
      }
      if (best?.steps.length === 2 || this.#finder.scanned > end) break
    }
    return best
  }

  #report(cycle: Cycle | undefined): void {
    if (cycle !== undefined) this.#judge.found(typeOf(cycle), cycle)
  }
}
