/**
 * The simulated network: one `SimLink` per directed path between nodes, and between every node and its clients. Messages
 * that are on their way at once overtake each other (each draws its own latency from its link's stream), unless links are
 * `ordered`.
 */
import {UsageError} from '../core/error.ts'
import type {CutMode, Link, NetworkControl, Ping, Shape} from '../core/network.ts'
import type {Message, NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {SimEvent} from './event-queue.ts'
import {type Path, SimLink} from './link.ts'
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

export class SimNetwork implements NetworkControl {
  readonly #world: World
  readonly #probes: Random
  readonly #links = new Map<Endpoint, Map<Endpoint, SimLink>>()
  readonly counts: Counts = {sent: 0, delivered: 0, lost: 0}

  constructor(world: World, nodes: readonly NodeId[], options: NetworkOptions, random: Random) {
    this.#world = world
    this.#probes = random.fork('probes')
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
        // A repeated request or answer is no event of TCP; a repeated message between nodes is allowed by their contract.
        const own = from === 'clients' || to === 'clients' ? {...path, duplicates: 0} : path
        row.set(to, new SimLink(own, random.fork(name)))
      }
      this.#links.set(from, row)
    }
  }

  /** Sends a message; the receiver is told when it arrives, perhaps twice, perhaps never. */
  send<Extra>(from: Endpoint, to: Endpoint, message: Message, receiver: Receiver<Extra>, extra: Extra): void {
    const link = this.#link(from, to)
    this.counts.sent++
    this.#transmit(link, receiver, from, message, extra)
    if (link.duplicated()) this.#transmit(link, receiver, from, message, extra)
  }

  async cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    for (const link of links) this.#link(link.from, link.to).cut(cause, mode)
  }

  async shape(cause: string, links: readonly Link[], shape: Shape): Promise<void> {
    for (const link of links) this.#link(link.from, link.to).shape(cause, shape)
  }

  async heal(cause: string): Promise<void> {
    for (const row of this.#links.values()) for (const link of row.values()) link.heal(cause)
  }

  async healAll(): Promise<void> {
    for (const row of this.#links.values()) for (const link of row.values()) link.heal()
  }

  /** Tests the path alone: it is answered at the far end whatever state the node there is in. */
  ping(from: Endpoint, to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    const there = this.#link(from, to)
    const back = this.#link(to, from)
    const startNs = this.#world.nowNs()
    return new Promise((resolve) => {
      const giveUp = this.#world.after(limitMs, () => resolve({reachable: false, error: `no answer in ${limitMs} ms`}))
      const refusal = there.refusal() ?? back.refusal()
      if (refusal !== undefined) {
        if (refusal.afterMs >= limitMs) return
        giveUp()
        this.#world.after(refusal.afterMs, () => resolve({reachable: false, error: refusal.error}))
        return
      }
      this.#probe(there, bytes, () =>
        this.#probe(back, 0, () => {
          giveUp()
          this.#world.stirred = true
          resolve({reachable: true, rttMs: (this.#world.nowNs() - startNs) / 1e6})
        }),
      )
    })
  }

  async readBack(link: Link, cause?: string): Promise<string> {
    return this.#link(link.from, link.to).describe(cause)
  }

  async hits(links: readonly Link[], kind: 'duplicate' | 'reorder'): Promise<number> {
    return links.reduce((sum, {from, to}) => sum + this.#link(from, to).hits[kind], 0)
  }

  async isCut(link: Link): Promise<boolean> {
    return this.#link(link.from, link.to).isCut
  }

  #transmit<Extra>(link: SimLink, receiver: Receiver<Extra>, from: Endpoint, message: Message, extra: Extra): void {
    const arrivalNs = link.arrivalNs(this.#world.nowNs(), message)
    if (arrivalNs === undefined) this.counts.lost++
    else this.#world.plan(new Delivery(this.counts, link, receiver, from, message, extra), arrivalNs)
  }

  /** Like a message, but drawn from a stream of its own: probing must not change what happens to messages. */
  #probe(link: SimLink, ballastBytes: number, deliver: () => void): void {
    const arrivalNs = link.arrivalNs(this.#world.nowNs(), PROBE_BYTES + ballastBytes, this.#probes)
    // A probe that arrives twice is answered once; that it would have is counted.
    link.duplicated(this.#probes)
    if (arrivalNs === undefined) return
    this.#world.at(arrivalNs, () => {
      if (!link.blocked) deliver()
    })
  }

  #link(from: Endpoint, to: Endpoint): SimLink {
    const link = this.#links.get(from)?.get(to)
    if (link !== undefined) return link
    throw new UsageError(`There is no link ${from}→${to}.`, [`Ends: ${[...this.#links.keys()].join(', ')}`])
  }
}
