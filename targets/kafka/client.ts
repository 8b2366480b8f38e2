/**
 * A producer and consumer of Kafka: it learns from any broker who leads a partition, sends and fetches there, and asks anew
 * after an error. A send is tried again until its time is over, under the same number where it is idempotent; once any of its
 * attempts may have been carried out, only a later one that was answered can tell.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, sleep, withDeadline} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {Connection} from './connection.ts'
import {isDefinite} from './errors.ts'
import type {Producer, StoredRecord} from './records.ts'
import {createTopic, fetch, initProducer, metadata, produce} from './requests.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks. */
export const FUNCTIONS: readonly string[] = ['send', 'poll', 'assign']

/** How long a broker waits for records before it says that there are none, ms. */
const FETCH_WAIT_MS = 50
/** Between two attempts, ms. */
const AGAIN_MS = 50
/** How many attempts, one after the other, an operation has time for. */
const ATTEMPTS = 3

export interface Brokers {
  /** Their ids, that of the client's own node first. */
  readonly ids: readonly number[]
  address(id: number): Endpoint
}

export class KafkaClient implements Client {
  readonly operations: Client['operations'] = {
    send: (request) => this.#send(request),
    poll: () => this.#poll(),
    assign: async ({value}) => {
      this.#positions = new Map((value as readonly string[]).map((key) => [key, 0n]))
      return value
    },
  }
  readonly #brokers: Brokers
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #connections = new Map<number, Connection>()
  readonly #leaders = new Map<string, number>()
  readonly #sequences = new Map<string, number>()
  #producer: Omit<Producer, 'sequence'> | undefined
  /** The next offset of each topic that is consumed. */
  #positions = new Map<string, bigint>()
  #closed = false

  /** `limitMs`: how long an operation may take, all its attempts together. */
  constructor(brokers: Brokers, settings: Settings, clock: Clock, limitMs: number) {
    this.#brokers = brokers
    this.#settings = settings
    this.#clock = clock
    this.#limitMs = limitMs
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#connections.values()) connection.close()
  }

  async #send({key, value}: Request): Promise<number> {
    const topic = String(key)
    const endNs = this.#clock.nowNs() + this.#limitMs * 1e6
    const {acks, idempotent} = this.#settings
    const sequence = this.#sequences.get(topic) ?? 0
    let inDoubt: unknown
    let last: unknown
    while (!this.#closed && this.#clock.nowNs() < endNs) {
      let sent = false
      try {
        const connection = await this.#leaderOf(topic, true)
        if (idempotent) this.#producer ??= await this.#within(initProducer(connection))
        const producer = idempotent ? {...(this.#producer as Producer), sequence} : undefined
        sent = true
        const text = JSON.stringify(value)
        const offset = await this.#within(produce(connection, topic, text, acks, this.#attemptMs, producer))
        this.#sequences.set(topic, sequence + 1)
        return Number(offset)
      } catch (error) {
        last = error
        if (sent && !isDefinite(error)) inDoubt ??= error
        this.#forget(topic)
        await sleep(this.#clock, AGAIN_MS)
      }
    }
    throw inDoubt ?? new NotDone(messageOf(last ?? 'the client was closed'))
  }

  async #poll(): Promise<Record<string, [number, unknown][]>> {
    const topics = [...this.#positions]
    const outcomes = await Promise.allSettled(topics.map(([topic, offset]) => this.#fetch(topic, offset)))
    const found: Record<string, [number, unknown][]> = {}
    let problem: unknown
    for (const [i, outcome] of outcomes.entries()) {
      const [topic] = topics[i] as (typeof topics)[number]
      if (outcome.status === 'rejected') problem = outcome.reason
      else if (outcome.value.length > 0) {
        found[topic] = outcome.value.map(({offset, value}) => [Number(offset), JSON.parse(value.toString())])
        this.#positions.set(topic, (outcome.value.at(-1) as StoredRecord).offset + 1n)
      }
    }
    if (problem !== undefined && Object.keys(found).length === 0) throw new NotDone(messageOf(problem))
    return found
  }

  async #fetch(topic: string, offset: bigint): Promise<readonly StoredRecord[]> {
    try {
      const connection = await this.#leaderOf(topic, false)
      return await this.#within(fetch(connection, topic, offset, FETCH_WAIT_MS))
    } catch (error) {
      this.#forget(topic)
      throw new Error(`${topic} at ${offset}: ${messageOf(error)}`)
    }
  }

  /** A connection to whoever leads the topic; it is made where there is none, if that is wanted. */
  async #leaderOf(topic: string, create: boolean): Promise<Connection> {
    const known = this.#leaders.get(topic)
    if (known !== undefined) return this.#open(known)
    let problem: unknown
    for (const id of this.#brokers.ids) {
      try {
        const connection = await this.#open(id)
        const partition = (await this.#within(metadata(connection, [topic]))).partitions.get(topic)
        if (partition === undefined && create) await this.#within(this.#create(connection, topic))
        if (partition === undefined) throw new Error(`${topic} is not known yet`)
        if (partition.leader < 0) throw new Error(`nobody leads ${topic}`)
        this.#leaders.set(topic, partition.leader)
        return await this.#open(partition.leader)
      } catch (error) {
        problem = error
        this.#drop(id)
      }
    }
    throw problem
  }

  #create(connection: Connection, topic: string): Promise<void> {
    const {replicas, minInSync, unclean} = this.#settings
    const settings = {'min.insync.replicas': String(minInSync), 'unclean.leader.election.enable': String(unclean)}
    const copies = Math.min(replicas, this.#brokers.ids.length)
    return createTopic(connection, topic, copies, settings, this.#attemptMs)
  }

  async #open(id: number): Promise<Connection> {
    const there = this.#connections.get(id)
    if (there !== undefined && !there.broken) return there
    const connection = await Connection.open(this.#brokers.address(id), this.#attemptMs)
    if (this.#closed) connection.close()
    this.#connections.set(id, connection)
    return connection
  }

  /** Who leads the topic is asked anew; whoever was asked may not answer any more. */
  #forget(topic: string): void {
    const leader = this.#leaders.get(topic)
    if (leader !== undefined) this.#drop(leader)
    this.#leaders.delete(topic)
  }

  #drop(id: number): void {
    this.#connections.get(id)?.close()
    this.#connections.delete(id)
  }

  get #attemptMs(): number {
    return this.#limitMs / ATTEMPTS
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    return withDeadline(
      this.#clock,
      promise,
      this.#attemptMs,
      () => new Error(`no answer within ${this.#attemptMs} ms`),
    )
  }
}
