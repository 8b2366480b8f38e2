/** A client of one node of the cluster: any of them takes writes. */
import {type Client, NotDone} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {operationsOf, type Sessions} from '../sql/operations.ts'
import type {Dialect} from '../sql/session.ts'
import {Connection} from './connection.ts'
import type {Settings} from './settings.ts'

const TABLE = 'chaos.entries'

/** Makes what all workloads' keys are in. */
export const MAKE_TABLE = [
  'CREATE DATABASE IF NOT EXISTS chaos',
  `CREATE TABLE IF NOT EXISTS ${TABLE} (k varchar(100) PRIMARY KEY, v mediumtext NOT NULL) ENGINE=InnoDB`,
]

function dialectOf({lockingReads}: Settings): Dialect {
  const lock = lockingReads ? ' FOR UPDATE' : ''
  const upsert = `INSERT INTO ${TABLE} (k, v) VALUES (?, ?) ON DUPLICATE KEY UPDATE v =`
  return {
    begin: ['START TRANSACTION'],
    rollback: 'ROLLBACK',
    read: `SELECT v FROM ${TABLE} WHERE k = ?${lock}`,
    write: `${upsert} VALUES(v)`,
    append: `${upsert} CONCAT(v, VALUES(v))`,
    readMany: (keys) => [`SELECT k, v FROM ${TABLE} WHERE k IN (?)${lock}`, [keys]],
    // REPEATABLE READ of InnoDB writes over what has changed since it was read.
    locking: {
      readMany: (keys) => [`SELECT k, v FROM ${TABLE} WHERE k IN (?) ORDER BY k FOR UPDATE`, [keys]],
      makeMissing: `INSERT IGNORE INTO ${TABLE} (k, v) VALUES (?, ?)`,
    },
  }
}

export class GaleraClient implements Client, Sessions {
  readonly operations: Client['operations']
  readonly #address: Endpoint
  readonly #settings: Settings
  readonly #limitMs: number
  #connection: Connection | undefined

  constructor(address: Endpoint, settings: Settings, workload: string | undefined, limitMs: number) {
    this.#address = address
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = operationsOf(workload, this, dialectOf(settings))
  }

  async close(): Promise<void> {
    this.#connection?.close()
  }

  async toRead(): Promise<Connection> {
    if (this.#connection !== undefined && !this.#connection.broken) return this.#connection
    try {
      const connection = await Connection.open(this.#address, this.#limitMs)
      const wait = `SET SESSION wsrep_sync_wait = ${this.#settings.syncWait ? 15 : 0}`
      await connection.query(wait, [], AbortSignal.timeout(this.#limitMs))
      this.#connection = connection
      return connection
    } catch (error) {
      throw new NotDone(messageOf(error))
    }
  }

  toWrite(): Promise<Connection> {
    return this.toRead()
  }
}
