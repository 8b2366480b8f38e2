/**
 * The acceptor: the memory of Paxos ("Paxos Made Simple", sections 2.2 and 2.5). Two rules make it safe:
 *
 * - P1a: it accepts a proposal numbered n unless it has promised a number greater than n.
 * - It remembers its promise and, for each slot, the highest-numbered proposal that it accepted, on stable storage *before*
 *   it answers.
 *
 * One promise holds for all slots, those to come included ("Paxos Made Simple", section 3), so a leader needs phase 1 once.
 */
import type {Disk} from '../../core/node.ts'
import {type Ballot, type CompareBallots, NO_BALLOT} from './ballot.ts'
import type {Proposal, Slot, Vote} from './messages.ts'

const FILE = 'acceptor'

type Entry = {readonly promised: Ballot} | {readonly vote: Vote}

export class Acceptor {
  readonly #disk: Disk
  readonly #bugs: readonly string[]
  readonly #compare: CompareBallots
  readonly #votes = new Map<Slot, Vote>()
  #promised = NO_BALLOT
  #last: Slot = 0

  /** Votes up to slot `applied` are in a snapshot and not wanted back. */
  constructor(disk: Disk, applied: Slot, bugs: readonly string[], compare: CompareBallots) {
    this.#disk = disk
    this.#bugs = bugs
    this.#compare = compare
    for (const entry of disk.read<Entry>(FILE)) {
      this.#promise('vote' in entry ? entry.vote.ballot : entry.promised)
      if ('vote' in entry && entry.vote.slot > applied) this.#keep(entry.vote)
    }
  }

  /** The highest ballot promised. */
  get promised(): Ballot {
    return this.#promised
  }

  /** How many votes are kept. */
  get size(): number {
    return this.#votes.size
  }

  vote(slot: Slot): Vote | undefined {
    return this.#votes.get(slot)
  }

  /** All votes for this slot and later ones, by slot. */
  votesFrom(slot: Slot): Vote[] {
    const votes: Vote[] = []
    for (let at = slot; at <= this.#last; at++) {
      const vote = this.#votes.get(at)
      if (vote !== undefined) votes.push(vote)
    }
    return votes
  }

  /** Votes for `slot`, `slot + 1`, … up to `last`, as far as there are no gaps. */
  votesInARow(slot: Slot, last: Slot): Vote[] {
    const votes: Vote[] = []
    for (let at = slot; at <= last; at++) {
      const vote = this.#votes.get(at)
      if (vote === undefined) break
      votes.push(vote)
    }
    return votes
  }

  /** Phase 1b: promises, durably, or says no because of a higher promise. Asked again in the same ballot it says yes again. */
  prepare(ballot: Ballot): boolean {
    const order = this.#compare(ballot, this.#promised)
    if (order < 0) return false
    if (order > 0) {
      this.#promise(ballot)
      this.#write({promised: ballot})
      this.#sync()
    }
    return true
  }

  /** Phase 2b: accepts these, durably, or says no because of a higher promise. */
  accept(ballot: Ballot, proposals: readonly Proposal[]): boolean {
    // Bug `accept-below-promise`: the promise was made, but nobody looks at it.
    if (!this.#bugs.includes('accept-below-promise') && this.#compare(ballot, this.#promised) < 0) return false
    this.#promise(ballot)
    for (const {slot, command} of proposals) {
      const vote = {slot, ballot, command}
      this.#keep(vote)
      this.#write({vote})
    }
    if (proposals.length > 0) this.#sync()
    return true
  }

  /**
   * Takes over a vote of a peer for a slot that is chosen. It needs no sync, for nobody counts on it; and it breaks no
   * promise, for every ballot since the one in which it was chosen has the same value (P2).
   */
  learn(vote: Vote): void {
    const known = this.#votes.get(vote.slot)
    if (known !== undefined && this.#compare(known.ballot, vote.ballot) >= 0) return
    this.#keep(vote)
    this.#write({vote})
  }

  /** Drops votes up to this slot. Call it only when a snapshot of the state after them is durable. */
  forget(upTo: Slot): void {
    for (const slot of this.#votes.keys()) if (slot <= upTo) this.#votes.delete(slot)
    const entries: Entry[] = [{promised: this.#promised}, ...[...this.#votes.values()].map((vote) => ({vote}))]
    this.#disk.replace(FILE, entries)
    this.#sync()
  }

  #promise(ballot: Ballot): void {
    if (this.#compare(ballot, this.#promised) > 0) this.#promised = ballot
  }

  #keep(vote: Vote): void {
    this.#votes.set(vote.slot, vote)
    this.#last = Math.max(this.#last, vote.slot)
  }

  #write(entry: Entry): void {
    this.#disk.append(FILE, entry)
  }

  #sync(): void {
    // Bug `forget-promise`: answers are given before what they say is on disk.
    if (!this.#bugs.includes('forget-promise')) this.#disk.sync(FILE)
  }
}
