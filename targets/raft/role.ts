/** What a server is at the moment (figure 4 of the paper), with what it must remember while it is that. */
import type {NodeId, RequestId} from '../../core/node.ts'
import type {Client} from './client.ts'
import type {Snapshot} from './snapshot.ts'

export type Role = Follower | PreCandidate | Candidate | Leader

export type Follower = {readonly name: 'follower'}

/** Asks whether an election could be won; see `election.ts`. */
export type PreCandidate = {readonly name: 'pre-candidate'; readonly granted: Set<NodeId>}

export type Candidate = {readonly name: 'candidate'; readonly granted: Set<NodeId>}

export type Leader = {
  readonly name: 'leader'
  /** How far each peer is: other voters, and a learner. */
  readonly progress: Map<NodeId, Progress>
  change: Change | undefined
  handover: Handover | undefined
  /** Whether somebody was ever told to take over. */
  mayHaveHandedOver: boolean
  /** Who waits for the answer to which entry. */
  readonly waiting: Map<number, Client>
  /** The number of the latest round of heartbeats. */
  round: number
  /** When rounds were sent, by this server's clock, ms, and the last whose time is over; see `lease.ts`. */
  readonly lease: {readonly sentMs: Map<number, number>; endedRound: number}
  /** Batches of reads that want a read index and are in no round yet. */
  readonly asking: Asker[]
  /** Batches whose read index is known once a quorum has answered that round. */
  readonly rounds: {readonly round: number; readonly index: number; readonly askers: readonly Asker[]}[]
}

/** A change of membership under way; see `membership.ts`. */
export type Change = {
  readonly request: RequestId
  readonly voters: readonly NodeId[]
  /** Who is to be added, and has not caught up yet. */
  learner: NodeId | undefined
  /** Heartbeats since it began. */
  beats: number
}

/** To whom a leader hands over; see `handover.ts`. */
export type Handover = {
  readonly to: NodeId
  /** Whether it has been told. From then on this leader's lease is worth nothing. */
  told: boolean
  /** Heartbeats left before it is given up. */
  beats: number
}

/** A batch of reads at some server. */
export type Asker = {readonly node: NodeId; readonly batch: string}

/** What a leader knows of one peer (figure 2, "volatile state on leaders"). */
export class Progress {
  /** The peer's log is known to equal the leader's up to here. */
  matchIndex = 0
  /** The next entry to send. */
  nextIndex: number
  /**
   * Until the peer's log is known to match up to `nextIndex` - 1, entries are sent once per answer or heartbeat; then they
   * are sent as they come, without waiting for answers (thesis, section 10.2.1).
   */
  probing = true
  /** A probe is under way. */
  probed = false
  /** Heartbeats since the peer was heard. */
  silentBeats = 0
  /** The latest round of heartbeats that the peer has answered. */
  round = 0
  /** The snapshot that is being sent, and how much of it has arrived. */
  transfer: {readonly snapshot: Snapshot; offset: number} | undefined

  constructor(nextIndex: number) {
    this.nextIndex = nextIndex
  }

  /** The peer's log matches up to here. Old answers change nothing. */
  matched(index: number): void {
    this.matchIndex = Math.max(this.matchIndex, index)
    this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1)
    this.probing = false
  }

  /** Starts over at this index, which is never one that is known to match. */
  probeFrom(index: number): void {
    this.nextIndex = Math.max(index, this.matchIndex + 1)
    this.probing = true
    this.probed = false
  }
}
