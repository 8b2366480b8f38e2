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

/** What a probe over a link saw. */
export interface Ping {
  /** Whether an answer came within the limit. */
  readonly reachable: boolean
  /** Round trip, ms, when reachable. */
  readonly rttMs?: number
  /** What happened instead: `ECONNREFUSED`, `no answer in 250 ms`, … */
  readonly error?: string
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
   * answer on to→from.
   */
  ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes?: number): Promise<Ping>
  /** What is in force on a link according to the network itself, as text (`timeout 0`, `disabled`); empty when clean. */
  readBack(link: Link): Promise<string>
}

/** Every ordered pair within `nodes`. */
export function allLinks(nodes: readonly NodeId[]): Link[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({from, to})))
}

/** Every directed link that leads from one of `left` to one of `right`. */
export function linksBetween(left: readonly NodeId[], right: readonly NodeId[]): Link[] {
  return left.flatMap((from) => right.filter((to) => to !== from).map((to) => ({from, to})))
}
