/** What the nodes of `paxos` say to each other. Phases and their names are those of "Paxos Made Simple", section 2.2. */
import type {Command} from '../state-machine/command.ts'
import type {StoreSnapshot} from '../state-machine/store.ts'
import type {Ballot} from './ballot.ts'

/** A place in the log: an instance of the consensus algorithm. Numbered from 1. */
export type Slot = number

/** A proposal that an acceptor accepted, where: the highest-numbered one per slot is kept. */
export type Vote = {readonly slot: Slot; readonly ballot: Ballot; readonly command: Command}

export type Proposal = {readonly slot: Slot; readonly command: Command}

/** The state after all slots up to `slot`, which are chosen. */
export type Snapshot = {readonly slot: Slot; readonly digest: number; readonly store: StoreSnapshot}

/** Phase 1a, for every slot from `from` on at once. */
export type Prepare = {readonly type: 'prepare'; readonly ballot: Ballot; readonly from: Slot}

/**
 * Phase 1b: nothing below this ballot will be accepted here any more, and these were accepted so far. What the acceptor
 * has forgotten because it is chosen and applied comes as a snapshot.
 */
export type Promised = {
  readonly type: 'promise'
  readonly ballot: Ballot
  readonly votes: readonly Vote[]
  readonly snapshot: Snapshot | null
}

/** Phase 2a, for several slots; everything up to `chosen` is chosen. Without proposals it is a sign of life. */
export type Accept = {
  readonly type: 'accept'
  readonly ballot: Ballot
  readonly proposals: readonly Proposal[]
  readonly chosen: Slot
}

/** Phase 2b. Answers a sign of life with no slots. */
export type Accepted = {readonly type: 'accepted'; readonly ballot: Ballot; readonly slots: readonly Slot[]}

/** "I have promised a higher ballot": an optimisation that section 2.2 allows, to let a proposer give up early. */
export type Reject = {readonly type: 'reject'; readonly promised: Ballot}

/** A learner that lags asks for what is chosen from this slot on. */
export type Fetch = {readonly type: 'fetch'; readonly from: Slot}

/** What was chosen, in a row from the slot that was asked for, or a snapshot where that is forgotten. */
export type Learn = {readonly type: 'learn'; readonly votes: readonly Vote[]; readonly snapshot: Snapshot | null}

export type PaxosMessage = Prepare | Promised | Accept | Accepted | Reject | Fetch | Learn
