/**
 * One connection of node-postgres that is thrown away whenever something is in doubt. Its own time-out (`query_timeout`)
 * only gives up waiting: the statement goes on, commits, and the next one waits behind it. Here a deadline ends the connection.
 */

import {Socket} from 'node:net'
import type {Client as PgClient} from 'pg'
import {NotDone} from '../../core/client.ts'
import {afterWall} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import type {Row, SqlSession} from '../sql/session.ts'
import {isDefinite} from './errors.ts'

/** The superuser that `initdb` makes. */
export const USER = 'postgres'

export class Connection implements SqlSession {
  readonly #client: PgClient
  readonly #socket: Socket
  #broken = false
  /** What the server warned of during the statement under way. */
  #warning: string | undefined

  private constructor(client: PgClient, socket: Socket) {
    this.#client = client
    this.#socket = socket
    client.on('error', () => (this.#broken = true))
    client.on('end', () => (this.#broken = true))
    client.on('notice', ({severity, message}) => {
      if (severity === 'WARNING') this.#warning = message
    })
  }

  /** Rejects where the server does not let us in within the limit. `options` are settings of the session. */
  static async open({host, port}: Endpoint, limitMs: number, options?: string): Promise<Connection> {
    const {default: pg} = await import('pg')
    const socket = new Socket()
    socket.setNoDelay(true)
    const client = new pg.Client({host, port, user: USER, database: 'postgres', options, stream: () => socket})
    const connection = new Connection(client, socket)
    const cancel = afterWall(limitMs, () => connection.close())
    try {
      await client.connect()
      return connection
    } catch (error) {
      connection.close()
      throw error
    } finally {
      cancel()
    }
  }

  get broken(): boolean {
    return this.#broken
  }

  async query(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]> {
    return (await this.#run(text, values, signal)).rows
  }

  async alone(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]> {
    return (await this.#decided(text, values, signal)).rows
  }

  async commit(signal: AbortSignal): Promise<void> {
    // A transaction that had failed is rolled back by COMMIT, which succeeds and says so.
    const {command} = await this.#decided('COMMIT', [], signal)
    if (command !== 'COMMIT') throw new NotDone(`COMMIT was answered by ${command}`)
  }

  close(): void {
    this.#broken = true
    this.#socket.destroy()
  }

  async #decided(text: string, values: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    if (this.#broken) throw new NotDone('the connection was closed before')
    this.#warning = undefined
    const answer = await this.#run(text, values, signal).catch((error: Error & {code?: string}) => {
      throw isDefinite(error.code) ? new NotDone(error.message) : error
    })
    // A wait for the standby that is cancelled ends with success and a warning: "The transaction has already committed
    // locally, but might not have been replicated to the standby."
    if (this.#warning !== undefined) throw new Error(this.#warning)
    return answer
  }

  async #run(text: string, values: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    const giveUp = () => this.close()
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, {once: true})
    try {
      return await this.#client.query(text, [...values])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }
}

interface Answer {
  readonly command: string
  readonly rows: readonly Row[]
}
