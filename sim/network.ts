/**
 * The simulated network: one `SimLink` per directed path between nodes, and between every node and its clients. Messages
 * between nodes that are on their way at once overtake each other (each draws its own latency), as their contract allows,
 * unless links are `ordered`; those of one connection of a client never do, unless a fault reorders them.
 */
import {UsageError} from '../core/error.ts'
import type {CutMode, Link, NetworkControl, Ping, PingPath} from '../core/network.ts'
import type {Message, NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {PeerConnection, type Plight} from './dialling.ts'
import {SimEvent} from './event-queue.ts'
import {type Path, SimLink, type Stream} from './link.ts'
import {SimLinks} from './links.ts'
import type {World} from './world.ts'

/** One end of a path. `clients` is every client at once. */
export type Endpoint = NodeId | 'clients'

/** What a network without faults is like; anything left out is the default. */
export type NetworkOptions = Partial<Path> & {
  /** Where single links differ, by name: `{'n1→n2': {latencyMs: 80}}`; `clients` stands for every client. */
  readonly links?: Readonly<Record<string, Partial<Path>>>
}

/** A healthy data centre: 0.2 ms and a tail, nothing lost. */
const HEALTHY: Path = {latencyMs: 0.2, jitterMs: 0.5, jitter: 'exponential', loss: 0, duplicates: 0, ordered: false}

/** What a probe weighs without ballast, bytes. */
const PROBE_BYTES = 30

/** Messages that were sent, that arrived, that were lost. */
export interface Counts {
  sent: number
  delivered: number
  lost: number
}

/** Whom a message is for. `extra` is what the sender gave along, for the receiver. */
export interface Receiver<Extra> {
  deliver(from: Endpoint, message: Message, extra: Extra): void
}

/** A message on its way. */
class Delivery<Extra> extends SimEvent {
  readonly #counts: Counts
  readonly #link: SimLink
  readonly #receiver: Receiver<Extra>
  readonly #from: Endpoint
  readonly #message: Message
  readonly #extra: Extra

  constructor(
    counts: Counts,
    link: SimLink,
    receiver: Receiver<Extra>,
    from: Endpoint,
    message: Message,
    extra: Extra,
  ) {
    super()
    this.#counts = counts
    this.#link = link
    this.#receiver = receiver
    this.#from = from
    this.#message = message
    this.#extra = extra
  }

  run(): void {
    if (this.#link.blocked) {
      this.#counts.lost++
      return
    }
    this.#counts.delivered++
    this.#receiver.deliver(this.#from, this.#message, this.#extra)
  }
}

/** Where one end hands over its messages: its links are looked up here once, not for every message. */
export class Outlet {
  readonly #world: World
  readonly #from: Endpoint
  readonly #links: ReadonlyMap<Endpoint, SimLink>
  readonly #counts: Counts

  constructor(world: World, from: Endpoint, links: ReadonlyMap<Endpoint, SimLink>, counts: Counts) {
    this.#world = world
    this.#from = from
    this.#links = links
    this.#counts = counts
  }

  /** Sends a message; the receiver is told when it arrives, perhaps twice, perhaps never. */
  send<Extra>(to: Endpoint, message: Message, receiver: Receiver<Extra>, extra: Extra): void {
    const link = this.#link(to)
    this.#counts.sent++
    this.#transmit(link, receiver, message, extra)
    if (link.mayDuplicate && link.duplicated()) this.#transmit(link, receiver, message, extra)
  }

  /** The same of a message of a stream, in its order. A method of its own, since a parameter more costs all others a twentieth. */
  sendInOrder<Extra>(to: Endpoint, message: Message, receiver: Receiver<Extra>, extra: Extra, stream: Stream): void {
    const link = this.#link(to)
    this.#counts.sent++
    this.#plan(link, link.orderedArrivalNs(this.#world.nowNs(), message, stream), receiver, message, extra)
  }

  #link(to: Endpoint): SimLink {
    const link = this.#links.get(to)
    if (link !== undefined) return link
    throw noLink(this.#from, to, this.#links.keys())
  }

  #transmit<Extra>(link: SimLink, receiver: Receiver<Extra>, message: Message, extra: Extra): void {
    const nowNs = this.#world.nowNs()
    const arrivalNs = nowNs < link.connectedNs ? undefined : link.arrivalNs(nowNs, message)
    this.#plan(link, arrivalNs, receiver, message, extra)
  }

  #plan<Extra>(
    link: SimLink,
    arrivalNs: number | undefined,
    receiver: Receiver<Extra>,
    message: Message,
    extra: Extra,
  ): void {
    if (arrivalNs === undefined) this.#counts.lost++
    else this.#world.plan(new Delivery(this.#counts, link, receiver, this.#from, message, extra), arrivalNs)
  }
}

function noLink(from: Endpoint, to: Endpoint, ends: Iterable<Endpoint>): UsageError {
  return new UsageError(`There is no link ${from}→${to}.`, [`Ends: ${[...ends].join(', ')}`])
}

export class SimNetwork extends SimLinks implements NetworkControl {
  readonly #world: World
  readonly #probes: Random
  readonly #dials: Random
  readonly counts: Counts = {sent: 0, delivered: 0, lost: 0}
  readonly #ended = new Map<string, number>()
  /** Between nodes, by who dials and who is dialled. */
  readonly #connections = new Map<NodeId, Map<NodeId, PeerConnection>>()

  constructor(world: World, nodes: readonly NodeId[], options: NetworkOptions, random: Random) {
    super()
    this.#world = world
    this.#probes = random.fork('probes')
    this.#dials = random.fork('dials')
    const {links = {}, ...common} = options
    const ends: Endpoint[] = [...nodes, 'clients']
    const names = ends.flatMap((from) => ends.filter((to) => to !== from).map((to) => `${from}→${to}`))
    for (const name of Object.keys(links)) {
      if (!names.includes(name)) throw new UsageError(`There is no link ${name}.`, [`Links: ${names.join(', ')}`])
    }
    for (const from of ends) {
      const row = new Map<Endpoint, SimLink>()
      for (const to of ends) {
        if (from === to) continue
        const name = `${from}→${to}`
        const path = {...HEALTHY, ...common, ...(Object.hasOwn(links, name) ? links[name] : undefined)}
        // A repeated request or answer is no event of TCP, whatever becomes of packets; a repeated message between nodes is allowed
        // by their contract.
        const repeats = from !== 'clients' && to !== 'clients'
        row.set(to, new SimLink(repeats ? path : {...path, duplicates: 0}, random.fork(name), repeats))
      }
      this.links.set(from, row)
    }
    for (const from of nodes) {
      const to = nodes.filter((peer) => peer !== from)
      const dialled = to.map(
        (peer) => [peer, new PeerConnection(this.link(from, peer), this.link(peer, from))] as const,
      )
      this.#connections.set(from, new Map(dialled))
    }
  }

  /** How often the connections of clients to this node have ended so far. */
  ended(node: NodeId): number {
    return this.#ended.get(node) ?? 0
  }

  /**
   * This node starts again. It dials its peers at once, and they reach it when they next try; what is sent before is lost, for
   * nodes keep nothing for a peer to which they have no connection.
   */
  restarted(node: NodeId): void {
    const nowNs = this.#world.nowNs()
    for (const [peer, outgoing] of this.#connections.get(node) ?? []) {
      outgoing.restarted(nowNs)
      this.#connections.get(peer)?.get(node)?.reached(nowNs, this.#dials)
    }
  }

  /** Connections end when they are refused, as a proxy ends them; clients make new ones when they need one, nodes try again and again. */
  override async cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    if (mode === 'refuse') {
      for (const {from, to} of links) this.#connections.get(from)?.get(to)?.refusedFrom(this.#world.nowNs())
    }
    await super.cut(cause, links, mode)
    if (mode === 'refuse') for (const {from, to} of links) if (from === 'clients') this.#end(to)
  }

  /** Connections that worked no more end, and nodes dial anew. */
  protected override undo(cause?: string): void {
    this.#endCut(cause)
    const impaired: {readonly connection: PeerConnection; readonly plight: Plight}[] = []
    for (const row of this.#connections.values()) {
      for (const connection of row.values()) {
        const plight = connection.plight()
        if (plight !== undefined) impaired.push({connection, plight})
      }
    }
    super.undo(cause)
    for (const {connection, plight} of impaired) connection.healed(plight, this.#world.nowNs(), this.#dials)
  }

  /** Bytes are missing from connections that were cut: they end with the cut, and what went over them stays unanswered. */
  #endCut(cause?: string): void {
    for (const [node, link] of this.links.get('clients') ?? []) {
      if (link.isCutBy(cause) || this.link(node, 'clients').isCutBy(cause)) this.#end(node)
    }
  }

  #end(node: NodeId): void {
    this.#ended.set(node, this.ended(node) + 1)
  }

  /** Where this end hands over what it sends. */
  outlet(from: Endpoint): Outlet {
    const links = this.links.get(from)
    if (links === undefined) throw noLink(from, '?', this.links.keys())
    return new Outlet(this.#world, from, links, this.counts)
  }

  /** Sends one message. */
  send<Extra>(from: Endpoint, to: Endpoint, message: Message, receiver: Receiver<Extra>, extra: Extra): void {
    this.outlet(from).send(to, message, receiver, extra)
  }

  /** Tests the path alone: it is answered at the far end whatever state the node there is in. */
  async ping(from: Endpoint, to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    return (await this.pingAll([{from, to}], limitMs, bytes))[0]!
  }

  /**
   * What probes see that are sent at this moment, worked out from the state of their links; told when the last of them is
   * answered or given up. Nothing travels, so a fault that strikes within their round trip is not seen by them.
   */
  pingAll(paths: readonly PingPath[], limitMs: number, bytes = 0): Promise<readonly Ping[]> {
    const nowNs = this.#world.nowNs()
    let lastMs = 0
    const pings = paths.map(({from, to}): Ping => {
      const refusal = this.link(from, to).refusal() ?? this.link(to, from).refusal()
      const rttMs = refusal === undefined ? this.#roundTripMs(from, to, bytes, nowNs) : refusal.afterMs
      const answered = rttMs !== undefined && rttMs < limitMs
      lastMs = Math.max(lastMs, answered ? rttMs : limitMs)
      if (!answered) return {reachable: false, error: `no answer in ${limitMs} ms`}
      return refusal === undefined ? {reachable: true, rttMs} : {reachable: false, error: refusal.error}
    })
    return new Promise((resolve) => this.#world.after(lastMs, () => resolve(pings)))
  }

  /** How long a probe takes there and back; undefined where it gets lost. */
  #roundTripMs(from: Endpoint, to: NodeId, bytes: number, nowNs: number): number | undefined {
    const thereNs = this.#probeNs(this.link(from, to), nowNs, bytes, true)
    const backNs = thereNs === undefined ? undefined : this.#probeNs(this.link(to, from), thereNs, 0, false)
    return backNs === undefined ? undefined : (backNs - nowNs) / 1e6
  }

  /** Like a message, but drawn from a stream of its own: probing must not change what happens to messages. */
  #probeNs(link: SimLink, nowNs: number, ballastBytes: number, claims: boolean): number | undefined {
    const arrivalNs = link.arrivalNs(nowNs, PROBE_BYTES + ballastBytes, this.#probes, claims)
    // A probe that arrives twice is answered once; that it would have is counted.
    link.duplicated(this.#probes)
    return arrivalNs
  }

  protected override link(from: string, to: string): SimLink {
    const link = this.links.get(from)?.get(to)
    if (link !== undefined) return link
    throw noLink(from, to, this.links.keys())
  }
}
