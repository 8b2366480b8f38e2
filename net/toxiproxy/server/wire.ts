/**
 * One end of a proxied connection: a TCP socket that hands on raw chunks, says when it is full, and closes in the
 * ways a proxy needs: after what was written has left or at once, in one direction or both, politely or by a reset.
 *
 * This is the path every byte takes, so it avoids the machinery of Node's readable streams: bytes are read into a buffer
 * of the wire's own (`onread`), which is read into again as soon as the receiver has passed them on. Only when the
 * receiver cannot does the buffer change hands, and come back through a pool. Against 'data' events this halves the CPU
 * time of a bulk transfer (bench/proxy.ts).
 */
import {connect, type OnReadOpts, type Socket} from 'node:net'
import {reread} from '../../reread.ts'
import {createSender, type Sender} from '../../sender.ts'
import type {Address} from './address.ts'
import {type End, wasReset} from './end.ts'

const BUFFER_BYTES = 64 * 1024
const POOLED_BUFFERS = 64

/** Buffers nobody uses; a dropped one is left to the garbage collector. */
const pool: Buffer[] = []

/** What a wire reports, once it is open. */
export interface WireEvents {
  /** The bytes are the wire's own and are overwritten after the call, unless `lend` is called in it. */
  onData(data: Buffer): void
  /**
   * Nothing more comes: the other side said so (`fin`), broke off (`reset`), or the wire was closed. Once, but for a `reset`
   * that follows a `fin`.
   */
  onEnd(how: End): void
  /** Room for more after `full()`. */
  onDrain(): void
  /** The socket is gone, whoever closed it. Once. */
  onClosed(): void
}

export class Wire {
  #socket: Socket
  #sender: Sender | undefined
  #events: WireEvents | undefined
  #buffer = pool.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #view: Buffer | undefined
  /** Lent by other wires until their bytes have left through this one. */
  #borrowed: Buffer[] = []
  #resets = false
  #paused = false
  #ended: End | undefined
  /** How it is being closed, once it is. */
  #closing: End | undefined

  /** A socket that a server accepted. Nothing is read before `open`. */
  static accepted(socket: Socket): Wire {
    const wire = new Wire(socket)
    socket.on('error', () => {})
    const own = reread(socket, wire.#onread(), {allowHalfOpen: true, pauseOnCreate: true})
    if (own === undefined) {
      socket.on('data', (data) => {
        if (!wire.#read(data)) socket.pause()
      })
      return wire
    }
    own.on('error', () => {})
    wire.#socket = own
    return wire
  }

  /** A new connection; one of the two is called later. */
  static dial(address: Address, onConnect: (wire: Wire) => void, onFail: () => void): Wire {
    const wire = new Wire(undefined as never)
    const {host, port} = address
    const socket = connect({
      host: host || '127.0.0.1',
      port,
      noDelay: true,
      allowHalfOpen: true,
      onread: wire.#onread(),
    })
    wire.#socket = socket
    const fail = () => onFail()
    socket.on('error', () => {})
    socket.once('close', fail)
    socket.once('connect', () => {
      socket.off('close', fail)
      onConnect(wire)
    })
    return wire
  }

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Starts reading. `resets`: this wire closes by RST instead of FIN. */
  open(events: WireEvents, resets: boolean): void {
    this.#events = events
    this.#resets = resets
    const socket = this.#socket
    this.#sender = createSender(socket, () => {
      this.#giveBack()
      if (this.#closing !== undefined) this.#finish()
      else events.onDrain()
    })
    socket.on('end', () => this.#end(this.#closing === undefined && wasReset(socket) ? 'reset' : 'fin'))
    // An error is followed by 'close', and means no more here than that the connection broke.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#end(this.#howClosed())
      events.onClosed()
    })
    socket.resume()
  }

  /** Sends bytes. False: some are still in the given memory, which must not change until they are gone. */
  write(data: Buffer): boolean {
    if (this.#closing !== undefined || this.#sender === undefined || this.#socket.destroyed) return true
    return this.#sender.write(data)
  }

  /** Whether bytes are waiting to leave. */
  full(): boolean {
    return this.#sender?.busy() ?? false
  }

  /** Gives away the memory of the chunk that is being reported, and reads on into other memory. */
  lend(): Buffer {
    const lent = this.#buffer
    this.#view = undefined
    this.#buffer = pool.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
    return lent
  }

  /** Keeps memory until all that was written has left. */
  borrow(buffer: Buffer): void {
    this.#borrowed.push(buffer)
  }

  /** Stops reading; only while a chunk is being reported. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (!this.#socket.destroyed) this.#socket.resume()
  }

  /** Ends once everything written has left. After `fin` bytes still arrive, and the wire closes when the other side ends. */
  end(how: End): void {
    if (this.#closing !== undefined && (this.#closing !== 'fin' || how === 'fin')) return
    this.#closing = how
    if (!this.full()) this.#finish()
  }

  /** Closes at once. */
  destroy(how: 'reset' | 'close'): void {
    this.#closing = how
    this.#finish()
  }

  #onread(): OnReadOpts {
    return {
      buffer: () => this.#buffer,
      callback: (bytes) => this.#read(this.#viewOf(bytes)),
    }
  }

  /** The first bytes of the buffer. Messages of a protocol are often of one size: then the view is made once. */
  #viewOf(bytes: number): Buffer {
    if (this.#view?.length !== bytes) this.#view = this.#buffer.subarray(0, bytes)
    return this.#view
  }

  /** False: read no more. */
  #read(data: Buffer): boolean {
    this.#events?.onData(data)
    return !this.#paused
  }

  #finish(): void {
    if (this.#socket.destroyed) return
    if (this.#closing === 'fin') this.#socket.end()
    else if (this.#closing === 'reset' || this.#resets) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  #giveBack(): void {
    for (const buffer of this.#borrowed) if (pool.length < POOLED_BUFFERS) pool.push(buffer)
    this.#borrowed = []
  }

  /** What it means that the socket is gone. Unless it was closed from here, or both sides said `fin`, it broke. */
  #howClosed(): End {
    if (this.#closing === 'fin' && this.#ended === 'fin' && this.#socket.writableFinished) return 'fin'
    return this.#closing === undefined || this.#closing === 'fin' ? 'reset' : this.#closing
  }

  #end(how: End): void {
    if (this.#ended !== undefined && (this.#ended !== 'fin' || how !== 'reset')) return
    this.#ended = how
    this.#events?.onEnd(how)
  }
}
