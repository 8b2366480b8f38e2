/**
 * One direction of one path of the simulated network, and what the faults in force on it do to a message.
 *
 * A message that is sent into a cut, or arrives at one, is lost for good. That is what Toxiproxy's `timeout 0` does to the
 * bytes of a TCP connection, and what a connection that ends (`refuse`, `reset`) does to the bytes on their way. Protocol
 * code cannot tell the modes apart, because `Env.send` never fails; a probe can.
 */
import type {CutMode, Shape} from '../core/network.ts'
import type {Message} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {jsonLength} from './json-length.ts'

/** Messages of which none overtakes another, as those of one TCP connection in one direction. */
export class Stream {
  lastArrivalNs = 0
}

/** How a path without faults behaves. */
export interface Path {
  /** The least a message takes, ms. */
  readonly latencyMs: number
  /** The mean of what it takes beyond that, ms. */
  readonly jitterMs: number
  /** How that is distributed. Pareto is the one with the long tail: one message in a thousand takes some 27 times the mean. */
  readonly jitter: keyof typeof JITTERS
  /** How likely a message is lost. */
  readonly loss: number
  /** How likely a message arrives twice. */
  readonly duplicates: number
  /** Whether messages arrive in the order in which they were sent, as over one TCP connection. */
  readonly ordered: boolean
}

/** Draws with this mean. */
const JITTERS = {
  none: (mean: number) => mean,
  uniform: (mean: number, random: Random) => 2 * mean * random.next(),
  exponential: (mean: number, random: Random) => random.exponential(mean),
  // Lomax, that is Pareto from 0 on, of shape 2.
  pareto: (mean: number, random: Random) => mean * (1 / Math.sqrt(1 - random.next()) - 1),
} as const satisfies Record<string, (mean: number, random: Random) => number>

type Effect =
  | {readonly cause: string; readonly cut: CutMode}
  | {readonly cause: string; readonly cut?: undefined; readonly shape: Shape}

/** Kept from a message's size: what TCP, IP and a frame around it would add, bytes. */
const OVERHEAD_BYTES = 60

export class SimLink {
  /** From when on there is a connection over which messages can be sent, ns. Probes make their own. */
  connectedNs = 0
  readonly #path: Path
  readonly #random: Random
  readonly #repeats: boolean
  readonly #jitter: (mean: number, random: Random) => number
  #effects: readonly Effect[] = []
  #blocked = false
  #cut = false
  #refused = false
  #resetsAfterMs: number | undefined
  #busyUntilNs = 0
  #lastArrivalNs = 0
  /** What faults add to the path's own share of duplicates, and both together. */
  #duplicates = 0
  #share: number
  readonly #hits = {duplicate: 0, reorder: 0}

  /** `repeats`: whether faults may send a message twice. */
  constructor(path: Path, random: Random, repeats = true) {
    this.#path = path
    this.#random = random
    this.#repeats = repeats
    this.#share = path.duplicates
    this.#jitter = JITTERS[path.jitter]
  }

  /** The least that a message takes where no fault is in force, ms. */
  get leastMs(): number {
    return this.#path.latencyMs
  }

  /** Whether nothing gets through at all. */
  get blocked(): boolean {
    return this.#blocked
  }

  get isCut(): boolean {
    return this.#cut
  }

  /** Whether this cause has cut it, or any without one. */
  isCutBy(cause?: string): boolean {
    return this.#effects.some((effect) => effect.cut !== undefined && (cause === undefined || effect.cause === cause))
  }

  /** Whether dialling is refused. */
  get refused(): boolean {
    return this.#refused
  }

  /** After how long connections are reset, ms; undefined where they are not. */
  get resetsAfterMs(): number | undefined {
    return this.#resetsAfterMs
  }

  /** Whether messages on it are ever sent twice: seldom, and asking chance costs more than asking this. */
  get mayDuplicate(): boolean {
    return this.#share > 0
  }

  /** Whether a message that is sent now is sent twice. */
  duplicated(random: Random = this.#random): boolean {
    const share = this.#share
    const twice = share > 0 && random.chance(Math.min(1, share))
    if (twice && this.#duplicates > 0) this.#hits.duplicate++
    return twice
  }

  /** How many messages faults have doubled and held back so far. */
  get hits(): Readonly<{duplicate: number; reorder: number}> {
    return this.#hits
  }

  cut(cause: string, mode: CutMode): void {
    this.#set([...this.#effects, {cause, cut: mode}])
  }

  shape(cause: string, shape: Shape): void {
    this.#set([...this.#effects, {cause, shape}])
  }

  /** Undoes what this cause did; everything without a cause. */
  heal(cause?: string): void {
    if (this.#effects.length === 0) return
    this.#set(cause === undefined ? [] : this.#effects.filter((effect) => effect.cause !== cause))
  }

  /**
   * When a message that is sent at `nowNs` arrives, ns; undefined when it is lost. Its size may be given in its place. What
   * is sent behind a `claims` message queues behind it; one that is sent in the future must not claim the present.
   */
  arrivalNs(
    nowNs: number,
    message: Message | number,
    random: Random = this.#random,
    claims = true,
  ): number | undefined {
    if (this.#blocked) return undefined
    const path = this.#path
    if (path.loss > 0 && random.chance(path.loss)) return undefined
    let leavesNs = nowNs
    let overtaken = false
    let delayMs = path.latencyMs + (path.jitterMs > 0 ? this.#jitter(path.jitterMs, random) : 0)
    const effects = this.#effects
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!
      if (effect.cut !== undefined) continue
      const shape = effect.shape
      if (shape.kind === 'latency') {
        delayMs += Math.max(0, shape.latencyMs + (2 * random.next() - 1) * shape.jitterMs)
      } else if (shape.kind === 'bandwidth') {
        // Bytes queue behind one another, however many messages they belong to.
        const sendMs = (sizeOf(message) + OVERHEAD_BYTES) / Math.max(shape.rateKBps, 1e-3)
        leavesNs = Math.max(leavesNs, this.#busyUntilNs) + sendMs * 1e6
        if (claims) this.#busyUntilNs = leavesNs
      } else if (shape.kind === 'slice') {
        const slices = Math.ceil(sizeOf(message) / Math.max(1, shape.averageBytes))
        delayMs += (slices * shape.delayUs) / 1000
      } else if (shape.kind === 'flaky' || shape.kind === 'loss') {
        if (random.chance(shape.probability)) return undefined
      } else if (shape.kind === 'reorder' && random.chance(shape.probability)) {
        delayMs += random.next() * shape.delayMs
        overtaken = true
        this.#hits.reorder++
      }
    }
    let arrivalNs = Math.round(leavesNs + delayMs * 1e6)
    if (path.ordered && !overtaken) {
      arrivalNs = Math.max(arrivalNs, this.#lastArrivalNs)
      if (claims) this.#lastArrivalNs = arrivalNs
    }
    return arrivalNs
  }

  /** The same of a message of a stream: no earlier than those before it, unless a fault holds it back. */
  orderedArrivalNs(nowNs: number, message: Message, stream: Stream): number | undefined {
    const heldBack = this.#hits.reorder
    const arrivalNs = this.arrivalNs(nowNs, message)
    if (arrivalNs === undefined || this.#hits.reorder > heldBack) return arrivalNs
    stream.lastArrivalNs = Math.max(arrivalNs, stream.lastArrivalNs)
    return stream.lastArrivalNs
  }

  /** What a connection attempt meets: an error and after how long, ms; undefined where it is silence or success. */
  refusal(): {readonly error: string; readonly afterMs: number} | undefined {
    for (const effect of this.#effects) {
      if (effect.cut === 'refuse') return {error: 'ECONNREFUSED', afterMs: 0}
      if (effect.cut === undefined && effect.shape.kind === 'reset') {
        return {error: 'ECONNRESET', afterMs: effect.shape.afterMs}
      }
    }
    return undefined
  }

  /** What is in force, as text; empty when nothing is. With a cause: only what it put there. */
  describe(cause?: string): string {
    const asked = cause === undefined ? this.#effects : this.#effects.filter((effect) => effect.cause === cause)
    return asked.map((effect) => (effect.cut === undefined ? inWords(effect.shape) : effect.cut)).join(', ')
  }

  #set(effects: readonly Effect[]): void {
    this.#effects = effects
    this.#cut = false
    this.#refused = false
    this.#resetsAfterMs = undefined
    this.#duplicates = 0
    for (const effect of effects) {
      if (effect.cut !== undefined) {
        this.#cut = true
        if (effect.cut === 'refuse') this.#refused = true
      } else if (effect.shape.kind === 'reset') this.#resetsAfterMs ??= effect.shape.afterMs
      else if (effect.shape.kind === 'duplicate' && this.#repeats) this.#duplicates += effect.shape.probability
    }
    this.#blocked = this.#cut || this.#resetsAfterMs !== undefined
    this.#share = this.#path.duplicates + this.#duplicates
    if (effects.length === 0) this.#busyUntilNs = 0
  }
}

/** Bytes. Asked for only where it matters, since a message must be written out for it. */
function sizeOf(message: Message | number): number {
  return typeof message === 'number' ? message : jsonLength(message)
}

function inWords(shape: Shape): string {
  switch (shape.kind) {
    case 'latency':
      return `latency ${shape.latencyMs} ms ± ${shape.jitterMs} ms`
    case 'bandwidth':
      return `bandwidth ${shape.rateKBps} KB/s`
    case 'slice':
      return `slices of ${shape.averageBytes} ± ${shape.variationBytes} bytes, ${shape.delayUs} µs apart`
    case 'reset':
      return `reset after ${shape.afterMs} ms`
    case 'flaky':
    case 'loss':
      return `loses ${shape.probability * 100} %`
    case 'duplicate':
      return `doubles ${shape.probability * 100} %`
    case 'reorder':
      return `holds back ${shape.probability * 100} % up to ${shape.delayMs} ms`
  }
}
