/**
 * Maelstrom's network: in this process, seeded, one link for each ordered pair of ends. Messages are carried one by one, so
 * besides cuts and delays they can be lost, doubled and overtaken. Clients reach nodes without delay; services are as far
 * away as nodes, and no partition cuts them off.
 *
 * A message is lost where it is sent into a cut or arrives at one, as in the simulator, whose links these are. (Maelstrom
 * asks once, when the receiver comes to it.)
 */
import type {Cancel, Clock} from '../../core/clock.ts'
import type {NetworkControl, Ping} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import type {Random} from '../../core/random.ts'
import {type Path, SimLink} from '../../sim/link.ts'
import {SimLinks} from '../../sim/links.ts'
import {MessageCounts} from './counts.ts'
import {Mailboxes} from './mailboxes.ts'
import {isClient} from './names.ts'
import type {Packet} from './packet.ts'

export const DISTRIBUTIONS = ['constant', 'uniform', 'exponential'] as const
export type Distribution = (typeof DISTRIBUTIONS)[number]

/** What the way between two nodes is like. */
export interface NetworkOptions {
  /** Mean, ms. */
  readonly latencyMs: number
  readonly distribution: Distribution
  /** How likely a message between nodes is lost. */
  readonly loss: number
}

/** One message under way. */
export interface Parcel extends Packet {
  /** Unique in the run, ascending in the order of sending. */
  readonly id: number
}

/** Told of everything that happens to messages. */
export interface NetworkWitness {
  /** `arrivesNs` is undefined for a message that was lost at once. */
  sent?(parcel: Parcel, sentNs: number, arrivesNs: number | undefined): void
  /** It was handed over. */
  received?(parcel: Parcel): void
}

/** Takes a message; false where nobody is there to take it. */
export type Deliver = (parcel: Parcel) => boolean

/** What a probe weighs without ballast, characters. */
const PROBE_SIZE = 30
const INSTANT: Path = {latencyMs: 0, jitterMs: 0, jitter: 'none', loss: 0, duplicates: 0, ordered: true}

export class MaelstromNetwork extends SimLinks implements NetworkControl {
  readonly #clock: Clock
  readonly #random: Random
  readonly #probes: Random
  readonly #path: Path
  readonly #nodes: ReadonlySet<string>
  readonly #ends = new Map<string, Deliver>()
  readonly #mail: Mailboxes<Parcel | (() => void)>
  readonly #witness: NetworkWitness
  readonly counts = new MessageCounts()
  #next = 0
  #cancel: Cancel = () => {}
  #wakesNs = Number.POSITIVE_INFINITY

  constructor(
    clock: Clock,
    random: Random,
    nodes: readonly NodeId[],
    options: NetworkOptions,
    witness: NetworkWitness = {},
  ) {
    super()
    this.#clock = clock
    this.#random = random
    this.#probes = random.fork('probes')
    this.#nodes = new Set(nodes)
    this.#witness = witness
    this.#path = pathOf(options)
    this.#mail = new Mailboxes()
  }

  /** From now on messages to this end are handed over here. */
  attach(end: string, deliver: Deliver): void {
    this.#ends.set(end, deliver)
  }

  detach(end: string): void {
    this.#ends.delete(end)
  }

  knows(end: string): boolean {
    return this.#ends.has(end)
  }

  /** Sends a message to an end that is known. */
  send({src, dest, body, rest}: Packet): void {
    const parcel: Parcel = {src, dest, body, rest, id: this.#next++}
    const link = this.link(this.#placeOf(src), this.#placeOf(dest))
    const nowNs = this.#clock.nowNs()
    this.counts.sent(src, dest)
    const times = link.duplicated() ? 2 : 1
    for (let i = 0; i < times; i++) {
      const arrivesNs = link.arrivalNs(nowNs, sizeOf(parcel))
      this.#witness.sent?.(parcel, nowNs, arrivesNs)
      if (arrivesNs === undefined) this.counts.lost(src, dest)
      else if (arrivesNs <= nowNs) this.#arrive(parcel)
      else this.#post(arrivesNs, parcel)
    }
  }

  /** Tests the path alone: it is answered at the far end whatever state the node there is in. */
  ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    const startNs = this.#clock.nowNs()
    return new Promise((resolve) => {
      const giveUp = this.#clock.after(limitMs, () => resolve({reachable: false, error: `no answer in ${limitMs} ms`}))
      this.#probe(this.link(from, to), bytes, () =>
        this.#probe(this.link(to, from), 0, () => {
          giveUp()
          resolve({reachable: true, rttMs: (this.#clock.nowNs() - startNs) / 1e6})
        }),
      )
    })
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.#cancel()
    this.#mail.clear()
    this.#ends.clear()
  }

  /** Like a message, but drawn from a stream of its own: probing must not change what happens to messages. */
  #probe(link: SimLink, ballast: number, deliver: () => void): void {
    const nowNs = this.#clock.nowNs()
    const arrivesNs = link.arrivalNs(nowNs, PROBE_SIZE + ballast, this.#probes)
    // One that arrives twice is answered once; that it would have is counted.
    link.duplicated(this.#probes)
    if (arrivesNs === undefined) return
    this.#post(arrivesNs, () => {
      if (!link.blocked) deliver()
    })
  }

  #arrive(parcel: Parcel): void {
    const {src, dest} = parcel
    const blocked = this.link(this.#placeOf(src), this.#placeOf(dest)).blocked
    if (!blocked && this.#ends.get(dest)?.(parcel) === true) {
      this.counts.received(src, dest)
      this.#witness.received?.(parcel)
    } else this.counts.lost(src, dest)
  }

  #post(atNs: number, what: Parcel | (() => void)): void {
    this.#mail.add(atNs, what)
    if (atNs < this.#wakesNs) this.#wakeAt(atNs)
  }

  #wakeAt(atNs: number): void {
    this.#cancel()
    this.#wakesNs = atNs
    this.#cancel = this.#clock.after((atNs - this.#clock.nowNs()) / 1e6, () => {
      this.#wakesNs = Number.POSITIVE_INFINITY
      for (let due = this.#mail.take(this.#clock.nowNs()); due !== undefined; ) {
        if (typeof due === 'function') due()
        else this.#arrive(due)
        due = this.#mail.take(this.#clock.nowNs())
      }
      const nextNs = this.#mail.nextNs()
      if (nextNs !== undefined && nextNs < this.#wakesNs) this.#wakeAt(nextNs)
    })
  }

  #placeOf(end: string): string {
    return isClient(end) && !this.#nodes.has(end) ? 'clients' : end
  }

  protected override link(from: string, to: string): SimLink {
    let row = this.links.get(from)
    if (row === undefined) this.links.set(from, (row = new Map()))
    let link = row.get(to)
    if (link === undefined) {
      const path = from === 'clients' || to === 'clients' ? INSTANT : this.#path
      row.set(to, (link = new SimLink(path, this.#random.fork(`${from}→${to}`))))
    }
    return link
  }
}

function pathOf({latencyMs, distribution, loss}: NetworkOptions): Path {
  if (distribution === 'constant') return {...INSTANT, latencyMs, loss, ordered: false}
  return {latencyMs: 0, jitterMs: latencyMs, jitter: distribution, loss, duplicates: 0, ordered: false}
}

function sizeOf({rest, body}: Parcel): number {
  // Only throttles care, and they care little: a body that we made ourselves is short.
  return rest === undefined ? Object.keys(body).length * 16 : rest.length
}
