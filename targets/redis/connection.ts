/**
 * One connection of ioredis that never does anything by itself: left alone it sends a rejected command again after it has
 * reconnected, so that an increment takes effect twice, or after its rejection. No reconnecting, no queue, no resending; what
 * is in doubt stays in doubt, and the connection is thrown away.
 */
import type {Redis} from 'ioredis'
import {NotDone} from '../../core/client.ts'
import type {Endpoint} from '../../core/links.ts'
import {isDefinite} from './errors.ts'

export class Connection {
  readonly #redis: Redis
  /** Resolves once it is of no use any more. */
  #broken = false

  private constructor(redis: Redis) {
    this.#redis = redis
    redis.on('error', () => {})
    redis.on('close', () => (this.#broken = true))
  }

  /** Rejects where the server does not answer within the limit: nothing was asked of it then. */
  static async open({host, port}: Endpoint, limitMs: number): Promise<Connection> {
    const {Redis} = await import('ioredis')
    const redis = new Redis({
      host,
      port,
      lazyConnect: true,
      connectTimeout: limitMs,
      retryStrategy: () => null,
      reconnectOnError: null,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
    })
    const connection = new Connection(redis)
    // Whatever becomes of commands that it gives up: it settles when the connection closes, and at the latest with us.
    const late = setTimeoutOf(limitMs, () => redis.disconnect())
    try {
      await redis.connect()
      // That a connection was accepted is no proof of life; and `WAIT` must not be the first command on it.
      await connection.#settled(redis.ping())
      return connection
    } catch (error) {
      redis.disconnect()
      throw error
    } finally {
      late.abort()
    }
  }

  get broken(): boolean {
    return this.#broken
  }

  /** Throws NotDone where it certainly was not executed. */
  async call(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    if (this.#broken) throw new NotDone('the connection was closed before')
    try {
      return await this.#settled(this.#redis.call(command, ...args))
    } catch (error) {
      throw isDefinite(error) ? new NotDone((error as Error).message) : error
    }
  }

  close(): void {
    this.#broken = true
    this.#redis.disconnect()
  }

  /** As the promise, or rejected once the connection closes: ioredis leaves commands without resending pending for ever. */
  #settled<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const closed = () => reject(new Error('the connection closed before an answer came'))
      this.#redis.once('close', closed)
      promise.then(resolve, reject).finally(() => this.#redis.off('close', closed))
    })
  }
}

/** Calls `late` after so long, unless it is aborted. */
function setTimeoutOf(limitMs: number, late: () => void): AbortController {
  const cancel = new AbortController()
  const timeout = AbortSignal.timeout(limitMs)
  timeout.addEventListener('abort', () => late(), {once: true, signal: cancel.signal})
  return cancel
}
