/**
 * What clients ask of a replicated store and what it answers, as plain data: commands travel through logs and
 * snapshots, answers back to clients.
 *
 * A call belongs to a client session and carries the session's sequence number, which is what makes a retry of it
 * recognisable (Ongaro's thesis, section 6.3).
 */
import type {Json, Message} from '../../core/node.ts'

export type SessionId = number

/** One entry of the replicated log, as far as the state machine is concerned. */
export type Command =
  /** Changes nothing: the entry with which a leader opens its term, or fills a gap. */
  | {readonly type: 'noop'}
  /** A new session; its id is the answer. Asking twice gives two sessions, which harms nobody. */
  | {readonly type: 'open'}
  /** An operation that changes something: executed at most once per (session, seq). */
  | {
      readonly type: 'call'
      readonly session: SessionId
      readonly seq: number
      readonly f: string
      readonly key: string | null
      readonly value: Json
    }
  /** A read that goes through the log. Harmless to repeat, so it needs no session. */
  | {readonly type: 'read'; readonly f: string; readonly key: string | null}
  /** Who the members are from here on; it is for the protocol, and changes nothing in the store. */
  | {readonly type: 'members'; readonly voters: readonly string[]}
  /** The lease of the holder with this token has run out, as far as whoever keeps time knows. */
  | {readonly type: 'expire'; readonly key: string; readonly token: number}

/** What a command came to. Every replica that applies the same commands gets the same answers. */
export type Answer =
  /** It happened; `value` is the result (for an operation that returns nothing: its argument). */
  | {readonly type: 'ok'; readonly value: Json}
  /** It certainly did not happen, and this is why: `value differs`, `not found`. */
  | {readonly type: 'failed'; readonly error: string}
  | {readonly type: 'opened'; readonly session: SessionId}
  /** The session is unknown (any more). This call was not executed now; whether an earlier copy was, nobody can say. */
  | {readonly type: 'expired'}
  /** A late copy of a call whose client has moved on. Not executed; nobody is waiting for the answer. */
  | {readonly type: 'outdated'}

/**
 * An answer with the attempt that it answers. Written out kind by kind: copying by spread is slow where kinds vary, and
 * there is one answer for each request.
 */
export function answering(answer: Answer, attempt: Json): Message {
  switch (answer.type) {
    case 'ok':
      return {type: 'ok', value: answer.value, attempt}
    case 'failed':
      return {type: 'failed', error: answer.error, attempt}
    case 'opened':
      return {type: 'opened', session: answer.session, attempt}
    default:
      return {type: answer.type, attempt}
  }
}

export const NOOP: Command = {type: 'noop'}

const READS = new Set(['read', 'read-set', 'read-counter', 'get', 'decided', 'feed', 'members'])

/** Whether this function of the store only looks. */
export function isRead(f: string): boolean {
  return READS.has(f)
}
