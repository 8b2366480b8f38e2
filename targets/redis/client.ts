/**
 * A client of Redis as applications have it: it asks the sentinel of its own node which node is the primary, and writes there.
 * Reads go to its own node, or to the primary as well. An error makes it ask again before the next operation.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {Connection} from './connection.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'cas', 'add', 'remove']

/** What the client dials. */
export interface Places {
  /** Its own node, and the sentinel there. */
  readonly own: Endpoint
  readonly sentinel: Endpoint
  /** Where clients reach the primary that a sentinel calls by this port. */
  primary(port: number): Endpoint
}

/** The name under which the sentinels watch the primary. */
export const MASTER = 'chaos'

/** Compares and sets at once; a register that was never written is nil. */
const CAS =
  "local v = redis.call('GET', KEYS[1]); if v == false then v = 'null' end; " +
  "if v == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]); return 1 end; return 0"

type Call = (command: string, ...args: (string | number)[]) => Promise<unknown>

export class RedisClient implements Client {
  readonly operations: Client['operations']
  readonly #places: Places
  readonly #settings: Settings
  readonly #limitMs: number
  #own: Connection | undefined
  #primary: Connection | undefined

  constructor(places: Places, settings: Settings, workload: string | undefined, limitMs: number) {
    this.#places = places
    this.#settings = settings
    this.#limitMs = limitMs
    this.operations = this.#operationsOf(workload)
  }

  /** Rejects where no primary is known or it does not answer: nothing was asked of it then. */
  async connect(): Promise<void> {
    await this.#toRead()
  }

  async close(): Promise<void> {
    this.#own?.close()
    this.#primary?.close()
  }

  #operationsOf(workload: string | undefined): Client['operations'] {
    const name = ({key}: Request) => `${workload}:${key}`
    if (workload === 'set') {
      return {
        read: (request) => this.#read(async (call) => ((await call('SMEMBERS', name(request))) as string[]).map(parse)),
        add: (request) => this.#write((call) => call('SADD', name(request), text(request.value))),
        remove: (request) =>
          this.#write(async (call) => {
            if ((await call('SREM', name(request), text(request.value))) === 0) throw new NotDone('not found')
          }),
      }
    }
    if (workload === 'counter') {
      return {
        read: (request) => this.#read(async (call) => Number((await call('GET', name(request))) ?? 0)),
        add: (request) => this.#write((call) => call('INCRBY', name(request), Number(request.value))),
      }
    }
    return {
      read: (request) => this.#read(async (call) => parse(((await call('GET', name(request))) ?? 'null') as string)),
      write: (request) => this.#write((call) => call('SET', name(request), text(request.value))),
      cas: (request) =>
        this.#write(async (call) => {
          const [from, to] = request.value as readonly unknown[]
          const swapped = await call('EVAL', CAS, 1, name(request), text(from), text(to))
          if (swapped === 0) throw new NotDone('value differs')
        }),
    }
  }

  async #read<T>(work: (call: Call) => Promise<T>): Promise<T> {
    const connection = await this.#toRead().catch(notAsked)
    return work((command, ...args) => connection.call(command, ...args))
  }

  async #write(work: (call: Call) => Promise<unknown>): Promise<void> {
    const connection = await this.#toWrite().catch(notAsked)
    try {
      await work((command, ...args) => connection.call(command, ...args))
    } catch (error) {
      // A primary that refuses may be one no longer.
      if (!(error instanceof NotDone) || error.message.startsWith('READONLY')) this.#forgetPrimary()
      throw error
    }
    const {wait} = this.#settings
    if (wait === 0) return
    const reached = Number(await connection.call('WAIT', wait, this.#limitMs).catch(inDoubt))
    if (reached < wait) throw new Error(`written, but only ${reached} of ${wait} replicas have it`)
  }

  async #toRead(): Promise<Connection> {
    if (this.#settings.readsOfPrimary) return this.#toWrite()
    if (this.#own === undefined || this.#own.broken) this.#own = await Connection.open(this.#places.own, this.#limitMs)
    return this.#own
  }

  async #toWrite(): Promise<Connection> {
    if (this.#primary?.broken) this.#forgetPrimary()
    if (this.#primary !== undefined) return this.#primary
    const sentinel = await Connection.open(this.#places.sentinel, this.#limitMs)
    try {
      const known = (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as [string, string] | null
      if (known === null) throw new Error('the sentinel knows no primary')
      this.#primary = await Connection.open(this.#places.primary(Number(known[1])), this.#limitMs)
      return this.#primary
    } finally {
      sentinel.close()
    }
  }

  #forgetPrimary(): void {
    this.#primary?.close()
    this.#primary = undefined
  }
}

const text = (value: unknown): string => JSON.stringify(value)
const parse = (value: string): unknown => JSON.parse(value)

/** No connection, nothing sent. */
function notAsked(error: unknown): never {
  throw new NotDone(messageOf(error))
}

/** The write itself was answered: whatever is said of `WAIT`, it was made. */
function inDoubt(error: unknown): never {
  throw new Error(`written, but WAIT failed: ${messageOf(error)}`)
}
