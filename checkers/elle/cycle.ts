/** A cycle of transactions, and its name by the edges that it is made of. */
import type {CycleBase, CycleType, Suffix} from './anomalies.ts'
import {PROCESS, REALTIME, RW, WR} from './edges.ts'
import type {Step} from './path-finder.ts'
import type {Subgraph} from './subgraph.ts'

/** Steps in order, each from where the one before ends; the last leads back to the first. Nodes are transactions. */
export interface Cycle {
  readonly steps: readonly Step[]
}

/** The cycle of these steps of a component, junctions left out: a path through them is one step of the kind that entered. */
export function cycleOf(graph: Subgraph, steps: readonly Step[]): Cycle {
  const first = steps.findIndex((step) => graph.isJunction[step.from] === 0)
  const direct: Step[] = []
  for (let i = 0; i < steps.length; i++) {
    const step = steps[(first + i) % steps.length]!
    const to = graph.node[step.to]!
    if (graph.isJunction[step.from] === 0) direct.push({from: graph.node[step.from]!, to, kind: step.kind})
    else direct.push({...direct.pop()!, to})
  }
  return {steps: direct}
}

/** Its strictest name. */
export function typeOf(cycle: Cycle): CycleType {
  const kinds = cycle.steps.map((step) => step.kind)
  const suffix: Suffix = kinds.includes(REALTIME) ? '-realtime' : kinds.includes(PROCESS) ? '-process' : ''
  return `${baseOf(kinds)}${suffix}`
}

function baseOf(kinds: readonly number[]): CycleBase {
  const antiDependencies = kinds.filter((kind) => kind === RW).length
  if (antiDependencies === 0) return kinds.includes(WR) ? 'G1c' : 'G0'
  if (antiDependencies === 1) return 'G-single-item'
  return hasAdjacent(kinds) ? 'G2-item' : 'G-nonadjacent-item'
}

/** Whether two RW edges follow each other, round the end included. */
function hasAdjacent(kinds: readonly number[]): boolean {
  return kinds.some((kind, i) => kind === RW && kinds[(i + 1) % kinds.length] === RW && kinds.length > 1)
}

/**
 * A closed walk in which no two RW edges follow each other may pass a transaction twice: cut it there, and one of the two
 * halves is again such a walk. Undefined where what remains has no RW edge (then it is a G1c, and known as such).
 */
export function simple(cycle: Cycle): Cycle | undefined {
  let steps = cycle.steps
  for (;;) {
    const halves = splitAtRepeat(steps)
    if (halves === undefined) return {steps}
    const fit = halves
      .filter((half) => half.some((step) => step.kind === RW) && !hasAdjacent(half.map((step) => step.kind)))
      .sort((left, right) => left.length - right.length)
    if (fit[0] === undefined) return undefined
    steps = fit[0]
  }
}

function splitAtRepeat(steps: readonly Step[]): [Step[], Step[]] | undefined {
  const seenAt = new Map<number, number>()
  for (let i = 0; i < steps.length; i++) {
    const earlier = seenAt.get(steps[i]!.from)
    if (earlier !== undefined) return [steps.slice(earlier, i), [...steps.slice(i), ...steps.slice(0, earlier)]]
    seenAt.set(steps[i]!.from, i)
  }
  return undefined
}
