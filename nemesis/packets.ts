/**
 * Spoilt links: latency, bandwidth, slicing, resets, flaky connections. A Toxiproxy can do these to byte streams; it
 * cannot lose or reorder single messages, which is left to the simulator.
 */
import type {Cluster} from '../core/cluster.ts'
import type {FaultSpec, Injection, Nemesis, PlanContext, Proof, StrikeContext} from '../core/nemesis.ts'
import {allLinks, type Link, type NetworkControl, type Ping, type Shape} from '../core/network.ts'
import type {Json, NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {alternate} from './schedule.ts'
import {planVictims, resolveVictims, type Victims} from './victims.ts'

/** How one link is probed. */
interface Probe {
  /** Bytes sent along, so that a narrow link takes its time. */
  readonly bytes?: number
  /** Pings for each link; one unless chance decides what they meet. */
  readonly times?: number
  /** Longest wait for an answer, ms. */
  readonly limitMs: number
  /** Whether such a ping shows the fault. */
  felt(ping: Ping): boolean
}

/** One way of spoiling: how its strength is drawn, and how a probe can tell that it is in force. */
interface Kind {
  readonly description: string
  draw(random: Random): Shape
  probe(shape: never): Probe
}

/** Wait for an answer that is expected to be slow, ms: above twice the longest latency that is drawn. */
const SLOW_MS = 1500

const took = (ping: Ping, atLeastMs: number) => ping.reachable && ping.rttMs! >= atLeastMs

const KINDS = {
  latency: {
    description: 'delays everything on some links by 20 to 300 ms',
    draw: (random) => ({kind: 'latency', latencyMs: random.between(20, 300), jitterMs: 0}),
    // Both directions are delayed; half of that leaves room for a probe that met only one.
    probe: ({latencyMs}: Shape & {kind: 'latency'}) => ({
      limitMs: SLOW_MS,
      felt: (ping) => took(ping, latencyMs * 0.95),
    }),
  },
  jitter: {
    description: 'delays everything on some links by a varying time, up to 300 ms',
    draw: (random) => {
      const jitterMs = random.between(20, 150)
      return {kind: 'latency', latencyMs: jitterMs, jitterMs}
    },
    // Two draws from [0, 2 × jitter) add up: one of the links probed is all but certain to take this long.
    probe: ({jitterMs}: Shape & {kind: 'latency'}) => ({limitMs: SLOW_MS, felt: (ping) => took(ping, jitterMs * 0.5)}),
  },
  bandwidth: {
    description: 'throttles some links to 1 to 50 KB/s',
    draw: (random) => ({kind: 'bandwidth', rateKBps: random.between(1, 50)}),
    probe: ({rateKBps}: Shape & {kind: 'bandwidth'}) => ({
      bytes: rateKBps * 200,
      limitMs: SLOW_MS,
      felt: (ping) => took(ping, 100),
    }),
  },
  slice: {
    description: 'cuts what is sent on some links into small pieces with pauses between them',
    draw: (random) => ({
      kind: 'slice',
      averageBytes: random.between(8, 64),
      variationBytes: 4,
      delayUs: random.between(200, 2000),
    }),
    probe: ({averageBytes, delayUs}: Shape & {kind: 'slice'}) => ({
      bytes: averageBytes * 40,
      limitMs: SLOW_MS,
      felt: (ping) => took(ping, (20 * delayUs) / 1000),
    }),
  },
  reset: {
    description: 'resets connections on some links shortly after they carry data',
    draw: (random) => ({kind: 'reset', afterMs: random.between(0, 200)}),
    probe: () => ({limitMs: 500, felt: (ping) => !ping.reachable}),
  },
  flaky: {
    description: 'lets each connection on some links go dead with some probability',
    draw: (random) => ({kind: 'flaky', probability: random.between(2, 6) / 10}),
    probe: () => ({times: 8, limitMs: 250, felt: (ping) => !ping.reachable}),
  },
} satisfies Record<string, Kind>

export type PacketKind = keyof typeof KINDS
export const PACKET_KINDS = Object.keys(KINDS) as PacketKind[]

/** Links that are probed for one proof. */
const PROBED_LINKS = 4

/** One kind of spoilt links; or with several kinds, one of them each time. */
export function packets(name: string, kinds: readonly PacketKind[], victims: readonly Victims[]): Nemesis {
  const only = kinds.length === 1 ? KINDS[kinds[0] as PacketKind] : undefined
  return {
    name,
    description: only?.description ?? `spoils some links in one of these ways: ${kinds.join(', ')}`,
    missing: (cluster) => (cluster.network ? undefined : 'control of its network'),
    plan: (context) => alternate(context, () => planShape(name, kinds, victims, context)),
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
    shape: KINDS[kind].draw(random) as unknown as Json,
    clients: random.chance(0.5),
    ...planVictims(random.pick(victims), nodes, random),
  }
}

async function start(spec: FaultSpec, {cluster, cause}: StrikeContext): Promise<Injection> {
  const network = cluster.network as NetworkControl
  const shape = spec['shape'] as unknown as Shape
  const {victims, label} = await resolveVictims(spec, cluster)
  const links = linksOf(cluster, victims, spec['clients'] === true)
  await network.shape(cause, links, shape)
  return {
    description: `${describe(shape)} on links of ${label}${spec['clients'] === true ? ', clients too' : ''}`,
    victims,
    links,
    proof: await prove(network, links, spec['kind'] as PacketKind, shape),
    async stop() {
      await network.heal(cause)
      const left = await Promise.all(links.map((link) => network.readBack(link)))
      return {
        verified: true,
        evidence: `${left.filter((text) => text === '').length}/${links.length} links clean again`,
      }
    },
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

/**
 * The network must say that every link is spoilt, and the probes that come through must show it. Where none comes through
 * (another fault is in force there too) the network's own word has to do; the evidence says so.
 */
async function prove(network: NetworkControl, links: readonly Link[], kind: PacketKind, shape: Shape): Promise<Proof> {
  const probe: Probe = KINDS[kind].probe(shape as never)
  const probed = links.filter((link) => link.to !== 'clients').slice(0, PROBED_LINKS)
  const [inForce, pings] = await Promise.all([
    Promise.all(links.map((link) => network.readBack(link))),
    Promise.all(
      probed.flatMap(({from, to}) =>
        Array.from({length: probe.times ?? 1}, () => network.ping(from, to as NodeId, probe.limitMs, probe.bytes)),
      ),
    ),
  ])
  const confirmed = inForce.filter((text) => text !== '').length
  const answered = pings.filter((ping) => ping.reachable)
  const felt = pings.filter((ping) => probe.felt(ping)).length
  const fastestMs = Math.min(...answered.map((ping) => ping.rttMs as number))
  const seen = answered.length === 0 && felt === 0 ? 'no probe came through' : `${felt}/${pings.length} probes felt it`
  return {
    verified: confirmed === links.length && links.length > 0 && (answered.length === 0 || felt > 0),
    evidence: `${confirmed}/${links.length} links read back; ${seen}${answered.length === 0 ? '' : `, fastest ${fastestMs.toFixed(1)} ms`}`,
  }
}

function describe(shape: Shape): string {
  if (shape.kind === 'latency')
    return `${shape.latencyMs}${shape.jitterMs === 0 ? '' : `±${shape.jitterMs}`} ms latency`
  if (shape.kind === 'bandwidth') return `${shape.rateKBps} KB/s`
  if (shape.kind === 'slice') return `slices of ${shape.averageBytes} B`
  if (shape.kind === 'reset') return `resets after ${shape.afterMs} ms`
  return `connections dead with p = ${shape.probability}`
}
