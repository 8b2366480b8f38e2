/**
 * A producer and a consumer of logs. A send is tried again until its time is over, under the same number where it is idempotent;
 * once any of its attempts may have been carried out, only a later one that was answered can tell.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, sleep} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Brokers} from './brokers.ts'
import {isDefinite} from './errors.ts'
import type {StoredRecord} from './records.ts'
import {fetch, produce} from './requests.ts'
import type {Settings} from './settings.ts'
import {type Identity, initProducer} from './transaction-requests.ts'

/** How long a broker waits for records before it says that there are none, ms. */
const FETCH_WAIT_MS = 50
/** Between two attempts, ms. */
const AGAIN_MS = 50

export class Log {
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
  readonly #sequences = new Map<string, number>()
  #producer: Identity | undefined
  /** The next offset of each topic that is consumed. */
  #positions = new Map<string, bigint>()

  constructor(brokers: Brokers, settings: Settings, clock: Clock, limitMs: number) {
    this.#brokers = brokers
    this.#settings = settings
    this.#clock = clock
    this.#limitMs = limitMs
  }

  async #send({key, value}: Request): Promise<number> {
    const topic = String(key)
    const brokers = this.#brokers
    const endNs = this.#clock.nowNs() + this.#limitMs * 1e6
    const {acks, idempotent} = this.#settings
    const sequence = this.#sequences.get(topic) ?? 0
    let inDoubt: unknown
    let last: unknown
    while (!brokers.closed && this.#clock.nowNs() < endNs) {
      let sent = false
      try {
        const connection = await brokers.leaderOf(topic, true)
        if (idempotent) this.#producer ??= await brokers.within(initProducer(connection))
        const producer = idempotent ? {...(this.#producer as Identity), sequence} : undefined
        sent = true
        const text = JSON.stringify(value)
        const offset = await brokers.within(produce(connection, topic, [text], acks, brokers.attemptMs, producer))
        this.#sequences.set(topic, sequence + 1)
        return Number(offset)
      } catch (error) {
        last = error
        if (sent && !isDefinite(error)) inDoubt ??= error
        brokers.forget(topic)
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
    const brokers = this.#brokers
    try {
      const connection = await brokers.leaderOf(topic, false)
      const asked = {waitMs: FETCH_WAIT_MS, committed: false}
      const {batches} = await brokers.within(fetch(connection, topic, offset, asked))
      // A batch is given whole, though it may begin before what was asked for.
      return batches.flatMap(({records}) => records).filter((record) => record.offset >= offset)
    } catch (error) {
      brokers.forget(topic)
      throw new Error(`${topic} at ${offset}: ${messageOf(error)}`)
    }
  }
}
