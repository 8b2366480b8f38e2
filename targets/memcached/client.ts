/**
 * A client of several memcached servers that know nothing of each other: it alone decides, by a hash, which of them has a
 * key (memjs). What a server does not have is a miss: a cache does not promise to have anything, so a miss is a read that
 * brought nothing.
 *
 * Left alone the library sends again what was not answered, and never settles a call whose connection ends. So it may not
 * send again, each call has a deadline here, and after an error there is a new client, whose first call to a server is a read.
 */
import type {Client as MemJs} from 'memjs'
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {type Clock, withDeadline} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks. */
export const FUNCTIONS: readonly string[] = ['read', 'write']

/** How long a server may take before another is asked in its place, s. */
const FAILOVER_AFTER_S = 0.3

export class MemcachedClient implements Client {
  readonly operations: Client['operations'] = {
    read: ({key}) => this.#read(String(key)),
    write: (request) => this.#write(request),
  }
  readonly #servers: readonly Endpoint[]
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #limitMs: number
  #library: MemJs | undefined
  /** Places of servers that have answered this client. */
  readonly #met = new Set<number>()

  constructor(servers: readonly Endpoint[], settings: Settings, clock: Clock, limitMs: number) {
    this.#servers = servers
    this.#settings = settings
    this.#clock = clock
    this.#limitMs = limitMs
  }

  async close(): Promise<void> {
    this.#giveUp()
  }

  async #read(key: string): Promise<unknown> {
    const value = await this.#get(key).catch((error: unknown) => {
      throw new NotDone(messageOf(error))
    })
    if (value === null) throw new NotDone('a miss')
    return JSON.parse(value.toString())
  }

  async #write({key, value}: Request): Promise<void> {
    const name = String(key)
    const library = await this.#open()
    // Nothing is written on a connection that has not shown that somebody is there.
    if (!this.#settings.failover && !this.#met.has(placeOf(library, name))) await this.#read(name).catch(unlessMissed)
    await this.#call((each) => each.set(name, JSON.stringify(value), {}))
  }

  async #get(key: string): Promise<Buffer | null> {
    const {value} = await this.#call((library) => library.get(key))
    this.#met.add(placeOf(this.#library as MemJs, key))
    return value
  }

  async #call<T>(question: (library: MemJs) => Promise<T>): Promise<T> {
    const library = await this.#open()
    const late = () => new Error(`no answer within ${this.#limitMs} ms`)
    try {
      return await withDeadline(this.#clock, question(library), this.#limitMs, late)
    } catch (error) {
      // With failover it keeps in mind who is dead.
      if (!this.#settings.failover) this.#giveUp()
      throw error
    }
  }

  async #open(): Promise<MemJs> {
    if (this.#library !== undefined) return this.#library
    const memjs = await import('memjs')
    const {failover, retryDeadS} = this.#settings
    this.#library ??= memjs.Client.create(this.#servers.map(({host, port}) => `${host}:${port}`).join(), {
      retries: 0,
      failover,
      failoverTime: retryDeadS,
      timeout: failover ? FAILOVER_AFTER_S : this.#limitMs / 1000,
      conntimeout: failover ? FAILOVER_AFTER_S : this.#limitMs / 1000,
      logger: {log() {}},
    })
    return this.#library
  }

  #giveUp(): void {
    this.#library?.close()
    this.#library = undefined
    this.#met.clear()
  }
}

/** A miss is an answer. */
function unlessMissed(error: unknown): void {
  if (!(error instanceof NotDone) || error.message !== 'a miss') throw error
}

/** Which server has this key; its types take a number here, the function itself the key. */
function placeOf(library: MemJs, key: string): number {
  return (library as unknown as {getServer(key: string): number}).getServer(key)
}
