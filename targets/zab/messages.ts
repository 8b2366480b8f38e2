/**
 * What Zab peers say to each other. The names are the paper's (figure 1 and algorithms 1 to 3), with `join` added: it names
 * one attempt of a follower to follow, since channels here are not FIFO and a connection is nothing that a peer can hold on to.
 */
import type {NodeId} from '../../core/node.ts'
import type {Entry} from '../raft/messages.ts'
import type {Snapshot} from '../state-machine/snapshot.ts'

/** How good a history is: the epoch that its owner last took part in, then its last transaction. */
export type Standing = {readonly currentEpoch: number; readonly lastEpoch: number; readonly lastIndex: number}

/** Phase 0: I am looking for a leader, and this is what I could offer as one. */
export type Looking = Standing & {
  readonly type: 'looking'
  /** Whom of those that look it has heard lately. */
  readonly hears: readonly NodeId[]
}
/** To one that looks: I lead, or am about to. */
export type Leading = {readonly type: 'leading'}

/** Phase 1, CEPOCH: I would follow you, and have promised not to accept an epoch below this one, which I promised to that peer. */
export type FollowerInfo = {
  readonly type: 'follower-info'
  readonly join: string
  readonly acceptedEpoch: number
  readonly acceptedFrom: NodeId | null
}
/** NEWEPOCH: this epoch is to be mine. */
export type NewEpoch = {readonly type: 'new-epoch'; readonly join: string; readonly epoch: number}
/** ACK-E: it is; this is my history, and what I have delivered of it. */
export type AckEpoch = Standing & {
  readonly type: 'ack-epoch'
  readonly join: string
  readonly epoch: number
  readonly delivered: number
}

/** Phase 2, NEWLEADER: from `after` on, your history has to be this. A snapshot stands in for what is no longer in the log. */
export type NewLeader = {
  readonly type: 'new-leader'
  readonly join: string
  readonly epoch: number
  readonly snapshot: Snapshot | null
  readonly after: number
  readonly entries: readonly Entry[]
  readonly commitIndex: number
}
/** ACK-LD: it is, on disk. */
export type AckLeader = {
  readonly type: 'ack-leader'
  readonly join: string
  readonly epoch: number
  readonly index: number
}

/** Phase 3, PROPOSE and COMMIT in one; a ping when it has no entries. */
export type Propose = {
  readonly type: 'propose'
  readonly join: string
  readonly epoch: number
  readonly prevIndex: number
  readonly entries: readonly Entry[]
  readonly commitIndex: number
}
/** Everything up to here is on disk. */
export type Ack = {readonly type: 'ack'; readonly join: string; readonly epoch: number; readonly index: number}

/** `sync`: when may I answer these reads? Once you have delivered up to `index`; null: ask another leader. */
export type Sync = {readonly type: 'sync'; readonly batch: string}
export type SyncReply = {readonly type: 'sync-reply'; readonly batch: string; readonly index: number | null}

export type ZabMessage =
  | Looking
  | Leading
  | FollowerInfo
  | NewEpoch
  | AckEpoch
  | NewLeader
  | AckLeader
  | Propose
  | Ack
  | Sync
  | SyncReply

/** Whether one history is better than another (paper, section IV-A: first the epoch, then the last zxid). */
export function compareStanding(left: Standing, right: Standing): number {
  return left.currentEpoch - right.currentEpoch || left.lastEpoch - right.lastEpoch || left.lastIndex - right.lastIndex
}
