/** One connection to one broker: requests are numbered, and nothing is sent a second time. */

import {connect, type Socket} from 'node:net'
import {afterWall} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import {takeFrames} from '../../net/frames.ts'
import {Reader, Writer} from './wire.ts'

const CLIENT_ID = 'chaos'

interface Waiting {
  resolve(reader: Reader): void
  reject(error: Error): void
}

export class Connection {
  readonly #socket: Socket
  #waiting = new Map<number, Waiting>()
  #number = 0
  #broken = false

  private constructor(socket: Socket) {
    this.#socket = socket
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = takeFrames(Buffer.concat([rest, chunk]), (body) => this.#replied(new Reader(body)))
    })
    let why = new Error('the connection closed before an answer came')
    socket.on('error', (error) => (why = error))
    socket.on('close', () => this.#end(why))
  }

  /** Rejects where nobody accepts it within the limit: nothing was asked then. */
  static open({host, port}: Endpoint, limitMs: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({host, port, noDelay: true})
      const cancel = afterWall(limitMs, () => socket.destroy(new Error(`no connection within ${limitMs} ms`)))
      socket.once('connect', () => {
        cancel()
        resolve(new Connection(socket))
      })
      socket.on('error', (error) => {
        cancel()
        reject(error)
      })
    })
  }

  get broken(): boolean {
    return this.#broken
  }

  /** The answer to a request, after its number. Rejects where the connection ends before it came. */
  call(api: number, version: number, body: Buffer): Promise<Reader> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(new Error('the connection is closed'))
      const number = ++this.#number
      this.#waiting.set(number, {resolve, reject})
      const request = new Writer().short(api).short(version).int(number).text(CLIENT_ID).bytes(body).done()
      this.#socket.write(new Writer().buffer(request).done())
    })
  }

  close(): void {
    this.#end(new Error('the connection was closed'))
    this.#socket.destroy()
  }

  #replied(reader: Reader): void {
    const number = reader.int()
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    waiting?.resolve(reader)
  }

  #end(why: Error): void {
    this.#broken = true
    for (const {reject} of this.#waiting.values()) reject(why)
    this.#waiting = new Map()
  }
}
