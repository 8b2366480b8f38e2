/**
 * The failure detector (SWIM paper, section 3.1, figure 1): in every protocol period one member is pinged; where no ack comes in
 * time, some others are asked to ping it (ping-req) and to pass its ack on, so that a bad path between two members makes
 * neither suspect the other. Whoever has acked by neither way at the end of the period has failed the probe.
 *
 *       A               C, D, E                 B
 *       │── ping ──────────────────────────────►×
 *       │── ping-req(B) ──►│── ping ───────────►│
 *       │◄───── ack ───────│◄────── ack ────────│
 *
 * Members are probed in a random order in which each comes once (section 4.3). Dead ones are pinged as well: who lives after
 * all is to hear what is said of it.
 */
import type {NodeId} from '../../../core/node.ts'
import type {Random} from '../../../core/random.ts'
import type {Settings} from './settings.ts'

export type Probe =
  | {readonly type: 'ping'; readonly seq: number}
  | {readonly type: 'ping-req'; readonly seq: number; readonly target: NodeId}
  | {readonly type: 'ack'; readonly seq: number}

/** What the detector needs. */
export interface DetectorSurroundings {
  readonly peers: readonly NodeId[]
  readonly random: Random
  readonly settings: Settings
  readonly bugs: readonly string[]
  send(to: NodeId, probe: Probe): void
  /** Calls `timer` after so long. */
  setTimer(name: string, delayMs: number): void
  /** This peer has not acked, by no way. */
  failed(peer: NodeId): void
}

const TIMERS = {period: 'swim-period', ack: 'swim-ack'} as const

export class Detector {
  readonly #around: DetectorSurroundings
  /** Those still to be probed in this round. */
  #round: NodeId[] = []
  #seq = 0
  /** The probe of this period, while it is unanswered. */
  #open: {readonly peer: NodeId; readonly seq: number} | undefined
  /** Pings that were asked for by others: whom to tell of the ack, and by which number. */
  readonly #onBehalf = new Map<number, {readonly of: NodeId; readonly seq: number}>()

  constructor(around: DetectorSurroundings) {
    this.#around = around
  }

  start(): void {
    const {settings, random} = this.#around
    // Nodes that start together must not probe together.
    this.#around.setTimer(TIMERS.period, random.int(settings.probeMs))
  }

  /** Whether it was one of its own. */
  timer(name: string): boolean {
    if (name === TIMERS.period) this.#nextPeriod()
    else if (name === TIMERS.ack) this.#askOthers()
    else return false
    return true
  }

  hear(from: NodeId, probe: Probe): void {
    if (probe.type === 'ping') this.#around.send(from, {type: 'ack', seq: probe.seq})
    else if (probe.type === 'ping-req') this.#pingFor(from, probe)
    else this.#acked(probe.seq)
  }

  #nextPeriod(): void {
    const {settings, peers, random, setTimer, send, failed} = this.#around
    setTimer(TIMERS.period, settings.probeMs)
    this.#onBehalf.clear()
    const open = this.#open
    this.#open = undefined
    if (open !== undefined) failed(open.peer)
    if (this.#round.length === 0) this.#round = random.shuffle(peers)
    const peer = this.#round.pop()
    if (peer === undefined) return
    this.#open = {peer, seq: ++this.#seq}
    send(peer, {type: 'ping', seq: this.#seq})
    setTimer(TIMERS.ack, settings.ackMs)
  }

  #askOthers(): void {
    const {peers, random, settings, bugs, send} = this.#around
    const open = this.#open
    // Bug `no-indirect`: nobody else is asked.
    if (open === undefined || bugs.includes('no-indirect')) return
    const others = random.shuffle(peers.filter((peer) => peer !== open.peer)).slice(0, settings.indirect)
    for (const other of others) send(other, {type: 'ping-req', seq: open.seq, target: open.peer})
  }

  #pingFor(of: NodeId, {seq, target}: Extract<Probe, {type: 'ping-req'}>): void {
    this.#onBehalf.set(++this.#seq, {of, seq})
    this.#around.send(target, {type: 'ping', seq: this.#seq})
  }

  #acked(seq: number): void {
    const asked = this.#onBehalf.get(seq)
    if (asked !== undefined) {
      this.#onBehalf.delete(seq)
      this.#around.send(asked.of, {type: 'ack', seq: asked.seq})
    } else if (this.#open?.seq === seq) {
      this.#open = undefined
    }
  }
}
