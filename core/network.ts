/**
 * What can be done to the network between nodes and between clients and nodes, per directed link. Implemented by the
 * Toxiproxy mesh and by the simulator.
 *
 * Every change belongs to a *cause* (one fault's id), so that healing one fault leaves the others in force.
 */
import type {NodeId} from './node.ts'

/** Bytes or messages that travel from one end to the other. `clients` stands for every client at once. */
export interface Link {
  readonly from: NodeId | 'clients'
  readonly to: NodeId | 'clients'
}

/** How a link is cut. Black hole: silence, connections stay. Refuse: connections end and new ones are refused. */
export type CutMode = 'black-hole' | 'refuse'

/** How a link is spoilt without being cut. */
export type Shape =
  | {readonly kind: 'latency'; readonly latencyMs: number; readonly jitterMs: number}
  | {readonly kind: 'bandwidth'; readonly rateKBps: number}
  | {readonly kind: 'slice'; readonly averageBytes: number; readonly variationBytes: number; readonly delayUs: number}
  | {readonly kind: 'reset'; readonly afterMs: number}
  /** Each connection is cut (black hole) with this probability. In the simulator: each message is lost with it. */
  | {readonly kind: 'flaky'; readonly probability: number}
  /** Each message is lost with this probability. Needs a network of messages: a TCP proxy cannot. */
  | {readonly kind: 'loss'; readonly probability: number}
  /** Each message arrives twice with this probability. */
  | {readonly kind: 'duplicate'; readonly probability: number}
  /** Each message is held back up to `delayMs` with this probability, so that later ones overtake it. */
  | {readonly kind: 'reorder'; readonly probability: number; readonly delayMs: number}

/** What a probe over a link saw. */
export interface Ping {
  /** Whether an answer came within the limit. */
  readonly reachable: boolean
  /** Round trip, ms, when reachable. */
  readonly rttMs?: number
  /** What happened instead: `ECONNREFUSED`, `no answer in 250 ms`, … */
  readonly error?: string
}

/** Where a probe goes: from one end to a node. */
export interface PingPath {
  readonly from: NodeId | 'clients'
  readonly to: NodeId
}

export interface NetworkControl {
  cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void>
  shape(cause: string, links: readonly Link[], shape: Shape): Promise<void>
  /** Undoes everything that this cause did; a cause never seen is no error. */
  heal(cause: string): Promise<void>
  /** Undoes everything. */
  healAll(): Promise<void>
  /**
   * One round trip on the path that `from` uses to reach `to`: the request and `bytes` of ballast on from→to, a short
   * answer on to→from. Who answers is the node itself, or, where it is known to answer nothing, a twin of the link.
   */
  ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes?: number): Promise<Ping>
  /** The same for several paths at once, for networks that have a quicker way than one after the other; see `pingAll`. */
  pingAll?(paths: readonly PingPath[], limitMs: number, bytes?: number): Promise<readonly Ping[]>
  /**
   * What is in force on a link according to the network itself, as text (`timeout 0`, `disabled`); empty when clean. With a
   * cause: only the shapes that were put there in its name.
   */
  readBack(link: Link, cause?: string): Promise<string>
  /** The same for several links, for networks that can answer at once; see `readBackAll`. */
  readBackAll?(links: readonly Link[], cause?: string): Promise<readonly string[]>
  /**
   * How many messages on these links faults have doubled or held back so far, probes included: what an answer alone cannot
   * show. Absent where the network carries no single messages.
   */
  hits?(links: readonly Link[], kind: 'duplicate' | 'reorder'): Promise<number>
  /** Whether the network itself says that nothing passes on this link. */
  isCut(link: Link): Promise<boolean>
  /** The same for several links, for networks that can answer at once; see `countCut`. */
  countCut?(links: readonly Link[]): Promise<number>
}

/** What is in force on each of these links, as `readBack` says it. */
export async function readBackAll(
  network: NetworkControl,
  links: readonly Link[],
  cause?: string,
): Promise<readonly string[]> {
  if (network.readBackAll !== undefined) return network.readBackAll(links, cause)
  return Promise.all(links.map((link) => network.readBack(link, cause)))
}

/** On how many of these links nothing passes, as the network itself says. */
export async function countCut(network: NetworkControl, links: readonly Link[]): Promise<number> {
  if (network.countCut !== undefined) return network.countCut(links)
  return (await Promise.all(links.map((link) => network.isCut(link)))).filter(Boolean).length
}

/** Probes several paths in the same moment. Resolves when every answer is there, or its time is over. */
export async function pingAll(
  network: NetworkControl,
  paths: readonly PingPath[],
  limitMs: number,
  bytes = 0,
): Promise<readonly Ping[]> {
  if (network.pingAll !== undefined) return network.pingAll(paths, limitMs, bytes)
  return Promise.all(paths.map(({from, to}) => network.ping(from, to, limitMs, bytes)))
}

/** Every ordered pair within `nodes`. */
export function allLinks(nodes: readonly NodeId[]): Link[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({from, to})))
}

/** Every directed link that leads from one of `left` to one of `right`. */
export function linksBetween(left: readonly NodeId[], right: readonly NodeId[]): Link[] {
  return left.flatMap((from) => right.filter((to) => to !== from).map((to) => ({from, to})))
}
