/**
 * One end of a proxied connection: a TCP socket that hands on raw chunks, says when it is full, and closes in the two
 * ways a proxy needs: after what was written has left, or at once.
 */
import type {Socket} from 'node:net'

/** What a wire reports. Set before `open`. */
export interface WireEvents {
  onData(data: Buffer): void
  /** The other side has closed, politely or not. Once. */
  onEnd(): void
  /** Room for more after `full()`. */
  onDrain(): void
  /** The socket is gone, whoever closed it. Once. */
  onClosed(): void
}

export class Wire {
  readonly #socket: Socket
  readonly #resets: boolean
  #events: WireEvents | undefined
  #ended = false
  #closing = false

  /** `resets`: close by RST instead of FIN. */
  constructor(socket: Socket, resets: boolean) {
    this.#socket = socket
    this.#resets = resets
  }

  /** Starts reading. */
  open(events: WireEvents): void {
    this.#events = events
    const socket = this.#socket
    socket.on('data', (data) => events.onData(data))
    socket.on('end', () => this.#end())
    socket.on('drain', () => {
      if (this.#closing && socket.writableLength === 0) this.destroy()
      else events.onDrain()
    })
    // An error is followed by 'close', and means no more here than the other side's going away.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#end()
      events.onClosed()
    })
    if (socket.destroyed) {
      this.#end()
      events.onClosed()
    } else socket.resume()
  }

  write(data: Buffer): void {
    if (this.#closing || this.#socket.destroyed) return
    this.#socket.write(data)
  }

  full(): boolean {
    return this.#socket.writableNeedDrain
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Closes once everything written has left. Bytes that still arrive are not answered: there is no half-close. */
  closeAfterFlush(): void {
    if (this.#closing) return
    this.#closing = true
    if (this.#socket.writableLength === 0) this.destroy()
    else this.#socket.write('', () => this.destroy())
  }

  destroy(): void {
    this.#closing = true
    if (this.#socket.destroyed) return
    if (this.#resets) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#events?.onEnd()
  }
}
