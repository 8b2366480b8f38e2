/**
 * The log as one node has it: what it voted for, what it knows to be chosen and has applied, and how the one catches up
 * with the other. Old slots are kept as a snapshot only ("Paxos Made Live", sections 5.1 and 5.5).
 */
import type {Disk, Message} from '../../core/node.ts'
import type {Answer, Command} from '../state-machine/command.ts'
import {foldCommand} from '../state-machine/digest.ts'
import {Acceptor} from './acceptor.ts'
import {type Ballot, type CompareBallots, NO_BALLOT} from './ballot.ts'
import {Learner} from './learner.ts'
import type {Learn, Slot, Snapshot, Vote} from './messages.ts'
import type {Settings} from './settings.ts'

export class Log {
  readonly acceptor: Acceptor
  readonly #learner: Learner
  readonly #settings: Settings
  readonly #compare: CompareBallots
  readonly #tell: (event: Message) => void
  /** Told to be chosen, by the leader of this ballot. */
  #chosen: {readonly upTo: Slot; readonly ballot: Ballot} = {upTo: 0, ballot: NO_BALLOT}

  constructor(
    disk: Disk,
    settings: Settings,
    bugs: readonly string[],
    compare: CompareBallots,
    tell: (event: Message) => void,
  ) {
    this.#learner = new Learner(disk, settings.sessions)
    this.acceptor = new Acceptor(disk, this.#learner.applied, bugs, compare)
    this.#settings = settings
    this.#compare = compare
    this.#tell = tell
  }

  /** Every slot up to this one is chosen and applied. */
  get applied(): Slot {
    return this.#learner.applied
  }

  /** What this node says of its log: for status and events. */
  get state(): {applied: Slot; snapshot: Slot; votes: number; digest: string} {
    const {applied, saved, digest} = this.#learner
    return {applied, snapshot: saved, votes: this.acceptor.size, digest}
  }

  /** Applies the next slot, which is chosen, and what follows from it: from time to time the past becomes a snapshot. */
  apply(command: Command): Answer {
    const answer = this.#learner.apply(command)
    const {applied, saved} = this.#learner
    if (applied % this.#settings.eventSlots === 0) {
      this.#tell({type: 'chosen', slot: applied, digest: this.#learner.digest, value: foldCommand(0, command)})
    }
    if (applied - saved >= this.#settings.snapshotSlots) {
      this.#learner.save()
      this.acceptor.forget(applied - this.#settings.retainedSlots)
      this.#tell({type: 'snapshot', slot: applied, ...this.state})
    }
    return answer
  }

  /** The leader of this ballot says that everything up to this slot is chosen. */
  hearChosen(upTo: Slot, ballot: Ballot): void {
    if (upTo >= this.#chosen.upTo) this.#chosen = {upTo, ballot}
  }

  /**
   * Applies what is said to be chosen, as far as this node voted for it in the ballot of the leader that says so: a vote in
   * an older ballot may be for something else. False when what comes next is missing.
   */
  catchUp(): boolean {
    const {upTo, ballot} = this.#chosen
    while (this.applied < upTo) {
      const vote = this.acceptor.vote(this.applied + 1)
      if (vote === undefined || this.#compare(vote.ballot, ballot) !== 0) return false
      this.apply(vote.command)
    }
    return true
  }

  /** For a learner that has everything before this slot: what comes next, or everything at once. */
  teach(from: Slot): Learn {
    const last = Math.min(this.applied, from + this.#settings.batchCommands - 1)
    const votes = this.acceptor.votesInARow(from, last)
    return {type: 'learn', votes, snapshot: votes.length > 0 ? null : this.#learner.snapshot()}
  }

  /** Takes over what a peer has applied. */
  learn({votes, snapshot}: Learn): void {
    if (snapshot !== null) this.install(snapshot)
    for (const vote of votes) {
      if (vote.slot !== this.applied + 1) continue
      this.acceptor.learn(vote)
      this.apply(vote.command)
    }
  }

  /** Phase 1b for a candidate that has everything before this slot: our votes, and a snapshot in place of forgotten ones. */
  report(from: Slot): {readonly votes: readonly Vote[]; readonly snapshot: Snapshot | null} {
    const known = this.acceptor.votesInARow(from, this.applied)
    const complete = from + known.length > this.applied
    const open = this.acceptor.votesFrom(Math.max(from, this.applied + 1))
    return complete ? {votes: [...known, ...open], snapshot: null} : {votes: open, snapshot: this.#learner.snapshot()}
  }

  /** Takes over a peer's state, if it is ahead of ours. */
  install(snapshot: Snapshot): void {
    if (!this.#learner.install(snapshot)) return
    this.acceptor.forget(snapshot.slot)
    this.#tell({type: 'installed', slot: snapshot.slot})
  }
}
