/**
 * etcd's own JSON gateway as a client: one connection, one request at a time, nothing sent twice. Client libraries retry by
 * default, and report a compare-and-set that they won as lost when the first answer was lost.
 */
import {NotDone} from '../../core/client.ts'
import type {Endpoint} from '../../core/links.ts'
import {askOnce, HttpConnection, NotSent} from '../../net/http.ts'
import {isDefinite} from './errors.ts'

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
export const text = (encoded: string): string => Buffer.from(encoded, 'base64').toString()

/** The key after all keys that begin with this one, for ranges. */
export function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

/** A key and its value as the gateway answers them; 64-bit numbers are strings. */
export interface KeyValue {
  readonly key: string
  readonly value?: string
  readonly create_revision: string
  readonly mod_revision: string
}

export class Gateway {
  readonly #connection: HttpConnection

  private constructor(connection: HttpConnection) {
    this.#connection = connection
  }

  /** Connects and waits for an answer: that a connection was accepted is no proof of life. */
  static async open(address: Endpoint, limitMs: number): Promise<Gateway> {
    const connection = new HttpConnection({...address})
    try {
      await connection.request('GET', '/version', undefined, AbortSignal.timeout(limitMs))
      return new Gateway(connection)
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** A call that changes nothing: whatever the server answers but a result, it did not happen. */
  async look<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
    return this.#call<T>(path, body, signal, () => true)
  }

  /** Throws NotDone where it certainly did not take place. */
  async change<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
    return this.#call<T>(path, body, signal, isDefinite)
  }

  close(): void {
    this.#connection.close()
  }

  async #call<T>(path: string, body: object, signal: AbortSignal, definite: (message: string) => boolean): Promise<T> {
    const {status, text: answer} = await this.#connection
      .request('POST', `/v3/${path}`, JSON.stringify(body), signal)
      .catch((error: unknown) => {
        throw error instanceof NotSent ? new NotDone(error.message) : error
      })
    if (status === 200) return JSON.parse(answer) as T
    const message = messageIn(answer) ?? `status ${status}`
    throw definite(message) ? new NotDone(message) : new Error(message)
  }
}

/** A call past all links, on a connection of its own; undefined where there is no answer in time. */
export async function ask<T>(address: Endpoint, path: string, body: object, limitMs: number): Promise<T | undefined> {
  const answer = await askOnce({...address}, 'POST', `/v3/${path}`, JSON.stringify(body), limitMs)
  return answer?.status === 200 ? (JSON.parse(answer.text) as T) : undefined
}

function messageIn(answer: string): string | undefined {
  try {
    const {error, message} = JSON.parse(answer) as {error?: string; message?: string}
    return error ?? message
  } catch {
    return undefined
  }
}
