/**
 * The network that a cluster is started on: an address for every directed link, and control over what happens on it. A
 * target says which services its nodes offer, and dials only the addresses that it is given.
 */
import {UsageError} from './error.ts'
import type {NetworkControl} from './network.ts'
import type {NodeId} from './node.ts'

/**
 * How programs are made to dial their own links to their peers, of which each node needs others:
 *   config   the program is told one address for each peer
 *   hosts    names of peers, and a hosts file of its own for each node
 *   preload  its calls of `connect` are turned to its links (programs that use the C library)
 *   netns    each node in a network namespace of its own, where it dials as it would elsewhere (`hosts/netns`)
 */
export const LINK_WAYS = ['config', 'hosts', 'preload', 'netns'] as const
export type LinkWay = (typeof LINK_WAYS)[number]

/**
 * What the operator asked for; `auto` leaves it to what the target prefers and this machine can. `ssh` comes with machines that are
 * reached by SSH: ports are forwarded, and programs dial as they would anywhere (`hosts/ssh`). In containers they dial each other
 * as they were defined to (`hosts/containers`). `direct`: nobody will touch a link between nodes, so there are none of our making.
 */
export type LinkChoice = 'auto' | LinkWay | 'direct' | 'ssh' | 'compose' | 'kubernetes'

/** `true`: it can be done, those preferred first. A text: why it cannot. One that is not mentioned cannot be done either. */
export type LinkWays = Readonly<Partial<Record<LinkWay, true | string>>>

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/**
 * How to find out whether a service answers, without knowing what it does: send this, and any byte that comes back is an
 * answer. Absent `send` means that the service speaks first.
 */
export interface Probe {
  /** What to send, with this much ballast where the service takes any. */
  readonly send?: string | Uint8Array | ((bytes: number) => string)
}

/** Something that a node listens for. */
export interface Service {
  /** Who dials it: every peer through a link of its own, or clients. */
  readonly by: 'peers' | 'clients'
  /** Where the node itself listens. */
  readonly upstream: Endpoint
  /**
   * Where a link to it must listen, for programs that cannot be told one address for each peer. Any free port of 127.0.0.1
   * otherwise.
   */
  readonly listen?: (from: NodeId | 'clients') => Endpoint
  /** Absent where nothing is known that it answers to; then the links are probed by twins (see `hosts/links`). */
  readonly probe?: Probe
}

/** The services of each node, by name: `client`, `peer`, and what else there is (`bus`, `replication`, …). */
export type Services = Readonly<Record<NodeId, Readonly<Record<string, Service>>>>

export interface Links {
  readonly control: NetworkControl
  /** Where `from` is to dial this service of `to`. Throws RangeError for a link that does not exist. */
  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint
  /** A service listens elsewhere now: every link that leads to it follows. */
  move(node: NodeId, service: string, upstream: Endpoint): Promise<void>
  /** What the links are, in a few words: "25 proxied links, embedded toxiproxy 2.12". */
  describe(): string
  close(): Promise<void>
}

/** Makes the links of a cluster. Throws EnvironmentError where they cannot be made, and the signal's reason once it is aborted. */
export type Connect = (nodes: readonly NodeId[], services: Services, signal: AbortSignal) => Promise<Links>

/** The ways worth trying, in the order of preference. Throws UsageError, with the reason, for one that cannot be had. */
export function waysToTry(target: string, ways: LinkWays, choice: LinkChoice): LinkWay[] {
  const able = (Object.keys(ways) as LinkWay[]).filter((way) => ways[way] === true)
  // Namespaces are below all that: in them a target dials as it prefers.
  if (choice === 'auto' || choice === 'netns') return able
  // With forwarded ports, and without links of ours, every node is told the same address of a service, which any program can be.
  if (choice === 'direct' || choice === 'ssh' || choice === 'compose' || choice === 'kubernetes') return ['config']
  const answer = ways[choice]
  if (answer === true) return [choice]
  throw new UsageError(
    `Target ${target} cannot dial its links by ${choice}${typeof answer === 'string' ? `: ${answer}` : ''}.`,
    [`It can by: ${['auto', ...able].join(', ')}`],
  )
}
