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
  seq: number
  answer: Answer | null
  /** When it was used last: the number of uses of any session before. */
  usedAt: number
}

export class SessionTable {
  readonly #capacity: number
  #opened = 0
  #uses = 0
  /** Not in order of use: moving a session to the end at each of its calls costs more than executing the call. */
  #sessions = new Map<SessionId, LastCall>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** A new session, at the cost of the least recently used one when the table is full. */
  open(): SessionId {
    const id = ++this.#opened
    this.#sessions.set(id, {seq: 0, answer: null, usedAt: this.#uses++})
    if (this.#sessions.size > this.#capacity) this.#forgetOne()
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
    const last = this.#sessions.get(id)
    if (last === undefined) this.#sessions.set(id, {seq, answer, usedAt: this.#uses++})
    else {
      last.seq = seq
      last.answer = answer
      last.usedAt = this.#uses++
    }
  }

  snapshot(): SessionTableSnapshot {
    return {opened: this.#opened, sessions: this.#byUse().map(([id, {seq, answer}]) => [id, seq, answer])}
  }

  restore(snapshot: SessionTableSnapshot): void {
    this.#opened = snapshot.opened
    this.#uses = snapshot.sessions.length
    this.#sessions = new Map(snapshot.sessions.map(([id, seq, answer], usedAt) => [id, {seq, answer, usedAt}]))
  }

  /** The least recently used one goes. */
  #forgetOne(): void {
    let eldest: SessionId | undefined
    let usedAt = Number.POSITIVE_INFINITY
    for (const [id, last] of this.#sessions) {
      if (last.usedAt >= usedAt) continue
      usedAt = last.usedAt
      eldest = id
    }
    this.#sessions.delete(eldest as SessionId)
  }

  #byUse(): [id: SessionId, last: LastCall][] {
    return [...this.#sessions].sort(([, left], [, right]) => left.usedAt - right.usedAt)
  }
}
