/** One session with one server over one connection; once that is lost the session is given up, and nothing is sent again. */
import {connect, type Socket} from 'node:net'
import type {Endpoint} from '../../core/links.ts'
import {takeFrames} from '../../net/frames.ts'
import {ZooKeeperError} from './errors.ts'
import {EVENT_XID, OP, PING_XID, Reader, Writer} from './wire.ts'

/** How long the server keeps a session that it hears nothing of, ms; the most that its tick allows. */
const SESSION_MS = 10_000

export interface SessionOptions {
  /** The last transaction that was seen: the server must have seen it too. */
  readonly lastZxid: bigint
  /** How long opening it may take, ms. */
  readonly limitMs: number
  /** How long it is to live without a word from us, ms; the server makes it at least two of its ticks. */
  readonly aliveMs?: number
  /** Told of the path when something that is watched has changed. */
  readonly onWatched?: (path: string) => void
}

interface Waiting {
  resolve(reader: Reader): void
  reject(error: Error): void
}

export class Session {
  readonly #socket: Socket
  #waiting = new Map<number, Waiting>()
  #xid = 0
  #broken = false
  readonly #onWatched: ((path: string) => void) | undefined
  /** The last transaction that was seen: no later session of this client may see less. */
  lastZxid: bigint

  private constructor(socket: Socket, {lastZxid, onWatched}: SessionOptions) {
    this.#socket = socket
    this.lastZxid = lastZxid
    this.#onWatched = onWatched
  }

  /** Rejects where the server does not open a session within the limit: no request was made then. */
  static open({host, port}: Endpoint, options: SessionOptions): Promise<Session> {
    const {lastZxid, limitMs, aliveMs = SESSION_MS} = options
    return new Promise((resolve, reject) => {
      const socket = connect({host, port, noDelay: true})
      const session = new Session(socket, options)
      const late = AbortSignal.timeout(limitMs)
      const tooLate = () => socket.destroy(new Error(`no session within ${limitMs} ms`))
      late.addEventListener('abort', tooLate, {once: true})
      let opened = false
      let rest: Buffer = Buffer.alloc(0)
      socket.on('connect', () => {
        const request = new Writer().int(0).long(lastZxid).int(aliveMs).long(0n).buffer(Buffer.alloc(16)).bool(false)
        socket.write(request.framed())
      })
      socket.on('data', (chunk) => {
        rest = takeFrames(Buffer.concat([rest, chunk]), (body) => {
          if (opened) return session.#replied(new Reader(body))
          opened = true
          late.removeEventListener('abort', tooLate)
          const answer = new Reader(body)
          answer.int()
          // A session that the server does not want has no time to live.
          if (answer.int() <= 0) socket.destroy(new Error('the server refused the session'))
          else resolve(session)
        })
      })
      let why = new Error('the connection closed before an answer came')
      socket.on('error', (error) => (why = error))
      socket.on('close', () => {
        session.#end(why)
        reject(why)
      })
    })
  }

  get broken(): boolean {
    return this.#broken
  }

  /** Rejects with ZooKeeperError for a reply with an error, with anything else where there was none. */
  call(type: number, write: (writer: Writer) => void): Promise<Reader> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(new Error('the session is over'))
      const xid = ++this.#xid
      this.#waiting.set(xid, {resolve, reject})
      const writer = new Writer().int(xid).int(type)
      write(writer)
      this.#socket.write(writer.framed())
    })
  }

  /** Keeps the session from expiring while nothing is asked. */
  ping(): void {
    if (!this.#broken) this.#socket.write(new Writer().int(PING_XID).int(OP.ping).framed())
  }

  /** Says good-bye and goes, whether or not anybody listens. */
  close(): void {
    if (this.#broken) return
    this.#socket.end(new Writer().int(0).int(OP.close).framed())
    this.#socket.destroySoon()
    this.#end(new Error('the session was closed'))
  }

  #replied(reader: Reader): void {
    const xid = reader.int()
    const zxid = reader.long()
    const code = reader.int()
    if (xid === EVENT_XID) {
      // What happened and in which state of the session does not matter: whoever watches looks again.
      reader.int()
      reader.int()
      this.#onWatched?.(reader.text())
      return
    }
    if (zxid > this.lastZxid) this.lastZxid = zxid
    const waiting = this.#waiting.get(xid)
    if (waiting === undefined) return
    this.#waiting.delete(xid)
    if (code === 0) waiting.resolve(reader)
    else waiting.reject(new ZooKeeperError(code))
  }

  #end(why: Error): void {
    this.#broken = true
    for (const {reject} of this.#waiting.values()) reject(why)
    this.#waiting = new Map()
  }
}
