/**
 * One connection that carries one HTTP request at a time, for clients of services that speak HTTP. Nothing is ever sent
 * twice: a request that may have been sent and was not answered is the caller's to judge.
 */
import {Agent, request as httpRequest} from 'node:http'
import type {HostPort} from './ports.ts'

/** No connection could be made: nothing has been sent. */
export class NotSent extends Error {
  override name = 'NotSent'
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

export class HttpConnection {
  readonly #address: HostPort
  readonly #agent = new Agent({keepAlive: true, maxSockets: 1, noDelay: true})

  constructor(address: HostPort) {
    this.#address = address
  }

  /** Throws NotSent, or whatever else cut it short; the connection may then be in any state and should be closed. */
  request(method: string, path: string, body: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      let sent = false
      const headers =
        body === undefined ? {} : {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}
      const asked = httpRequest({...this.#address, agent: this.#agent, method, path, headers, signal})
      const failed = (error: Error) => reject(sent ? error : new NotSent(error.message, {cause: error}))
      asked.on('socket', (socket) => {
        if (!socket.connecting) sent = true
        else socket.once('connect', () => (sent = true))
      })
      asked.on('error', failed)
      asked.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', failed)
        response.on('end', () => resolve({status: response.statusCode as number, text}))
        response.on('close', () => {
          if (!response.complete) failed(new Error('the connection was cut in the middle of an answer'))
        })
      })
      asked.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** One request on a connection of its own; undefined where there is no answer within the limit. */
export async function askOnce(
  address: HostPort,
  method: string,
  path: string,
  body: string | undefined,
  limitMs: number,
) {
  const connection = new HttpConnection(address)
  try {
    return await connection.request(method, path, body, AbortSignal.timeout(limitMs))
  } catch {
    return undefined
  } finally {
    connection.close()
  }
}
