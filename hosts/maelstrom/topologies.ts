/** Maelstrom's topologies: whom each node is told to be a neighbour of. */
import type {NodeId} from '../../core/node.ts'

export type Topology = Readonly<Record<NodeId, readonly NodeId[]>>

export const TOPOLOGIES = {
  /** ceil(sqrt n) wide, neighbours above, below, left and right. */
  grid: (nodes) => {
    const width = Math.ceil(Math.sqrt(nodes.length))
    return neighbours(nodes, (i) => [
      i - width,
      i + width,
      ...(i % width === 0 ? [] : [i - 1]),
      ...(i % width === width - 1 ? [] : [i + 1]),
    ])
  },
  line: (nodes) => neighbours(nodes, (i) => [i - 1, i + 1]),
  total: (nodes) => neighbours(nodes, (i) => nodes.map((_, j) => j).filter((j) => j !== i)),
  tree: (nodes) => tree(nodes, 2),
  tree2: (nodes) => tree(nodes, 2),
  tree3: (nodes) => tree(nodes, 3),
  tree4: (nodes) => tree(nodes, 4),
} satisfies Record<string, (nodes: readonly NodeId[]) => Topology>

export type TopologyName = keyof typeof TOPOLOGIES

function neighbours(nodes: readonly NodeId[], of: (position: number) => readonly number[]): Topology {
  return Object.fromEntries(nodes.map((node, i) => [node, of(i).flatMap((j) => nodes[j] ?? [])]))
}

/** Each node has up to `branches` children, and its parent. */
function tree(nodes: readonly NodeId[], branches: number): Topology {
  const children = (i: number) => Array.from({length: branches}, (_, k) => branches * i + k + 1)
  return neighbours(nodes, (i) => [...(i === 0 ? [] : [Math.floor((i - 1) / branches)]), ...children(i)])
}
