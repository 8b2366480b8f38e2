/**
 * The links between hosted nodes. Each node dials every peer (through that link's proxy) and keeps the connection; what
 * cannot be sent now is dropped, as a network would: protocols resend.
 */
import {createServer, type Server, type Socket} from 'node:net'
import type {Message, NodeId} from '../../core/node.ts'
import type {Address} from './control.ts'
import {acceptLines, dialLines, LineWriter, type Outbox} from './wire.ts'

/** Longest wait before dialling again, ms; the first wait is a tenth of it. */
const REDIAL_MS = 200
/** A connection on which this much is waiting takes no more: its peer is stuck. */
const BACKLOG_BYTES = 8 << 20

/** Outgoing half: one connection to one peer, dialled again whenever it ends. */
class PeerLink {
  readonly #hello: string
  readonly #address: Address
  readonly #outbox: Outbox
  #writer: LineWriter | undefined
  #redialMs = REDIAL_MS / 10

  constructor(self: NodeId, address: Address, outbox: Outbox) {
    this.#hello = JSON.stringify({hello: self})
    this.#address = address
    this.#outbox = outbox
    this.#dial()
  }

  send(line: string): void {
    if (this.#writer !== undefined && this.#writer.backlog < BACKLOG_BYTES) this.#writer.write(line)
  }

  #dial(): void {
    // Nothing but pongs ever comes back on this connection; reading lets the end of it be noticed.
    const socket = dialLines(this.#address, () => {})
    socket.on('connect', () => {
      this.#redialMs = REDIAL_MS / 10
      this.#writer = new LineWriter(socket, this.#outbox)
      this.#writer.write(this.#hello)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#writer = undefined
      setTimeout(() => this.#dial(), this.#redialMs)
      this.#redialMs = Math.min(REDIAL_MS, this.#redialMs * 2)
    })
  }
}

/** All links of one node. */
export class Peers {
  readonly #links = new Map<NodeId, PeerLink>()
  readonly #self: NodeId
  readonly #outbox: Outbox
  /** What was sent last, and its line: the same is often sent to several peers, one after the other. */
  #sent: Message | undefined
  #line = ''

  constructor(self: NodeId, outbox: Outbox) {
    this.#self = self
    this.#outbox = outbox
  }

  dial(addresses: Readonly<Record<NodeId, Address>>): void {
    for (const [peer, address] of Object.entries(addresses)) {
      this.#links.set(peer, new PeerLink(this.#self, address, this.#outbox))
    }
  }

  send(to: NodeId, message: Message): void {
    if (message !== this.#sent) {
      this.#sent = message
      this.#line = `{"m":${JSON.stringify(message)}}`
    }
    this.#links.get(to)?.send(this.#line)
  }
}

/** Incoming half: hands each message to `deliver` with the name its sender gave. */
export function peerServer(deliver: (from: NodeId, message: Message) => void, outbox: Outbox): Server {
  return createServer({noDelay: true}, (accepted: Socket) => {
    let from: NodeId | undefined
    const socket = acceptLines(accepted, (line) => {
      const value = JSON.parse(line) as {hello?: NodeId; ping?: number; m?: Message}
      if (value.m !== undefined && from !== undefined) deliver(from, value.m)
      else if (value.hello !== undefined) from = value.hello
      else if (value.ping !== undefined) writer.write(JSON.stringify({pong: value.ping}))
    })
    const writer = new LineWriter(socket, outbox)
    socket.on('error', () => {})
  })
}
