/**
 * How hosted nodes speak on TCP: one JSON value a line, in both directions.
 *
 * - Peer port: `{"hello": "n1"}` first, then `{"m": message}` for each message; `{"ping": n}` is answered `{"pong": n}` by
 *   the host itself, so that a link can be probed without the protocol knowing.
 * - Client port: `{"id": n, "m": message}` is a request, answered `{"id": n, "m": message}`.
 *
 * A peer connection carries messages one way only, from the node that dialled: a cut of i→j is then exactly that.
 */
import {connect, type OnReadOpts, type Socket} from 'node:net'
import {reread} from '../../net/reread.ts'
import {createSender, type Sender} from '../../net/sender.ts'
import type {Address} from './control.ts'

type OnLine = (line: string) => void

/** Calls `onLine` with each complete line; a partial last line waits for its rest. */
export function readLines(stream: Socket | NodeJS.ReadableStream, onLine: OnLine): void {
  const lines = new Lines(onLine)
  stream.on('data', (chunk: Buffer) => lines.take(chunk, chunk.length))
}

/** A new connection whose lines are read. Dialling and reading begin at once. */
export function dialLines(address: Address, onLine: OnLine): Socket {
  return connect({...address, noDelay: true, onread: readingOf(onLine)})
}

/** A connection that a server accepted, whose lines are read: to be used from here on in place of the one given. */
export function acceptLines(accepted: Socket, onLine: OnLine): Socket {
  accepted.on('error', () => {})
  const socket = reread(accepted, readingOf(onLine))
  if (socket !== undefined) return socket
  readLines(accepted, onLine)
  return accepted
}

/** What is read is turned into text before anything else is read, so all connections of a process read into the same memory. */
const BUFFER = Buffer.allocUnsafeSlow(64 * 1024)

function readingOf(onLine: OnLine): OnReadOpts {
  const lines = new Lines(onLine)
  return {
    buffer: BUFFER,
    callback(bytes) {
      lines.take(BUFFER, bytes)
      return true
    },
  }
}

const BREAK = 0x0a

/** Makes lines out of bytes. */
class Lines {
  readonly #onLine: OnLine
  /** The beginning of a line. */
  #rest: Buffer[] = []

  constructor(onLine: OnLine) {
    this.#onLine = onLine
  }

  /** The first `length` bytes; they may change afterwards. */
  take(bytes: Buffer, length: number): void {
    const whole = bytes[length - 1] === BREAK ? length : bytes.lastIndexOf(BREAK, length - 1) + 1
    let text = ''
    if (whole > 0) {
      text = bytes.toString('utf8', 0, whole - 1)
      if (this.#rest.length > 0) text = this.#endOfRest(bytes.subarray(0, whole - 1))
    }
    if (whole < length) this.#rest.push(Buffer.from(bytes.subarray(whole, length)))
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (end > start) this.#onLine(text.slice(start, end))
      start = end + 1
    }
    if (start < text.length) this.#onLine(start === 0 ? text : text.slice(start))
  }

  #endOfRest(bytes: Buffer): string {
    const all = Buffer.concat([...this.#rest, bytes])
    this.#rest = []
    return all.toString()
  }
}

/** Collects what is written within one turn of the event loop, and sends it at its end, to each connection in one piece. */
export class Outbox {
  readonly #beforeSending: () => void
  #writers: LineWriter[] = []
  #scheduled = false

  /** `beforeSending` is called first, at the end of each turn for which there was a reason; what it throws is thrown by the event loop. */
  constructor(beforeSending: () => void = () => {}) {
    this.#beforeSending = beforeSending
  }

  /** There is something to be done at the end of this turn. */
  readonly schedule = (): void => {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#endTurn)
  }

  add(writer: LineWriter): void {
    this.#writers.push(writer)
    this.schedule()
  }

  readonly #endTurn = (): void => {
    this.#scheduled = false
    this.#beforeSending()
    const writers = this.#writers
    this.#writers = []
    for (const writer of writers) writer.flush()
  }
}

const OUTBOX = new Outbox()

/** Writes lines to a connection; those that are written before it is up wait for it. */
export class LineWriter {
  readonly #socket: Socket
  readonly #outbox: Outbox
  #sender: Sender | undefined
  #pending = ''

  constructor(socket: Socket, outbox = OUTBOX) {
    this.#socket = socket
    this.#outbox = outbox
  }

  /** Bytes accepted but not yet handed to the network. */
  get backlog(): number {
    return (this.#sender?.backlog() ?? 0) + this.#pending.length
  }

  write(line: string): void {
    if (this.#pending === '') this.#outbox.add(this)
    this.#pending += `${line}\n`
  }

  flush(): void {
    const socket = this.#socket
    if (socket.connecting) {
      socket.once('connect', () => this.flush())
      return
    }
    const text = this.#pending
    this.#pending = ''
    if (text === '' || !socket.writable) return
    this.#sender ??= createSender(socket, () => {})
    this.#sender.writeText(text)
  }
}
