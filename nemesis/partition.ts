/**
 * Partitions: which nodes can hear which. The shapes are Jepsen's (`jepsen.nemesis`: halves, random halves, bridge,
 * majorities ring) and the ones protocols are known to be weak against (the leader alone, one direction only).
 */
import type {Cluster} from '../core/cluster.ts'
import type {FaultSpec, Injection, Nemesis, PlanContext, Proof, StrikeContext} from '../core/nemesis.ts'
import {allLinks, type CutMode, type Link, linksBetween, type NetworkControl} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {alternate} from './schedule.ts'
import {majority, orderOf} from './victims.ts'

/** What a shape does to nodes in a drawn order: the links to cut, and the cut in one line. */
interface Cut {
  readonly links: readonly Link[]
  /** The nodes that are worse off. */
  readonly victims: readonly NodeId[]
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

const SHAPES = {
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

/** How long a probe waits for an answer that must not come, ms. Far above any healthy round trip on one machine. */
const SILENCE_MS = 250

/** Partitions of these shapes; each injection draws one of them and a mode. */
export function partition(shapes: readonly PartitionShape[] = PARTITION_SHAPES): Nemesis {
  return {
    name: 'partition',
    description: 'cuts links between nodes: halves, one, minority, majority, ring, bridge, leader alone, one way',
    missing: (cluster) => (cluster.network ? undefined : 'control of its network'),
    plan: (context) => alternate(context, () => planCut(shapes, context)),
    start,
  }
}

function planCut(shapes: readonly PartitionShape[], {random, nodes}: PlanContext): FaultSpec {
  const shape = random.pick(shapes)
  const aimAtLeader = shape === 'leader' || (shape === 'one-way' && random.chance(0.5))
  return {
    fault: 'partition',
    shape,
    // One direction cannot be refused: a refused connection is refused to both ends.
    mode: shape === 'one-way' || random.chance(0.7) ? 'black-hole' : 'refuse',
    victims: aimAtLeader ? 'leader' : 'one',
    order: random.shuffle(nodes),
  }
}

async function start(spec: FaultSpec, {cluster, cause}: StrikeContext): Promise<Injection> {
  const network = cluster.network as NetworkControl
  const {order, leader} = await orderOf(spec, cluster)
  const {links, victims, picture} = SHAPES[spec['shape'] as PartitionShape](order)
  const mode = spec['mode'] as CutMode
  await network.cut(cause, links, mode)
  return {
    description: `${picture}${leader === undefined ? '' : ` (leader ${leader})`} ${mode}`,
    victims,
    links,
    proof: await proveCut(network, cluster, links),
    async stop() {
      await network.heal(cause)
      return proveHealed(network, links)
    },
  }
}

/** The pairs that a cut separates, each once: a ping needs both directions. */
function pairsOf(links: readonly Link[]): [NodeId, NodeId][] {
  const pairs = new Map<string, [NodeId, NodeId]>()
  for (const {from, to} of links) pairs.set([from, to].sort().join(), [from, to])
  return [...pairs.values()]
}

/** Every cut pair stays silent, and the network itself says why; one intact pair is probed for comparison. */
async function proveCut(network: NetworkControl, cluster: Cluster, links: readonly Link[]): Promise<Proof> {
  const pairs = pairsOf(links)
  const cut = new Set(pairs.map((pair) => [...pair].sort().join()))
  const intact = allLinks(cluster.nodes).find(({from, to}) => !cut.has([from, to].sort().join()))
  const [pings, inForce, control] = await Promise.all([
    Promise.all(pairs.map(([from, to]) => network.ping(from, to, SILENCE_MS))),
    Promise.all(links.map((link) => network.readBack(link))),
    intact === undefined ? undefined : network.ping(intact.from, intact.to as NodeId, SILENCE_MS),
  ])
  const silent = pings.filter((ping) => !ping.reachable).length
  const confirmed = inForce.filter((text) => text !== '').length
  const example = pairs[0] === undefined ? '' : `${pairs[0][0]}→${pairs[0][1]}: ${pings[0]?.error ?? 'answers'}`
  const comparison =
    control === undefined || intact === undefined
      ? ''
      : `; ${intact.from}→${intact.to}: ${control.reachable ? `${control.rttMs?.toFixed(1)} ms` : control.error}`
  return {
    verified: links.length > 0 && silent === pairs.length && confirmed === links.length,
    evidence: `${silent}/${pairs.length} cut pairs silent, ${confirmed}/${links.length} links read back (${example}${comparison})`,
  }
}

async function proveHealed(network: NetworkControl, links: readonly Link[]): Promise<Proof> {
  const left = await Promise.all(links.map((link) => network.readBack(link)))
  const clean = left.filter((text) => text === '').length
  return {
    verified: clean === links.length,
    evidence: `${clean}/${links.length} links clean again`,
  }
}
