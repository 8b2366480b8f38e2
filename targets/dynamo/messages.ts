/** What Dynamo nodes tell each other. */
import type {NodeId} from '../../core/node.ts'
import type {CausalObject} from './causal-object.ts'
import type {KeyDigests} from './merkle.ts'

export type Standing = 'in' | 'leaving' | 'out'

/** How each node stands to the ring, and after how many steps. See `membership.ts`. */
export type Members = {readonly [node: NodeId]: {readonly is: Standing; readonly version: number}}

/** With the digest of what the asker has itself. */
export type Get = {readonly type: 'get'; readonly id: number; readonly key: string; readonly digest: number}
/** Null where it is what the asker has. */
export type Got = {readonly type: 'got'; readonly id: number; readonly object: CausalObject | null}
/** `id` null: nobody waits for an answer (read repair, anti-entropy). */
export type Put = {
  readonly type: 'put'
  readonly id: number | null
  readonly key: string
  readonly object: CausalObject
}
export type Stored = {readonly type: 'stored'; readonly id: number}
/** From one that has left the ring: it neither gives nor takes anything. */
export type Moved = {readonly type: 'moved'; readonly members: Members}
/** From one that does not own the key: the owner shall have it. */
export type Handoff = {
  readonly type: 'handoff'
  readonly key: string
  readonly object: CausalObject
  readonly members: Members
}
/** With the table under which it was taken. */
export type HandedOver = {
  readonly type: 'handed-over'
  readonly key: string
  readonly digest: number
  readonly members: Members
}

export type Tree = {
  readonly type: 'tree'
  readonly branches: readonly number[]
  readonly version: number
  readonly members: Members
}
export type Same = {readonly type: 'same'; readonly version: number; readonly members: Members}
export type Leaves = {
  readonly type: 'leaves'
  readonly of: readonly (readonly [branch: number, leaves: readonly number[]])[]
}
export type Keys = {
  readonly type: 'keys'
  readonly of: readonly (readonly [branch: number, leaf: number, keys: KeyDigests])[]
}
export type Want = {readonly type: 'want'; readonly keys: readonly string[]}

export type DynamoMessage = Get | Got | Put | Stored | Moved | Handoff | HandedOver | Tree | Same | Leaves | Keys | Want
