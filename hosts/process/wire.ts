/**
 * How hosted nodes speak on TCP: one JSON value a line, in both directions.
 *
 * - Peer port: `{"hello": "n1"}` first, then `{"m": message}` for each message; `{"ping": n}` is answered `{"pong": n}` by
 *   the host itself, so that a link can be probed without the protocol knowing.
 * - Client port: `{"id": n, "m": message}` is a request, answered `{"id": n, "m": message}`.
 *
 * A peer connection carries messages one way only, from the node that dialled: a cut of i→j is then exactly that.
 */
import type {Socket} from 'node:net'

/** Calls `onLine` with each complete line; a partial last line waits for its rest. */
export function readLines(socket: Socket | NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = ''
  ;(socket as Socket).setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    let start = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      const line = rest === '' ? chunk.slice(start, end) : rest + chunk.slice(start, end)
      rest = ''
      start = end + 1
      if (line !== '') onLine(line)
    }
    if (start < chunk.length) rest += chunk.slice(start)
  })
}

/** Collects what is written within one turn of the event loop and sends it in one piece. */
export class LineWriter {
  readonly #socket: Socket
  #pending = ''
  #scheduled = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Bytes accepted but not yet handed to the network. */
  get backlog(): number {
    return this.#socket.writableLength + this.#pending.length
  }

  write(line: string): void {
    this.#pending += `${line}\n`
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.flush())
  }

  flush(): void {
    this.#scheduled = false
    const text = this.#pending
    this.#pending = ''
    if (text !== '' && this.#socket.writable) this.#socket.write(text)
  }
}
