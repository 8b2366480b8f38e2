/** What coordinators and participants tell each other in two- and three-phase commit. */
import type {Json, NodeId} from '../../core/node.ts'
import type {Operation} from './operations.ts'

/** Execute this, and promise to be able to commit it. */
export type Prepare = {
  readonly type: 'prepare'
  readonly txn: string
  /** When the transaction began; the older of two may wait for the other, the younger must not. */
  readonly age: number
  readonly operations: readonly Operation[]
  readonly participants: readonly NodeId[]
}
export type Vote = {
  readonly type: 'vote'
  readonly txn: string
  /** Null for yes; otherwise why not. `conflict`: try again. */
  readonly no: string | null
  readonly results: readonly (readonly [number, Json])[]
}
/** Three-phase commit: everybody has voted yes. */
export type Precommit = {readonly type: 'precommit'; readonly txn: string}
export type Precommitted = {readonly type: 'precommitted'; readonly txn: string}
export type Decide = {readonly type: 'decide'; readonly txn: string; readonly commit: boolean}
export type Done = {readonly type: 'done'; readonly txn: string}
/** A participant that is in doubt asks the coordinator, */
export type Inquire = {readonly type: 'inquire'; readonly txn: string}
/** or (three phases) the other participants. */
export type AskState = {readonly type: 'ask-state'; readonly txn: string}
export type State = {readonly type: 'state'; readonly txn: string; readonly state: ParticipantState}
export type ParticipantState = 'prepared' | 'precommitted' | 'committed' | 'aborted'

export type CommitMessage = Prepare | Vote | Precommit | Precommitted | Decide | Done | Inquire | AskState | State
