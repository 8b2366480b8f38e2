/**
 * A client of PostgreSQL as applications have it: it knows the addresses of all servers and asks each whether it takes
 * writes, as libpq does with `target_session_attrs=read-write`. A session that breaks is looked for anew.
 */

import {type Client, NotDone} from '../../core/client.ts'
import {afterWall} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {operationsOf, type Sessions} from '../sql/operations.ts'
import type {Dialect, Locking} from '../sql/session.ts'
import {Connection} from './connection.ts'
import type {Settings} from './settings.ts'

const UPSERT = 'INSERT INTO chaos (k, v) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET v ='

export function dialectOf({isolation}: Pick<Settings, 'isolation'>): Dialect {
  return {
    begin: [`BEGIN ISOLATION LEVEL ${isolation}`],
    rollback: 'ROLLBACK',
    read: 'SELECT v FROM chaos WHERE k = $1',
    write: `${UPSERT} excluded.v`,
    append: `${UPSERT} chaos.v || excluded.v`,
    readMany: (keys) => ['SELECT k, v FROM chaos WHERE k = ANY($1)', [keys]],
    ...(isolation === 'READ COMMITTED' ? {locking: LOCKING} : {}),
  }
}

/** READ COMMITTED writes over what has changed since it was read; the levels above refuse. */
const LOCKING: Locking = {
  readMany: (keys) => ['SELECT k, v FROM chaos WHERE k = ANY($1) ORDER BY k FOR UPDATE', [keys]],
  makeMissing: 'INSERT INTO chaos (k, v) VALUES ($1, $2) ON CONFLICT (k) DO NOTHING',
}

/** Makes what all workloads' keys are in, on a server that is closed to clients. */
export const MAKE_TABLE =
  'BEGIN READ WRITE; CREATE TABLE IF NOT EXISTS chaos (k text PRIMARY KEY, v text NOT NULL); COMMIT'

/** What the client dials. */
export interface Places {
  readonly own: Endpoint
  /** Its own node first. */
  readonly all: readonly Endpoint[]
}

/** How long servers that come before one that takes writes are waited for, ms. */
const PATIENCE_MS = 100

export class PostgresClient implements Client, Sessions {
  readonly operations: Client['operations']
  readonly #places: Places
  readonly #settings: Settings
  readonly #limitMs: number
  #own: Connection | undefined
  #primary: Connection | undefined

  constructor(places: Places, settings: Settings, workload: string | undefined, limitMs: number) {
    this.#places = places
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = operationsOf(workload, this, dialectOf(settings))
  }

  /** Rejects where nobody can be asked: nothing was asked of anybody then. */
  async connect(): Promise<void> {
    await this.toRead()
  }

  async close(): Promise<void> {
    this.#own?.close()
    this.#primary?.close()
  }

  async toRead(): Promise<Connection> {
    if (!this.#settings.standbyReads) return this.toWrite()
    if (this.#own === undefined || this.#own.broken) {
      this.#own = await Connection.open(this.#places.own, this.#limitMs).catch(notAsked)
    }
    return this.#own
  }

  async toWrite(): Promise<Connection> {
    if (this.#primary === undefined || this.#primary.broken) {
      this.#primary = await firstThatWrites(this.#places.all, this.#limitMs, this.#settings).catch(notAsked)
    }
    return this.#primary
  }
}

/**
 * The first server of the list that takes writes, as libpq finds it; but one that does not answer is not waited for once a
 * later one has.
 */
async function firstThatWrites(all: readonly Endpoint[], limitMs: number, {isolation}: Settings): Promise<Connection> {
  // Not in the servers' configuration: a standby answers nothing at all where its default is SERIALIZABLE.
  const options = `-c default_transaction_isolation=${isolation.toLowerCase().replace(' ', '\\ ')}`
  const attempts = all.map((place) => openToWrite(place, limitMs, options))
  const some = Promise.any(attempts)
  const patience = some.then(() => new Promise<void>((resolve) => afterWall(PATIENCE_MS, resolve)))
  let found: Connection | undefined
  for (const attempt of attempts) found ??= (await Promise.race([attempt, patience]).catch(() => {})) ?? undefined
  found ??= await some.catch((error: AggregateError) => {
    throw new Error(`no server takes writes (${[...new Set(error.errors.map(messageOf))].join('; ')})`)
  })
  for (const attempt of attempts) attempt.then((each) => each === found || each.close()).catch(() => {})
  return found
}

async function openToWrite(place: Endpoint, limitMs: number, options: string): Promise<Connection> {
  const connection = await Connection.open(place, limitMs, options)
  try {
    const [row] = await connection.query('SHOW transaction_read_only', [], AbortSignal.timeout(limitMs))
    if (row?.['transaction_read_only'] !== 'off') throw new Error('a server takes no writes')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function notAsked(error: unknown): never {
  throw new NotDone(messageOf(error))
}
