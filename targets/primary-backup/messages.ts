/** What replicas say to each other. Every message carries the sender's epoch. */
import type {Entry} from '../raft/messages.ts'
import type {Snapshot} from '../state-machine/snapshot.ts'

/** The primary's log after `prevIndex`, and how far it is acknowledged to clients; a heartbeat when it has no entries. */
export type Replicate = {
  readonly type: 'replicate'
  readonly epoch: number
  readonly prevIndex: number
  readonly prevEpoch: number
  readonly entries: readonly Entry[]
  readonly commitIndex: number
}
/** The primary's state, for a backup that needs entries which are gone. */
export type Install = {readonly type: 'install'; readonly epoch: number; readonly snapshot: Snapshot}
/** The backup's log equals the primary's up to `index`; null: it did not have the previous entry, try from `hint` on. */
export type Replicated = {
  readonly type: 'replicated'
  readonly epoch: number
  readonly index: number | null
  readonly hint: number
}

/** The primary of the last epoch has failed: let me be that of this one. My log ends here. */
export type Promote = {
  readonly type: 'promote'
  readonly epoch: number
  readonly lastIndex: number
  readonly lastEpoch: number
}
/** From here on I take no orders of an earlier epoch. Or, not granted: your log lacks something that mine has. */
export type Promoted = {readonly type: 'promoted'; readonly epoch: number; readonly granted: boolean}

export type ReplicaMessage = Replicate | Install | Replicated | Promote | Promoted
