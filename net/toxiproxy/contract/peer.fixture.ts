/** What the contract's tests stand on both sides of a proxy: ends of connections that remember what happened to them. */
import {once} from 'node:events'
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'
import {sleep, wallClock} from '../../../core/clock.ts'
import {createRandom} from '../../../core/random.ts'
import {wasReset} from '../server/end.ts'

export const clock = wallClock()
export const nowMs = () => clock.nowNs() / 1e6

/** One end of a connection, with what happened to it. */
export class Peer {
  readonly socket: Socket
  received = Buffer.alloc(0)
  /** How the other side closed: `fin` or the error's code; undefined while it is open. */
  closed: string | undefined
  /** When the last bytes came, and when it was closed, on the test's clock. */
  lastByteMs = 0
  closedMs = 0
  readonly chunks: number[] = []

  constructor(socket: Socket) {
    this.socket = socket
    const close = (how: string) => {
      if (this.closed !== undefined) return
      this.closed = how
      this.closedMs = nowMs()
    }
    socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data])
      this.chunks.push(data.length)
      this.lastByteMs = nowMs()
    })
    socket.on('end', () => close(!socket.writableEnded && wasReset(socket) ? 'ECONNRESET' : 'fin'))
    socket.on('error', (error: NodeJS.ErrnoException) => close(error.code ?? error.message))
  }

  send(data: string | Buffer): void {
    this.socket.write(data)
  }

  /** Resolves when `bytes` have come in all. */
  async bytes(bytes: number): Promise<void> {
    await until(
      () => this.received.length >= bytes,
      () => `${this.received.length} of ${bytes} bytes (${this.closed})`,
    )
  }

  async end(): Promise<string> {
    await until(
      () => this.closed !== undefined,
      () => 'the connection is still open',
    )
    return this.closed as string
  }

  /** Sends one byte and measures until one comes back, ms. */
  async roundTripMs(): Promise<number> {
    const before = this.received.length
    const startMs = nowMs()
    this.send('x')
    await this.bytes(before + 1)
    return this.lastByteMs - startMs
  }
}

export async function until(condition: () => boolean, what: () => string, limitMs = 15_000): Promise<void> {
  const startMs = nowMs()
  while (!condition()) {
    if (nowMs() - startMs > limitMs) throw new Error(`after ${limitMs} ms: ${what()}`)
    await sleep(clock, 1)
  }
}

/** A server that greets each connection with `handler`, and remembers them. */
export class Upstream {
  readonly peers: Peer[] = []
  readonly address: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(handler: (socket: Socket) => void): Promise<Upstream> {
    const server = createServer({noDelay: true, allowHalfOpen: true})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const upstream = new Upstream(server)
    server.on('connection', (socket) => {
      upstream.peers.push(new Peer(socket))
      handler(socket)
    })
    return upstream
  }

  close(): void {
    for (const {socket} of this.peers) socket.destroy()
    this.#server.close()
  }
}

export const echo = (socket: Socket) => socket.on('data', (data) => socket.write(data))
export const silent = () => {}

/** Bytes that are the same in every test, and nowhere repeat. */
export const pattern = (bytes: number) => {
  const random = createRandom('pattern')
  const data = Buffer.alloc(bytes)
  for (let i = 0; i + 4 <= bytes; i += 4) data.writeUInt32LE(random.uint32(), i)
  return data
}
