/**
 * What a leader keeps in mind: the slots that it has proposed and that are not applied yet, who accepted each of them, and
 * whom it still hears. Phase 2 of "Paxos Made Simple", many slots at a time (section 3). Pure bookkeeping: the node sends.
 */
import type {Json, NodeId, RequestId} from '../../core/node.ts'
import type {Command} from '../state-machine/command.ts'
import type {Ballot} from './ballot.ts'
import type {Agenda} from './candidacy.ts'
import type {Proposal, Slot} from './messages.ts'

/** Who waits for what a command comes to. */
export interface Waiting {
  readonly request: RequestId
  readonly attempt: Json
}

export interface InFlight {
  readonly slot: Slot
  readonly command: Command
  readonly client: Waiting | undefined
  readonly acceptors: Set<NodeId>
  /** The tick at which it was sent last. */
  sentTick: number
}

export class Leadership {
  readonly ballot: Ballot
  readonly #quorum: number
  readonly #flight = new Map<Slot, InFlight>()
  /** The tick at which each peer answered last. */
  readonly #heard = new Map<NodeId, number>()
  #next: Slot
  #tick = 0

  constructor(ballot: Ballot, quorum: number, agenda: Agenda) {
    this.ballot = ballot
    this.#quorum = quorum
    this.#next = agenda.next
    for (const {slot, command} of agenda.proposals) this.#launch(slot, command, undefined)
  }

  /** Slots proposed and not applied. */
  get inFlight(): number {
    return this.#flight.size
  }

  /** Gives a command the next free slot. */
  propose(command: Command, client: Waiting): Proposal {
    const slot = this.#next++
    this.#launch(slot, command, client)
    return {slot, command}
  }

  /** A node has accepted these slots in our ballot, or just given a sign of life. */
  accepted(from: NodeId, slots: readonly Slot[]): void {
    this.#heard.set(from, this.#tick)
    for (const slot of slots) this.#flight.get(slot)?.acceptors.add(from)
  }

  /** Ends the flight of this slot if it is chosen, that is, accepted by a majority. */
  land(slot: Slot): InFlight | undefined {
    const flight = this.#flight.get(slot)
    if (flight === undefined || flight.acceptors.size < this.#quorum) return undefined
    this.#flight.delete(slot)
    return flight
  }

  /** Time passes, a heartbeat at a time. */
  tick(): void {
    this.#tick++
  }

  /** Whether a majority, ourselves included, has answered within so many ticks. */
  hearsMajority(ticks: number): boolean {
    let heard = 1
    for (const [node, tick] of this.#heard) if (node !== this.ballot.node && this.#tick - tick <= ticks) heard++
    // Nobody can have answered before the first ticks are over.
    return heard >= this.#quorum || this.#tick <= ticks
  }

  /** Proposals that this peer should get again, having left them unanswered for so many ticks; at most `limit`. */
  overdue(peer: NodeId, ticks: number, limit: number): Proposal[] {
    const proposals: Proposal[] = []
    for (const {slot, command, acceptors, sentTick} of this.#flight.values()) {
      if (proposals.length === limit) break
      if (this.#tick - sentTick >= ticks && !acceptors.has(peer)) proposals.push({slot, command})
    }
    return proposals
  }

  /** Everything that is overdue has been sent again. */
  resent(ticks: number): void {
    for (const flight of this.#flight.values()) {
      if (this.#tick - flight.sentTick >= ticks) flight.sentTick = this.#tick
    }
  }

  /** Clients that wait for a command in flight. */
  clients(): Waiting[] {
    return [...this.#flight.values()].flatMap(({client}) => client ?? [])
  }

  #launch(slot: Slot, command: Command, client: Waiting | undefined): void {
    this.#flight.set(slot, {slot, command, client, acceptors: new Set(), sentTick: this.#tick})
  }
}
