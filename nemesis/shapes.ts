/**
 * The shapes of partitions: which links are cut, given the nodes in a drawn order. Jepsen's (`jepsen.nemesis`: halves,
 * random halves, bridge, majorities ring) and those that protocols are known to be weak against.
 */
import {allLinks, type Link, linksBetween} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {majority} from './victims.ts'

/** What a shape does to nodes in a drawn order. */
export interface Cut {
  readonly links: readonly Link[]
  /** The nodes that are worse off. */
  readonly victims: readonly NodeId[]
  /** The cut in one line. */
  readonly picture: string
}

type Draw = (order: readonly NodeId[]) => Cut

/** Cuts every link between the first `size` nodes and the rest, both ways. */
function split(order: readonly NodeId[], size: number): Cut {
  const left = order.slice(0, size)
  const right = order.slice(size)
  return {
    links: [...linksBetween(left, right), ...linksBetween(right, left)],
    victims: left.length <= right.length ? left : right,
    picture: `{${left.join(' ')}} | {${right.join(' ')}}`,
  }
}

/** Each node hears a majority, and no two the same one: its neighbours on a ring. Needs four nodes to cut anything. */
function ring(order: readonly NodeId[]): Cut {
  const n = order.length
  if (n < 4) return split(order, 1)
  const radius = Math.ceil((majority(n) - 1) / 2)
  const position = new Map(order.map((node, i) => [node, i]))
  const links = allLinks(order).filter(({from, to}) => {
    const apart = Math.abs(position.get(from)! - position.get(to)!)
    return Math.min(apart, n - apart) > radius
  })
  return {links, victims: order, picture: `ring ${order.join('–')}–`}
}

/** Two halves that only one node, the bridge, can both hear. */
function bridge(order: readonly NodeId[]): Cut {
  if (order.length < 3) return split(order, 1)
  const [middle, ...rest] = order as [NodeId, ...NodeId[]]
  const half = Math.ceil(rest.length / 2)
  const left = rest.slice(0, half)
  const right = rest.slice(half)
  return {
    links: [...linksBetween(left, right), ...linksBetween(right, left)],
    victims: [...left, ...right],
    picture: `{${left.join(' ')}} |${middle}| {${right.join(' ')}}`,
  }
}

/** One node is heard by the others but hears nobody. */
function oneWay(order: readonly NodeId[]): Cut {
  const [deaf, ...rest] = order as [NodeId, ...NodeId[]]
  return {links: linksBetween(rest, [deaf]), victims: [deaf], picture: `{${rest.join(' ')}} ↛ {${deaf}}`}
}

export const SHAPES = {
  halves: (order) => split([...order].sort(), Math.floor(order.length / 2)),
  'random-halves': (order) => split(order, Math.floor(order.length / 2)),
  one: (order) => split(order, 1),
  minority: (order) => split(order, Math.max(1, order.length - majority(order.length))),
  majority: (order) => split(order, majority(order.length)),
  ring,
  bridge,
  leader: (order) => split(order, 1),
  'one-way': oneWay,
} satisfies Record<string, Draw>

export type PartitionShape = keyof typeof SHAPES
export const PARTITION_SHAPES = Object.keys(SHAPES) as PartitionShape[]
