/**
 * Hosts a bundled target's client session over TCP: one connection to each node, through that node's client proxy, dialled
 * when first needed. Implements `core/client` for any function the target speaks.
 */
import type {Socket} from 'node:net'
import {type Client, NotDone, type Request} from '../../core/client.ts'
import type {Json, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {Random} from '../../core/random.ts'
import type {Protocol, TargetOptions} from '../../core/target.ts'
import type {Address} from './control.ts'
import {dialLines, LineWriter} from './wire.ts'

export interface SessionClientOptions {
  readonly protocol: Protocol
  readonly target: TargetOptions
  readonly functions: readonly string[]
  readonly home: NodeId
  readonly id: string
  readonly random: Random
  nowMs(): number
  /** Where clients dial this node. */
  address(node: NodeId): Address
}

/** A connection to one node. Requests written before it is up wait for it; once it has ended, the next request dials anew. */
class NodeConnection {
  readonly #socket: Socket
  readonly #writer: LineWriter
  #next = 1
  closed = false

  constructor(address: Address, onMessage: (message: Message) => void) {
    this.#socket = dialLines(address, (line) => onMessage((JSON.parse(line) as {m: Message}).m))
    this.#writer = new LineWriter(this.#socket)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.closed = true
    })
  }

  send(message: Message): void {
    this.#writer.write(`{"id":${this.#next++},"m":${JSON.stringify(message)}}`)
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** One process of the history, as a client of a bundled target. */
export class SessionClient implements Client {
  readonly operations: Readonly<Record<string, (request: Request) => Promise<unknown>>>
  readonly #options: SessionClientOptions
  readonly #connections = new Map<NodeId, NodeConnection>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #session: Session
  #settle: {resolve(value: unknown): void; reject(error: Error): void} | undefined

  constructor(options: SessionClientOptions) {
    this.#options = options
    this.#session = options.protocol.createSession(this.#env(), options.target)
    this.operations = Object.fromEntries(options.functions.map((f) => [f, (request) => this.#call(request)]))
  }

  #call(request: Request): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = {resolve, reject}
      const key = request.key === undefined ? null : String(request.key)
      this.#session.invoke({f: request.f, key, value: (request.value ?? null) as Json})
    })
  }

  close(): Promise<void> {
    this.#settle = undefined
    for (const timer of this.#timers.values()) clearTimeout(timer)
    for (const connection of this.#connections.values()) connection.close()
    return Promise.resolve()
  }

  #send(to: NodeId, message: Message): void {
    let connection = this.#connections.get(to)
    if (connection === undefined || connection.closed) {
      connection = new NodeConnection(this.#options.address(to), (answer) => this.#session.message(to, answer))
      this.#connections.set(to, connection)
    }
    connection.send(message)
  }

  #end(settle: (call: {resolve(value: unknown): void; reject(error: Error): void}) => void): void {
    const call = this.#settle
    this.#settle = undefined
    if (call !== undefined) settle(call)
  }

  #env(): SessionEnv {
    const {id, home, random, target, nowMs} = this.#options
    return {
      id,
      nodes: target.nodes,
      home,
      random,
      now: nowMs,
      send: (to, message) => this.#send(to, message),
      setTimer: (name, delayMs) => {
        clearTimeout(this.#timers.get(name))
        this.#timers.set(
          name,
          setTimeout(() => this.#session.timer(name), delayMs),
        )
      },
      cancelTimer: (name) => clearTimeout(this.#timers.get(name)),
      ok: (value) => this.#end((call) => call.resolve(value)),
      fail: (reason) => this.#end((call) => call.reject(new NotDone(reason))),
      unknown: (reason) => this.#end((call) => call.reject(new Error(reason))),
    }
  }
}
