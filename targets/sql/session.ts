/**
 * What the workloads' operations need of a SQL database, whatever its client library: one session, one statement at a time.
 */
import {NotDone} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'

export type Row = Readonly<Record<string, unknown>>

export interface SqlSession {
  /** No use any more: an operation on it certainly is not executed. */
  readonly broken: boolean
  /** Rejects with whatever went wrong; the session is broken then unless the server itself refused. */
  query(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>
  /** A statement that is a transaction by itself. Throws NotDone where it certainly had no effect. */
  alone(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>
  /** Ends a transaction. Throws NotDone where it certainly was not committed. */
  commit(signal: AbortSignal): Promise<void>
  /** Ends it at once; the server undoes what was not committed. */
  close(): void
}

/** The words in which databases differ. */
export interface Dialect {
  /** What opens a transaction. */
  readonly begin: readonly string[]
  readonly rollback: string
  /** One row, or none: `v`. */
  readonly read: string
  /** Key and value: puts it there, whatever was there. */
  readonly write: string
  /** Key and text: puts it at the end of what is there. */
  readonly append: string
  /** Rows `k`, `v` of these keys. */
  readMany(keys: readonly string[]): readonly [text: string, values: readonly unknown[]]
  /** Absent where the database itself refuses to write over what has changed since it was read: from snapshot isolation on. */
  readonly locking?: Locking
}

/** How what was read is kept as it is until the transaction ends, at levels at which others may write it meanwhile. */
export interface Locking {
  /** As `readMany`: the newest rows, which nobody else writes from then on. */
  readMany(keys: readonly string[]): readonly [text: string, values: readonly unknown[]]
  /** Key and value: a row of its own where there is none. One that is not there cannot be locked. */
  readonly makeMissing: string
}

/**
 * Does this within one transaction. Until COMMIT is sent, nothing of it has any effect whatever goes wrong: it throws NotDone.
 * What a failed COMMIT means, `SqlSession.commit` decides.
 */
export async function transaction<T>(
  session: SqlSession,
  {begin, rollback}: Dialect,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  let result: T
  try {
    for (const statement of begin) await session.query(statement, [], signal)
    result = await work()
    // A COMMIT after the deadline would make true what was already given up.
    signal.throwIfAborted()
  } catch (error) {
    if (!session.broken) await session.query(rollback, [], signal).catch(() => session.close())
    throw new NotDone(messageOf(error))
  }
  await session.commit(signal)
  return result
}
