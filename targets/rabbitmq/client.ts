/**
 * A producer and consumer as applications have them: a message counts as sent once it is confirmed, and as processed once it
 * is acknowledged. An error makes it open another channel before the next operation.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, withDeadline} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {Channel, Returned} from './channel.ts'
import {isDefinite} from './errors.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks. */
export const FUNCTIONS: readonly string[] = ['enqueue', 'dequeue']

export interface Places {
  readonly broker: Endpoint
  /** How many nodes are to have a copy of a queue. */
  readonly copies: number
}

export class RabbitClient implements Client {
  readonly operations: Client['operations'] = {
    enqueue: (request) => this.#enqueue(request),
    dequeue: (request) => this.#dequeue(request),
  }
  readonly #places: Places
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #limitMs: number
  #channel: Channel | undefined
  #closed = false

  /** `limitMs`: how long opening a channel, and waiting for a message, may take. */
  constructor(places: Places, settings: Settings, clock: Clock, limitMs: number) {
    this.#places = places
    this.#settings = settings
    this.#clock = clock
    this.#limitMs = limitMs
  }

  /** Rejects where the node does not serve: nothing was asked of it then. */
  async connect(): Promise<void> {
    await this.#open()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#channel?.close()
  }

  async #enqueue({key, value}: Request): Promise<void> {
    const queue = String(key)
    const {confirms, persistent} = this.#settings
    const channel = await this.#ready(queue).catch(notAsked)
    try {
      if (confirms) await channel.publish(queue, JSON.stringify(value), persistent)
      else channel.send(queue, JSON.stringify(value), persistent)
    } catch (error) {
      channel.close()
      throw error instanceof Returned || isDefinite(error) ? new NotDone(messageOf(error)) : error
    }
  }

  /**
   * What was handed out and did not arrive is handed out again once the connection is seen to have ended: a dequeue that
   * brought nothing has failed, and took nothing.
   */
  async #dequeue({key}: Request): Promise<unknown> {
    const patience = new AbortController()
    const tooLate = () => new Error(`nothing was handed out within ${this.#limitMs} ms`)
    try {
      return await withDeadline(this.#clock, this.#take(String(key), patience.signal), this.#limitMs, tooLate)
    } catch (error) {
      patience.abort()
      this.#channel?.close()
      throw new NotDone(messageOf(error))
    }
  }

  /** Takes nothing any more once nobody waits. */
  async #take(queue: string, patience: AbortSignal): Promise<unknown> {
    const automatic = !this.#settings.manualAcks
    const channel = await this.#ready(queue)
    patience.throwIfAborted()
    const message = await channel.take(queue, automatic)
    patience.throwIfAborted()
    if (message === undefined) return null
    if (!automatic) channel.acknowledge(message)
    return JSON.parse(message.content.toString())
  }

  /** A channel on which the queue exists. */
  async #ready(queue: string): Promise<Channel> {
    const channel = await this.#open()
    const {quorumQueues, persistent} = this.#settings
    const quorum = {'x-queue-type': 'quorum', 'x-quorum-initial-group-size': this.#places.copies}
    try {
      await channel.declare(queue, quorumQueues || persistent, quorumQueues ? quorum : {'x-queue-type': 'classic'})
    } catch (error) {
      channel.close()
      throw error
    }
    return channel
  }

  async #open(): Promise<Channel> {
    if (this.#channel === undefined || this.#channel.broken) {
      this.#channel?.close()
      const channel = await Channel.open(this.#places.broker, this.#limitMs)
      if (this.#closed) channel.close()
      this.#channel = channel
    }
    return this.#channel
  }
}

/** No channel, or no queue: nothing was published. */
function notAsked(error: unknown): never {
  throw new NotDone(messageOf(error))
}
