/**
 * One simulated client connection: hosts the session (`core/node.ts`) of one process. Calls go in and outcomes come out
 * by callback, which is fast; `asClient` is the same as the promises of `core/client.ts`.
 *
 * A call that takes longer than the deadline, or that the session gives up on, is *info*; the session is then discarded,
 * as a real client would drop its connection, and the client is of no further use.
 */
import {type Client, NotDone, type Outcome} from '../core/client.ts'
import type {Call, Json, Message, NodeId, Session, SessionEnv} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {Alarm} from './event-queue.ts'
import {Stream} from './link.ts'
import type {Asker} from './machine.ts'
import type {Receiver} from './network.ts'
import {Timers} from './timers.ts'
import type {World} from './world.ts'

/** What a client needs of the cluster around it. */
export interface ClientSurroundings {
  readonly world: World
  readonly nodes: readonly NodeId[]
  readonly timeoutMs: number
  /** Sends a request to a node, which is told who asks, behind the others of this stream. */
  request(to: NodeId, message: Message, asker: Asker, stream: Stream): void
  /** How often connections of clients to this node have ended so far, all at once. */
  ended(node: NodeId): number
  /** Sends a node's reply back, behind the others of this stream. */
  reply(from: NodeId, message: Message, client: Receiver<undefined>, stream: Stream): void
}

/**
 * One connection to one node, made when first needed. An answer comes over the connection of its question or not at all:
 * one that a fault has ended takes with it what was still to come. Requests and answers keep their order.
 */
class Connection implements Asker {
  readonly #around: ClientSurroundings
  readonly #client: SimClient
  readonly #requests = new Stream()
  readonly #answers = new Stream()
  /** How often connections to this node had ended when this one was made. */
  readonly #ended: number

  constructor(around: ClientSurroundings, client: SimClient, node: NodeId) {
    this.#around = around
    this.#client = client
    this.#ended = around.ended(node)
  }

  isOpen(node: NodeId): boolean {
    return this.#around.ended(node) === this.#ended
  }

  request(to: NodeId, message: Message): void {
    this.#around.request(to, message, this, this.#requests)
  }

  /** The node has answered a request: the answer sets out. */
  answered(by: NodeId, reply: Message): void {
    if (this.isOpen(by)) this.#around.reply(by, reply, this.#client, this.#answers)
  }
}

export class SimClient implements Receiver<undefined> {
  readonly #around: ClientSurroundings
  readonly #session: Session
  readonly #timers: Timers
  readonly #connections = new Map<NodeId, Connection>()
  #done: ((outcome: Outcome) => void) | undefined
  readonly #deadline: Alarm
  #closed = false

  constructor(
    id: string,
    home: NodeId,
    around: ClientSurroundings,
    create: (env: SessionEnv) => Session,
    random: Random,
  ) {
    this.#around = around
    this.#timers = new Timers(around.world, (timer, setting) => {
      if (this.#timers.claim(timer, setting)) this.#session.timer(timer.name)
    })
    this.#deadline = new Alarm(() => this.#settle({type: 'info', error: 'timeout'}))
    this.#session = create({
      id,
      nodes: around.nodes,
      home,
      random,
      now: () => around.world.nowNs() / 1e6,
      send: (to, message) => this.#connection(to).request(to, message),
      setTimer: (name, delayMs) => this.#timers.set(name, delayMs),
      cancelTimer: (name) => this.#timers.cancel(name),
      ok: (value) => this.#settle({type: 'ok', value}),
      fail: (reason) => this.#settle({type: 'fail', error: reason}),
      unknown: (reason) => this.#settle({type: 'info', error: reason}),
    })
  }

  /** One call at a time. `done` is told once; at once, before this returns, where the session settles without asking. */
  invoke(call: Call, done: (outcome: Outcome) => void): void {
    if (this.#done !== undefined) throw new Error('a simulated client has one call at a time')
    if (this.#closed) {
      done({type: 'fail', error: 'client is closed'})
      return
    }
    this.#done = done
    const {world, timeoutMs} = this.#around
    world.set(this.#deadline, world.nowNs() + Math.round(timeoutMs * 1e6))
    this.#session.invoke(call)
  }

  /** Drops the connection. An open call ends as *info*. */
  close(): void {
    if (this.#closed) return
    if (this.#done !== undefined) this.#settle({type: 'info', error: 'client was closed'})
    this.#closed = true
    this.#timers.clear()
  }

  /** An answer has arrived. */
  deliver(from: NodeId, reply: Message): void {
    if (!this.#closed) this.#session.message(from, reply)
  }

  /** The same connection with promises, for each of these functions. */
  asClient(functions: readonly string[]): Client {
    const run = (f: string, key: string | null, value: Json): Promise<unknown> =>
      new Promise((resolve, reject) =>
        this.invoke({f, key, value}, (outcome) => {
          this.#around.world.stirred = true
          if (outcome.type === 'ok') resolve(outcome.value)
          else reject(outcome.type === 'fail' ? new NotDone(outcome.error) : new Error(outcome.error))
        }),
      )
    return {
      operations: Object.fromEntries(
        functions.map((f) => [
          f,
          ({key, value}) => run(f, key === undefined ? null : String(key), (value ?? null) as Json),
        ]),
      ),
      close: async () => this.close(),
    }
  }

  #connection(to: NodeId): Connection {
    let connection = this.#connections.get(to)
    if (connection === undefined || !connection.isOpen(to)) {
      connection = new Connection(this.#around, this, to)
      this.#connections.set(to, connection)
    }
    return connection
  }

  #settle(outcome: Outcome): void {
    const done = this.#done
    if (done === undefined) return
    this.#done = undefined
    this.#deadline.cancel()
    if (outcome.type === 'info') this.close()
    done(outcome)
  }
}
