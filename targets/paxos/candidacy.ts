/**
 * A node that tries to become leader: phase 1 for all slots that it does not know to be chosen ("Paxos Made Simple",
 * sections 2.2 and 3). Pure: promises in, proposals out.
 */
import type {NodeId} from '../../core/node.ts'
import {type Command, NOOP} from '../state-machine/command.ts'
import {type Ballot, compareBallots} from './ballot.ts'
import type {Promised, Proposal, Slot, Vote} from './messages.ts'

/** What a new leader has to do first. */
export interface Agenda {
  /** To be proposed before anything else, by slot. */
  readonly proposals: readonly Proposal[]
  /** The first slot that is free for new commands. */
  readonly next: Slot
}

export class Candidacy {
  readonly ballot: Ballot
  readonly #bugs: readonly string[]
  readonly #promises = new Map<NodeId, readonly Vote[]>()

  constructor(ballot: Ballot, bugs: readonly string[]) {
    this.ballot = ballot
    this.#bugs = bugs
  }

  /** How many nodes have promised. */
  get promises(): number {
    return this.#promises.size
  }

  take(from: NodeId, {votes}: Promised): void {
    this.#promises.set(from, votes)
  }

  /**
   * Once a majority has promised: which proposals must come first, when every slot up to `applied` is known to be chosen.
   *
   * A slot for which somebody voted may have been chosen with the value of the highest ballot among the votes, and with no
   * other (P2c), so that one is proposed again. A slot between them that has no vote cannot have been chosen; nothing after
   * it can be applied before it is filled, with a command that does nothing. One more such command comes at the end: once
   * it is chosen, everything that an earlier leader has left behind is.
   */
  agenda(applied: Slot): Agenda {
    const votes = new Map<Slot, Vote[]>()
    let last = applied
    for (const promised of this.#promises.values()) {
      for (const vote of promised) {
        const rivals = votes.get(vote.slot)
        if (rivals === undefined) votes.set(vote.slot, [vote])
        else rivals.push(vote)
        last = Math.max(last, vote.slot)
      }
    }
    // The very first leader finds nothing, and has nobody to tidy up after.
    if (last === 0) return {proposals: [], next: 1}
    const proposals: Proposal[] = []
    for (let slot = applied + 1; slot <= last + 1; slot++) {
      const rivals = votes.get(slot)
      // Bug `no-noop`: gaps stay gaps, and the log stands still at the first.
      if (rivals === undefined && this.#bugs.includes('no-noop')) continue
      proposals.push({slot, command: rivals === undefined ? NOOP : this.#choose(rivals)})
    }
    return {proposals, next: last + 2}
  }

  /** The command to propose where others have voted already: that of the highest ballot. */
  #choose(votes: readonly Vote[]): Command {
    // Bug `own-value`: the new leader proposes what it likes, not what may have been chosen.
    if (this.#bugs.includes('own-value')) return NOOP
    // Bug `highest-value`: the greatest value instead of the value of the greatest ballot.
    const better = this.#bugs.includes('highest-value') ? greaterValue : higherBallot
    return votes.reduce((best, vote) => (better(vote, best) ? vote : best)).command
  }
}

function higherBallot(left: Vote, right: Vote): boolean {
  return compareBallots(left.ballot, right.ballot) > 0
}

function greaterValue(left: Vote, right: Vote): boolean {
  return JSON.stringify(left.command) > JSON.stringify(right.command)
}
