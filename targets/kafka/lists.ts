/**
 * Transactions that append to lists and read them, as consume-transform-produce does it: what is committed is read first, then
 * everything is appended by one transaction.
 *
 * All lists are in one log, a record each element. Over several partitions Kafka orders nothing: two transactions that append to
 * two of them may come in either order in each (write cycles; nobody promises otherwise). In one partition the records of a
 * transaction are one batch, so that they stay together, and every read is of a prefix of the log: read committed. It is no more
 * than that, since what was read may be old by the time the transaction commits.
 *
 * A transaction that reads a list to which it has appended before is refused: Kafka shows nobody what is not committed, its own
 * producer neither.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, sleep} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Brokers} from './brokers.ts'
import {endsTransaction, isPassing} from './errors.ts'
import {committedOf} from './records.ts'
import {fetch, produce} from './requests.ts'
import type {Settings} from './settings.ts'
import {addTopic, endTransaction, type Identity, initProducer} from './transaction-requests.ts'

/** The topic that holds every list. */
export const LISTS = 'lists'
/** One transaction in so many that append is aborted on purpose, as applications do that change their mind. */
const ABORTED_EVERY = 10
/** A transaction that its client leaves open holds up all readers for so long, ms: longer than an operation may take. */
const OPEN_MS = 5000
/** Between two attempts, ms. */
const AGAIN_MS = 20

type Micro = readonly [f: string, key: string, value: unknown]

export class Lists {
  readonly operations: Client['operations'] = {txn: (request) => this.#transact(request)}
  readonly #brokers: Brokers
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #name: string
  #producer: Identity | undefined
  #sequence = 0
  #appending = 0
  /** What was read so far, and up to where. */
  readonly #lists = new Map<string, unknown[]>()
  #next = 0n

  /** `name`: of the producer's transactions; nobody else uses it. */
  constructor(brokers: Brokers, settings: Settings, clock: Clock, limitMs: number, name: string) {
    this.#brokers = brokers
    this.#settings = settings
    this.#clock = clock
    this.#limitMs = limitMs
    this.#name = name
  }

  async #transact({value}: Request): Promise<readonly Micro[]> {
    const endNs = this.#clock.nowNs() + this.#limitMs * 1e6
    const micro = value as readonly Micro[]
    const appended = new Set<string>()
    for (const [f, key] of micro) {
      if (f === 'append') appended.add(key)
      else if (appended.has(key)) throw new NotDone('no transaction of Kafka reads what it has appended itself')
    }
    if (micro.some(([f]) => f === 'r')) await this.#readOn()
    const results = micro.map(([f, key, element]): Micro => [f, key, f === 'r' ? this.#list(key) : element])
    const records = micro.flatMap(([f, key, element]) => (f === 'append' ? JSON.stringify([key, element]) : []))
    if (records.length > 0) await this.#append(records, endNs)
    return results
  }

  #list(key: string): unknown[] {
    return [...(this.#lists.get(key) ?? [])]
  }

  /** Reads everything that there is now and was not read yet. Throws NotDone: whoever reads changes nothing. */
  async #readOn(): Promise<void> {
    const brokers = this.#brokers
    const {readCommitted: committed} = this.#settings
    try {
      const connection = await brokers.leaderOf(LISTS, true)
      for (let end = this.#next + 1n; this.#next < end; ) {
        const fetched = await brokers.within(fetch(connection, LISTS, this.#next, {waitMs: 0, committed}))
        end = fetched.end
        const {batches} = fetched
        for (const {offset, value} of committedOf(batches, fetched.aborted)) {
          if (offset < this.#next) continue
          const [key, element] = JSON.parse(value.toString()) as [string, unknown]
          this.#lists.set(key, [...(this.#lists.get(key) ?? []), element])
        }
        const read = batches.at(-1)?.nextOffset
        if (read === undefined) break
        this.#next = read
      }
    } catch (error) {
      brokers.forget(LISTS)
      throw new NotDone(messageOf(error))
    }
  }

  async #append(records: readonly string[], endNs: number): Promise<void> {
    const brokers = this.#brokers
    const {acks} = this.#settings
    try {
      await this.#again(endNs, async () => {
        const coordinator = await brokers.coordinatorOf(this.#name)
        if (this.#producer === undefined) {
          this.#producer = await brokers.within(initProducer(coordinator, this.#name, OPEN_MS))
          this.#sequence = 0
        }
        await brokers.within(addTopic(coordinator, this.#producer, LISTS))
      })
      const connection = await brokers.leaderOf(LISTS, true)
      const producer = {...(this.#producer as Identity), sequence: this.#sequence}
      await brokers.within(produce(connection, LISTS, records, acks, brokers.attemptMs, producer))
      this.#sequence += records.length
    } catch (error) {
      // Nobody was told to commit it, and nobody else can be. Under a new identity what is left of it is aborted.
      brokers.forget(LISTS)
      this.#producer = undefined
      throw new NotDone(messageOf(error))
    }
    if (++this.#appending % ABORTED_EVERY === 0) {
      await this.#end(false, endNs)
      throw new NotDone('aborted on purpose')
    }
    await this.#end(true, endNs)
  }

  /** Asks for it until it is answered, which does no harm. Throws NotDone where nothing was committed and nothing will be. */
  async #end(commit: boolean, endNs: number): Promise<void> {
    const brokers = this.#brokers
    let inDoubt: unknown
    await this.#again(endNs, async () => {
      const coordinator = await brokers.coordinatorOf(this.#name)
      try {
        await brokers.within(endTransaction(coordinator, this.#producer as Identity, commit))
      } catch (error) {
        if (!endsTransaction(error)) inDoubt ??= error
        throw error
      }
    }).catch((error: unknown) => {
      this.#producer = undefined
      throw commit && inDoubt !== undefined ? inDoubt : new NotDone(messageOf(error))
    })
  }

  /** Tries again while there is time, unless an error says that it is of no use. */
  async #again(endNs: number, work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (endsTransaction(error) || this.#brokers.closed || this.#clock.nowNs() >= endNs) throw error
        if (!isPassing(error)) this.#brokers.forgetCoordinator()
        await sleep(this.#clock, AGAIN_MS)
      }
    }
  }
}
