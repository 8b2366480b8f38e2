/** One connection of mysql2, thrown away whenever something is in doubt; every deadline is ours. */
import type {Connection as MysqlConnection} from 'mysql2'
import {NotDone} from '../../core/client.ts'
import type {Endpoint} from '../../core/links.ts'
import type {Row, SqlSession} from '../sql/session.ts'
import {isDefinite} from './errors.ts'

export class Connection implements SqlSession {
  readonly #connection: MysqlConnection
  #broken = false
  /** Rejects what is under way once the connection is given up: mysql2 leaves it pending. */
  #fail: ((error: Error) => void) | undefined

  private constructor(connection: MysqlConnection) {
    this.#connection = connection
    connection.on('error', () => this.close())
    connection.on('end', () => this.close())
  }

  /** Rejects where the server does not let us in within the limit. */
  static async open({host, port}: Endpoint, limitMs: number): Promise<Connection> {
    const {createConnection} = await import('mysql2')
    const connection = createConnection({host, port, user: 'root', connectTimeout: limitMs, multipleStatements: false})
    const opened = new Connection(connection)
    try {
      await opened.#settled<void>(AbortSignal.timeout(limitMs), (done) => connection.connect((error) => done(error)))
      return opened
    } catch (error) {
      opened.close()
      throw error
    }
  }

  get broken(): boolean {
    return this.#broken
  }

  query(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]> {
    return this.#settled<readonly Row[]>(signal, (done) =>
      this.#connection.query(text, [...values], (error, rows) => done(error, rows as unknown as readonly Row[])),
    )
  }

  async alone(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]> {
    if (this.#broken) throw new NotDone('the connection was closed before')
    return this.query(text, values, signal).catch((error: Error & {errno?: number}) => {
      throw isDefinite(error.errno) ? new NotDone(`${error.errno} ${error.message}`) : error
    })
  }

  async commit(signal: AbortSignal): Promise<void> {
    await this.alone('COMMIT', [], signal)
  }

  close(): void {
    if (this.#broken) return
    this.#broken = true
    this.#connection.destroy()
    this.#fail?.(new Error('the connection was closed'))
  }

  #settled<T>(signal: AbortSignal, call: (done: (error: Error | null, result?: T) => void) => void): Promise<T> {
    const giveUp = () => this.close()
    return new Promise<T>((resolve, reject) => {
      this.#fail = reject
      signal.addEventListener('abort', giveUp, {once: true})
      if (signal.aborted || this.#broken) {
        this.close()
        reject(new Error('the connection was closed'))
        return
      }
      call((error, result) => (error ? reject(error) : resolve(result as T)))
    }).finally(() => signal.removeEventListener('abort', giveUp))
  }
}
