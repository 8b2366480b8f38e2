/**
 * A work queue: a message is handed out, stays in flight until it is acknowledged, and is handed out again when that takes too
 * long; one that comes back again and again goes to the dead letters (RabbitMQ's acknowledgements and dead letter exchanges;
 * visibility timeouts are those of Amazon SQS). Each message is processed at least once.
 *
 * Time is that of the records, so that every replica decides the same.
 */
import type {Json} from '../../core/node.ts'
import type {LogRecord} from './messages.ts'

/** What a record of a queue's partition says. */
export type QueueCommand =
  | {readonly kind: 'put'; readonly value: Json}
  | {readonly kind: 'take'}
  /** The message of this offset has been processed. */
  | {readonly kind: 'ack'; readonly message: number}

type Waiting = {readonly message: number; readonly value: Json; readonly deliveries: number}

export class WorkQueue {
  readonly #limits: {readonly redeliverMs: number; readonly deliveries: number}
  /** Bug `commit-before-process`: what is handed out counts as processed. */
  readonly #commitFirst: boolean
  #ready: Waiting[] = []
  readonly #inFlight = new Map<number, Waiting & {readonly sinceMs: number}>()
  readonly #dead: Waiting[] = []
  #nowMs = 0

  constructor(limits: {readonly redeliverMs: number; readonly deliveries: number}, commitFirst: boolean) {
    this.#limits = limits
    this.#commitFirst = commitFirst
  }

  get dead(): number {
    return this.#dead.length
  }

  apply({value, atMs}: LogRecord, offset: number): Json {
    // The clocks of successive leaders may differ; time never goes back.
    this.#nowMs = Math.max(this.#nowMs, atMs)
    this.#redeliver()
    const command = value as unknown as QueueCommand
    if (command.kind === 'put') {
      this.#ready.push({message: offset, value: command.value, deliveries: 0})
      return command.value
    }
    if (command.kind === 'ack') return this.#inFlight.delete(command.message)
    const next = this.#ready.shift()
    if (next === undefined) return null
    const handed = {...next, deliveries: next.deliveries + 1}
    if (!this.#commitFirst) this.#inFlight.set(next.message, {...handed, sinceMs: this.#nowMs})
    return {message: next.message, value: next.value}
  }

  #redeliver(): void {
    const back: Waiting[] = []
    for (const [message, {sinceMs, ...waiting}] of this.#inFlight) {
      if (this.#nowMs - sinceMs < this.#limits.redeliverMs) continue
      this.#inFlight.delete(message)
      if (waiting.deliveries >= this.#limits.deliveries) this.#dead.push(waiting)
      else back.push(waiting)
    }
    if (back.length > 0) this.#ready = [...back, ...this.#ready]
  }
}
