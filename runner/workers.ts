/**
 * Turns invocations into calls on real clients, and whatever becomes of them into outcomes. One worker a client thread: it
 * is pinned to a node and holds one connection, which it replaces whenever its process is retired.
 *
 * Returning is *ok*, `NotDone` is *fail*, everything else is *info*, a passed deadline included. A connection that cannot
 * even be opened is *fail*: nothing was asked of anybody.
 */
import {type Client, NotDone, type Outcome, type Request} from '../core/client.ts'
import type {Cancel, Clock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {messageOf} from '../core/error.ts'
import type {Invocation} from '../core/generator.ts'
import type {NodeId} from '../core/node.ts'
import type {Key} from '../core/op.ts'
import {unrecordable} from './recordable.ts'

interface Worker {
  readonly process: number
  readonly client: Client
  /** What it does now, or did last. */
  call: Call | undefined
}

type Done = (outcome: Outcome) => void

/** What any history can hold, by its type. */
const PLAIN: ReadonlySet<string> = new Set(['undefined', 'boolean', 'number', 'bigint', 'string'])

export class Workers {
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #timeoutMs: number
  /** The present worker of each thread. */
  readonly #workers = new Map<number, Worker>()
  /** One timer for all calls: nearly every one ends long before its deadline. */
  #watching = false
  readonly #closing = new Set<Promise<void>>()
  #cancelWatch: Cancel = () => {}
  #closed = false
  /** Why nothing is asked of anybody any more. */
  #interrupted: string | undefined

  constructor(cluster: Cluster, clock: Clock, timeoutMs: number) {
    this.#cluster = cluster
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Calls `done` exactly once, never synchronously. */
  invoke(thread: number, process: number, node: NodeId, invocation: Invocation, done: Done): void {
    const worker = this.#workers.get(thread)
    if (worker?.process === process) {
      this.#call(worker, invocation, done)
      return
    }
    if (worker !== undefined) this.#discard(worker.client)
    this.#workers.delete(thread)
    this.#cluster.openClient(node, process).then(
      (client) => {
        const opened: Worker = {process, client, call: undefined}
        if (this.#closed) this.#discard(client)
        else this.#workers.set(thread, opened)
        this.#call(opened, invocation, done)
      },
      (error: unknown) => done({type: 'fail', error: `cannot connect to ${node}: ${messageOf(error)}`}),
    )
  }

  /** Ends every call under way as *info*, at once. What waits for its connection is not asked any more. */
  interrupt(why: string): void {
    this.#interrupted = why
    for (const {call} of this.#workers.values()) call?.end({type: 'info', error: why})
  }

  /** Closes every connection. Calls still under way settle as they may; nobody listens any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelWatch()
    for (const {client} of this.#workers.values()) this.#discard(client)
    this.#workers.clear()
    await Promise.allSettled(this.#closing)
  }

  #discard(client: Client): void {
    // A careless plug-in throws, or answers at once.
    const closing = Promise.resolve()
      .then(() => client.close())
      .catch(() => {})
    this.#closing.add(closing)
    void closing.finally(() => this.#closing.delete(closing))
  }

  #call(worker: Worker, invocation: Invocation, done: Done): void {
    const {f} = invocation
    const why = this.#interrupted
    if (why !== undefined) {
      queueMicrotask(() => done({type: 'fail', error: why}))
      return
    }
    const operation = worker.client.operations[f]
    if (operation === undefined) {
      queueMicrotask(() => done({type: 'fail', error: `the target does not speak ${f}`}))
      return
    }
    const call = new Call(invocation, done, this.#clock.nowNs() + this.#timeoutMs * 1e6)
    worker.call = call
    if (!this.#watching) this.#watch(this.#timeoutMs)
    call.start(operation)
  }

  #watch(delayMs: number): void {
    this.#watching = true
    this.#cancelWatch()
    this.#cancelWatch = this.#clock.after(delayMs, () => {
      this.#watching = false
      const nowNs = this.#clock.nowNs()
      let nextNs = Number.POSITIVE_INFINITY
      for (const {call} of [...this.#workers.values()]) {
        if (call === undefined || call.ended) continue
        if (call.dueNs <= nowNs) call.expire()
        else nextNs = Math.min(nextNs, call.dueNs)
      }
      // What has expired may have led to another call, which is watched for already, with a later deadline. Timers count whole milliseconds.
      if (nextNs < Number.POSITIVE_INFINITY) this.#watch(Math.ceil((nextNs - nowNs) / 1e6))
    })
  }
}

/** One operation under way, as its client's method sees it. */
class Call implements Request {
  readonly f: string
  readonly key: Key | undefined
  readonly value: unknown
  /** When it is late. */
  readonly dueNs: number
  ended = false
  readonly #done: Done
  /** Made only if the method asks for it: most operations end long before their deadline. */
  #deadline: AbortController | undefined
  #late = false

  constructor({f, key, value}: Invocation, done: Done, dueNs: number) {
    this.f = f
    this.key = key
    this.value = value
    this.#done = done
    this.dueNs = dueNs
  }

  get signal(): AbortSignal {
    if (this.#deadline === undefined) {
      this.#deadline = new AbortController()
      if (this.#late) this.#deadline.abort(new Error('timeout'))
    }
    return this.#deadline.signal
  }

  start(operation: (request: Request) => Promise<unknown>): void {
    let answer: Promise<unknown>
    try {
      answer = operation(this)
    } catch (error) {
      // A method that throws before it returns a promise is treated as one that rejects.
      answer = Promise.reject(error)
    }
    // A careless plug-in may return something else.
    Promise.resolve(answer).then(
      (result) => this.#returned(result),
      (error) => this.#threw(error),
    )
  }

  /** Its time is over. */
  expire(): void {
    this.#late = true
    this.end({type: 'info', error: 'timeout'})
    this.#deadline?.abort(new Error('timeout'))
  }

  end(outcome: Outcome): void {
    if (this.ended) return
    this.ended = true
    this.#done(outcome)
  }

  #returned(result: unknown): void {
    const why = PLAIN.has(typeof result) ? undefined : unrecordable(result)
    if (why === undefined) this.end({type: 'ok', value: result === undefined ? (this.value ?? null) : result})
    else this.end({type: 'info', error: `the client answered with ${why}, which no history can hold`})
  }

  #threw(error: unknown): void {
    this.end({type: error instanceof NotDone ? 'fail' : 'info', error: messageOf(error)})
  }
}
