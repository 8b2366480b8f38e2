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

interface Worker {
  readonly process: number
  readonly client: Client
}

export class Workers {
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #workers = new Map<number, Promise<Worker>>()
  readonly #closing = new Set<Promise<void>>()
  readonly #underWay = new Set<(outcome: Outcome) => void>()

  constructor(cluster: Cluster, clock: Clock, timeoutMs: number) {
    this.#cluster = cluster
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Calls `done` exactly once, never synchronously. */
  invoke(
    thread: number,
    process: number,
    node: NodeId,
    invocation: Invocation,
    done: (outcome: Outcome) => void,
  ): void {
    const held = this.#workers.get(thread)
    const ready = held === undefined ? this.#open(thread, process, node) : this.#reuse(held, thread, process, node)
    ready.then(
      (worker) => this.#call(worker.client, invocation, done),
      (error: unknown) => {
        this.#workers.delete(thread)
        done({type: 'fail', error: `cannot connect to ${node}: ${messageOf(error)}`})
      },
    )
  }

  /** Ends every call under way as *info*, at once. */
  interrupt(): void {
    for (const settle of this.#underWay) settle({type: 'info', error: 'interrupted'})
  }

  /** Closes every connection. Calls still under way settle as they may; nobody listens any more. */
  async close(): Promise<void> {
    for (const worker of this.#workers.values()) this.#discard(worker)
    this.#workers.clear()
    await Promise.allSettled(this.#closing)
  }

  #open(thread: number, process: number, node: NodeId): Promise<Worker> {
    const worker = this.#cluster.openClient(node, process).then((client) => ({process, client}))
    this.#workers.set(thread, worker)
    return worker
  }

  async #reuse(held: Promise<Worker>, thread: number, process: number, node: NodeId): Promise<Worker> {
    const worker = await held
    if (worker.process === process) return worker
    this.#discard(held)
    return this.#open(thread, process, node)
  }

  #discard(held: Promise<Worker>): void {
    const closing = held.then(({client}) => client.close()).catch(() => {})
    this.#closing.add(closing)
    void closing.finally(() => this.#closing.delete(closing))
  }

  #call(client: Client, invocation: Invocation, done: (outcome: Outcome) => void): void {
    const {f, key, value} = invocation
    const operation = client.operations[f]
    if (operation === undefined) {
      done({type: 'fail', error: `the target does not speak ${f}`})
      return
    }
    const deadline = new AbortController()
    let cancel: Cancel = () => {}
    let settled = false
    const settle = (outcome: Outcome) => {
      if (settled) return
      settled = true
      this.#underWay.delete(settle)
      cancel()
      done(outcome)
    }
    this.#underWay.add(settle)
    cancel = this.#clock.after(this.#timeoutMs, () => {
      settle({type: 'info', error: 'timeout'})
      deadline.abort(new Error('timeout'))
    })
    const request: Request = {f, key, value, signal: deadline.signal}
    // A method that throws before it returns a promise is treated as one that rejects.
    new Promise((resolve) => resolve(operation(request))).then(
      (result) => settle({type: 'ok', value: result === undefined ? (value ?? null) : result}),
      (error: unknown) => settle({type: error instanceof NotDone ? 'fail' : 'info', error: messageOf(error)}),
    )
  }
}
