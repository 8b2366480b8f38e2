/** What a peer is at the moment, with what it must remember while it is that. */
import type {Json, NodeId, RequestId} from '../../core/node.ts'
import type {Standing} from './messages.ts'

export type Role = Looker | Follower | Leader

/** Phase 0: looks for a leader, or for enough others that look. */
export type Looker = {
  readonly name: 'looking'
  /** What others that look offer, and when they last said so, ms of this node's time. */
  readonly offers: Map<NodeId, {readonly standing: Standing; readonly atMs: number}>
  ticks: number
}

export type Follower = {
  readonly name: 'following'
  readonly leader: NodeId
  /** This attempt to follow. */
  readonly join: string
  /** The phase that it has come to. */
  phase: 'discovery' | 'synchronisation' | 'broadcast'
}

export type Leader = {
  readonly name: 'leading'
  /** Phases 1 and 2 until a quorum has the history; then broadcast. */
  phase: 'discovery' | 'synchronisation' | 'broadcast'
  /** Those that follow, or try to. */
  readonly followers: Map<NodeId, Following>
  /** The epoch, once it is decided. */
  epoch: number | undefined
  /** Who waits for the answer to which transaction. */
  readonly waiting: Map<number, Client>
  /** Batches of reads, of peers or of ours, that wait for a transaction to be committed. */
  readonly syncs: Map<number, readonly {readonly node: NodeId; readonly batch: string}[]>
  /** Batches of reads that are to be given a transaction with the next flush. */
  asking: {readonly node: NodeId; readonly batch: string}[]
  /** Ticks in a row during which no quorum was heard. */
  lonelyTicks: number
}

/** What a leader knows of one follower. */
export type Following = {
  join: string
  acceptedEpoch: number
  /** What it answered to the new epoch. */
  standing: (Standing & {readonly delivered: number}) | undefined
  /** Its history equals the leader's up to here; undefined until it is synchronised. */
  acked: number | undefined
  /** The last transaction that was sent to it. */
  sent: number
  /** What it had acknowledged at the last tick: without progress since, what was sent is taken for lost. */
  ackedBefore: number
  silentTicks: number
}

/** Whom to answer: one attempt of a client's session. */
export type Client = {readonly request: RequestId; readonly attempt: Json}
