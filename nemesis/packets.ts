/** Spoilt links: latency, bandwidth, slicing, resets, flaky connections, and what can be done to single messages. */
import {z} from 'zod'
import type {Cluster} from '../core/cluster.ts'
import type {FaultSpec, Injection, Nemesis, PlanContext, StrikeContext} from '../core/nemesis.ts'
import {allLinks, type Link, type NetworkControl, type Shape} from '../core/network.ts'
import type {Json, NodeId} from '../core/node.ts'
import {PACKET_KINDS, type PacketKind, packetKind} from './packet-kinds.ts'
import {alternate} from './schedule.ts'
import {beforeShape} from './shape-proof.ts'
import {specParser} from './spec.ts'
import {missingForAll, possible} from './variants.ts'
import {needsOf, planVictims, runningVictims, someRunning, type Victims, victimFields} from './victims.ts'

export {PACKET_KINDS, type PacketKind, STREAM_KINDS} from './packet-kinds.ts'

const parse = specParser(
  z
    .object({
      fault: z.string(),
      kind: z.enum(PACKET_KINDS as [PacketKind, ...PacketKind[]]),
      shape: z.unknown(),
      clients: z.boolean(),
      ...victimFields,
    })
    .transform((spec, context) => {
      const shape = packetKind(spec.kind).schema.safeParse(spec.shape)
      if (shape.success) return {...spec, shape: shape.data as Shape & Json}
      context.addIssue({code: 'custom', path: ['shape'], message: shape.error.issues[0]?.message ?? 'malformed'})
      return z.NEVER
    }),
)

/** One kind of spoilt links; or with several kinds, one of them each time. */
export function packets(name: string, kinds: readonly PacketKind[], victims: readonly Victims[]): Nemesis {
  const [only, ...others] = kinds
  const needs = (kind: PacketKind) => [packetKind(kind).needs]
  return {
    name,
    description:
      only !== undefined && others.length === 0
        ? packetKind(only).description
        : `spoils some links in one of these ways: ${kinds.join(', ')}`,
    missing: (capabilities) =>
      missingForAll(kinds, needs, capabilities) ?? missingForAll(victims, needsOf, capabilities),
    plan: (context) => {
      const {capabilities} = context
      const able = possible(kinds, needs, capabilities)
      return alternate(context, () => planShape(name, able, possible(victims, needsOf, capabilities), context))
    },
    parse,
    start,
  }
}

function planShape(
  name: string,
  kinds: readonly PacketKind[],
  victims: readonly Victims[],
  {random, nodes}: PlanContext,
): FaultSpec {
  const kind = random.pick(kinds)
  return {
    fault: name,
    kind,
    shape: packetKind(kind).draw(random) as unknown as Json,
    clients: random.chance(0.5),
    ...planVictims(random.pick(victims), nodes, random),
  }
}

async function start(planned: FaultSpec, context: StrikeContext): Promise<Injection> {
  const {cluster, cause} = context
  const spec = parse(planned)
  const network = cluster.network as NetworkControl
  const kind = packetKind(spec.kind)
  // Between nodes it takes two to see anything of it.
  const wanted = spec.clients ? 1 : 2
  const running = await someRunning(context, wanted)
  const {victims, label, note} = await runningVictims(spec, cluster)
  const links = linksOf(cluster, victims, spec.clients)
  const prover = await beforeShape({...context, links, probe: kind.probe(spec.shape)})
  await network.shape(cause, links, spec.shape)
  const proof = await prover.proveShape()
  return {
    description: `${kind.describe(spec.shape)} on links of ${label}${note}${spec.clients ? ', clients too' : ''}`,
    victims,
    links,
    proof: proof.verified || running.size >= wanted ? proof : {...proof, vacuous: true},
    stop: () => prover.proveClean(() => network.heal(cause)),
  }
}

/** Both directions of every link that touches a victim. */
function linksOf(cluster: Cluster, victims: readonly NodeId[], clients: boolean): Link[] {
  const touched = allLinks(cluster.nodes).filter(({from, to}) => victims.includes(from) || victims.includes(to))
  if (!clients) return touched
  return [
    ...touched,
    ...victims.flatMap((node): Link[] => [
      {from: 'clients', to: node},
      {from: node, to: 'clients'},
    ]),
  ]
}
