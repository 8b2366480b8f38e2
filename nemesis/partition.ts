/** Partitions: which nodes can hear which. The shapes are in `shapes.ts`, the proof in `cut-proof.ts`. */
import {z} from 'zod'
import {type Capability, can} from '../core/capabilities.ts'
import type {FaultSpec, Injection, Nemesis, PlanContext, StrikeContext} from '../core/nemesis.ts'
import type {NetworkControl} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {beforeCut} from './cut-proof.ts'
import {alternate} from './schedule.ts'
import {type Cut, PARTITION_SHAPES, type PartitionShape, SHAPES} from './shapes.ts'
import {nodeOrder, specParser} from './spec.ts'
import {missingForAll, possible} from './variants.ts'
import {orderOf, someRunning} from './victims.ts'

const parse = specParser(
  z.object({
    fault: z.literal('partition'),
    shape: z.enum(PARTITION_SHAPES as [PartitionShape, ...PartitionShape[]]),
    mode: z.enum(['black-hole', 'refuse']),
    victims: z.enum(['leader', 'one']),
    order: nodeOrder,
  }),
)

/** What a shape needs of a target. */
function needsOf(shape: PartitionShape): readonly Capability[] {
  if (shape === 'leader') return ['network.black-hole', 'leader']
  return shape === 'one-way' ? ['network.one-way'] : ['network.black-hole']
}

/** Partitions of these shapes; each injection draws one of those that the target can suffer, and a mode. */
export function partition(shapes: readonly PartitionShape[] = PARTITION_SHAPES): Nemesis {
  return {
    name: 'partition',
    reach: 'peers',
    description: 'cuts links between nodes: halves, one, minority, majority, ring, bridge, leader alone, one way',
    missing: (capabilities) => missingForAll(shapes, needsOf, capabilities),
    plan: (context) => alternate(context, () => planCut(possible(shapes, needsOf, context.capabilities), context)),
    parse,
    start,
  }
}

function planCut(shapes: readonly PartitionShape[], {random, nodes, capabilities}: PlanContext): FaultSpec {
  const shape = random.pick(shapes)
  const aimAtLeader = shape === 'leader' || (shape === 'one-way' && random.chance(0.5) && can(capabilities, 'leader'))
  return {
    fault: 'partition',
    shape,
    // One direction cannot be refused: a refused connection is refused to both ends.
    mode: shape === 'one-way' || random.chance(0.7) || !can(capabilities, 'network.refuse') ? 'black-hole' : 'refuse',
    victims: aimAtLeader ? 'leader' : 'one',
    order: random.shuffle(nodes),
  }
}

async function start(planned: FaultSpec, context: StrikeContext): Promise<Injection> {
  const {cluster, cause} = context
  const spec = parse(planned)
  const network = cluster.network as NetworkControl
  const running = await someRunning(context, 2)
  const {order, note} = await orderOf(spec, cluster)
  const {cut, gone} = tellingCut(spec.shape, order, running)
  const {links, victims, picture} = cut
  const prover = await beforeCut(network, links, context)
  await network.cut(cause, links, spec.mode)
  return {
    description: `${picture}${note}${gone} ${spec.mode}`,
    victims,
    links,
    proof: await prover.proveCut(),
    async stop() {
      return prover.proveUncut(() => network.heal(cause))
    },
  }
}

/**
 * The cut in the drawn order. Where it would part no node that runs from another one that does, because a fault has struck those
 * before, nothing could be shown of it: then nodes that run come first, or take turns with the others, so that it does.
 */
function tellingCut(
  shape: PartitionShape,
  order: readonly NodeId[],
  running: ReadonlySet<NodeId>,
): {readonly cut: Cut; readonly gone: string} {
  const tells = ({links}: Cut) => links.some(({from, to}) => running.has(from) && running.has(to))
  const drawn = SHAPES[shape](order)
  if (tells(drawn)) return {cut: drawn, gone: ''}
  const up = order.filter((node) => running.has(node))
  const down = order.filter((node) => !running.has(node))
  const turns = order.flatMap((_, i) => [up[i], down[i]].filter((node) => node !== undefined))
  // Halves go by the names of nodes, whatever their order: as the last resort they are drawn.
  const others = [SHAPES[shape]([...up, ...down]), SHAPES[shape](turns), SHAPES['random-halves'](turns)]
  const cut = others.find(tells)
  return cut === undefined ? {cut: drawn, gone: ''} : {cut, gone: ` (${down.join(' ')} not running)`}
}
