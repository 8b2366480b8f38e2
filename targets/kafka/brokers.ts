/**
 * The brokers as one client knows them: who leads a topic, who coordinates its transactions, and a connection to each. What was
 * learnt is forgotten after an error, and learnt anew.
 */
import {type Clock, withDeadline} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import {Connection} from './connection.ts'
import {createTopic, metadata} from './requests.ts'
import type {Settings} from './settings.ts'
import {findCoordinator} from './transaction-requests.ts'

/** How many attempts, one after the other, an operation has time for. */
const ATTEMPTS = 3

export interface Addresses {
  /** Ids of the brokers, that of the client's own node first. */
  readonly ids: readonly number[]
  address(id: number): Endpoint
}

export class Brokers {
  /** How long one attempt may take, ms. */
  readonly attemptMs: number
  readonly #addresses: Addresses
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #connections = new Map<number, Connection>()
  readonly #leaders = new Map<string, number>()
  #coordinator: number | undefined
  #closed = false

  /** `limitMs`: how long an operation may take, all its attempts together. */
  constructor(addresses: Addresses, settings: Settings, clock: Clock, limitMs: number) {
    this.#addresses = addresses
    this.#settings = settings
    this.#clock = clock
    this.attemptMs = limitMs / ATTEMPTS
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#connections.values()) connection.close()
  }

  /** A connection to whoever leads the topic; the topic is made where there is none, if that is wanted. */
  async leaderOf(topic: string, create: boolean): Promise<Connection> {
    const known = this.#leaders.get(topic)
    if (known !== undefined) return this.#open(known)
    return this.#asking(async (connection) => {
      const partition = (await this.within(metadata(connection, [topic]))).partitions.get(topic)
      if (partition === undefined && create) await this.within(this.#create(connection, topic))
      if (partition === undefined) throw new Error(`${topic} is not known yet`)
      if (partition.leader < 0) throw new Error(`nobody leads ${topic}`)
      this.#leaders.set(topic, partition.leader)
      return partition.leader
    })
  }

  /** A connection to the broker that keeps account of the transactions under this name; a client has one name. */
  async coordinatorOf(transaction: string): Promise<Connection> {
    if (this.#coordinator !== undefined) return this.#open(this.#coordinator)
    return this.#asking(async (connection) => {
      this.#coordinator = await this.within(findCoordinator(connection, transaction))
      return this.#coordinator
    })
  }

  /** Who leads the topic is asked anew; whoever was asked may not answer any more. */
  forget(topic: string): void {
    const leader = this.#leaders.get(topic)
    if (leader !== undefined) this.#drop(leader)
    this.#leaders.delete(topic)
  }

  forgetCoordinator(): void {
    if (this.#coordinator !== undefined) this.#drop(this.#coordinator)
    this.#coordinator = undefined
  }

  within<T>(promise: Promise<T>): Promise<T> {
    const late = () => new Error(`no answer within ${this.attemptMs} ms`)
    return withDeadline(this.#clock, promise, this.attemptMs, late)
  }

  /** Asks one broker after the other for the id of the one that is wanted. */
  async #asking(question: (connection: Connection) => Promise<number>): Promise<Connection> {
    let problem: unknown
    for (const id of this.#addresses.ids) {
      try {
        return await this.#open(await question(await this.#open(id)))
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
    const copies = Math.min(replicas, this.#addresses.ids.length)
    return createTopic(connection, topic, copies, settings, this.attemptMs)
  }

  async #open(id: number): Promise<Connection> {
    const there = this.#connections.get(id)
    if (there !== undefined && !there.broken) return there
    const connection = await Connection.open(this.#addresses.address(id), this.attemptMs)
    if (this.#closed) connection.close()
    this.#connections.set(id, connection)
    return connection
  }

  #drop(id: number): void {
    this.#connections.get(id)?.close()
    this.#connections.delete(id)
  }
}
