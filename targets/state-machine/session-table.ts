/**
 * Exactly-once execution: which sessions there are, the last call of each and what it came to. Part of the replicated
 * state, so that a retry is recognised by whichever node applies it, after a crash, a snapshot or a change of leader.
 * Ongaro's thesis, section 6.3; Liskov & Cowling, "Viewstamped Replication Revisited" (2012), section 4.1.
 *
 * Old sessions must go some day, on every replica at the same point of the log: when there are more than `capacity`,
 * the least recently used is forgotten. That is safe because sessions are opened explicitly and ids are never used
 * again: a late retry of a forgotten session is told so, and is not taken for a new call.
 */
import type {Answer, SessionId} from './command.ts'

/** The table as data, for snapshots; sessions from the least to the most recently used. */
export type SessionTableSnapshot = {
  readonly opened: number
  readonly sessions: readonly (readonly [id: SessionId, seq: number, answer: Answer | null])[]
}

interface LastCall {
  readonly seq: number
  readonly answer: Answer | null
}

export class SessionTable {
  readonly #capacity: number
  #opened = 0
  /** In order of use, the least recently used first. */
  #sessions = new Map<SessionId, LastCall>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** A new session, at the cost of the least recently used one when the table is full. */
  open(): SessionId {
    const id = ++this.#opened
    this.#sessions.set(id, {seq: 0, answer: null})
    if (this.#sessions.size > this.#capacity) {
      const [eldest] = this.#sessions.keys()
      this.#sessions.delete(eldest as SessionId)
    }
    return id
  }

  /** The answer to a call that must not be executed (again); undefined where it is new and must be. */
  recall(id: SessionId, seq: number): Answer | undefined {
    const last = this.#sessions.get(id)
    if (last === undefined) return {type: 'expired'}
    if (seq > last.seq) return undefined
    return seq === last.seq && last.answer !== null ? last.answer : {type: 'outdated'}
  }

  /** Remembers what a session's newest call came to. */
  remember(id: SessionId, seq: number, answer: Answer): void {
    this.#sessions.delete(id)
    this.#sessions.set(id, {seq, answer})
  }

  snapshot(): SessionTableSnapshot {
    return {opened: this.#opened, sessions: [...this.#sessions].map(([id, {seq, answer}]) => [id, seq, answer])}
  }

  restore(snapshot: SessionTableSnapshot): void {
    this.#opened = snapshot.opened
    this.#sessions = new Map(snapshot.sessions.map(([id, seq, answer]) => [id, {seq, answer}]))
  }
}
