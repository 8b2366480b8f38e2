/**
 * What Raft servers say to each other: the RPCs of figure 2 of the paper, as one-way messages. Every message carries the
 * sender's current term.
 */
import type {Command} from '../state-machine/command.ts'

/** One entry of the log. Entries are shared, never changed. */
export type Entry = {readonly term: number; readonly command: Command}

/** Would you vote for me in `nextTerm`? Nobody's term changes by asking (thesis, section 9.6). */
export type PreVote = Candidacy & {readonly type: 'pre-vote'; readonly nextTerm: number}
export type PreVoteReply = {
  readonly type: 'pre-vote-reply'
  readonly term: number
  readonly nextTerm: number
  readonly granted: boolean
}

/** RequestVote (section 5.2). */
export type Vote = Candidacy & {
  readonly type: 'vote'
  /** The present leader wants this election: those who hear it take part all the same (thesis, section 3.10). */
  readonly handover?: true
}
export type VoteReply = {readonly type: 'vote-reply'; readonly term: number; readonly granted: boolean}

/** Where the candidate's log ends. */
export type Candidacy = {readonly term: number; readonly lastIndex: number; readonly lastTerm: number}

/**
 * AppendEntries (section 5.3); a heartbeat when it has no entries. `round` numbers the leader's rounds of heartbeats, so
 * that replies prove since when it still led.
 */
export type Append = {
  readonly type: 'append'
  readonly term: number
  readonly prevIndex: number
  readonly prevTerm: number
  readonly entries: readonly Entry[]
  readonly commitIndex: number
  readonly round: number
}
export type AppendReply = {
  readonly type: 'append-reply'
  readonly term: number
  readonly round: number
  /** The `prevIndex` that this answers. */
  readonly prevIndex: number
  /** The log is known to equal the leader's up to here; null when the log did not have the previous entry. */
  readonly matchIndex: number | null
  /** On a mismatch: the term found at `prevIndex` (null: the log is shorter), and the first index of that term. */
  readonly conflictTerm: number | null
  readonly conflictIndex: number
}

/** Stand for election now (TimeoutNow: thesis, section 3.10). */
export type TimeoutNow = {readonly type: 'timeout-now'; readonly term: number}

/** InstallSnapshot (section 7), a chunk at a time. */
export type InstallSnapshot = {
  readonly type: 'snapshot'
  readonly term: number
  readonly round: number
  readonly index: number
  readonly indexTerm: number
  readonly voters: readonly string[]
  readonly digest: number
  /** Characters of the whole state, and the offset of this chunk in it. */
  readonly length: number
  readonly offset: number
  readonly chunk: string
}
export type InstallSnapshotReply = {
  readonly type: 'snapshot-reply'
  readonly term: number
  readonly round: number
  readonly index: number
  /** The offset that is wanted next; `length` when nothing is. */
  readonly offset: number
}

/** From which index on may I serve the reads of this batch? (Thesis, section 6.4.) */
export type ReadIndex = {readonly type: 'read-index'; readonly term: number; readonly batch: string}
export type ReadIndexReply = {
  readonly type: 'read-index-reply'
  readonly term: number
  readonly batch: string
  /** Null from a server that does not lead (any more). */
  readonly index: number | null
}

export type RaftMessage =
  | PreVote
  | PreVoteReply
  | Vote
  | VoteReply
  | TimeoutNow
  | Append
  | AppendReply
  | InstallSnapshot
  | InstallSnapshotReply
  | ReadIndex
  | ReadIndexReply
