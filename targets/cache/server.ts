/**
 * A server: cache-aside. Reads look into the cache, then into the store, and put what they found into the cache; writes go to
 * the store and then delete what the cache has. A delete that was not confirmed is repeated; until it succeeds, the time to
 * live bounds how old a read can be.
 *
 * Several readers that miss the same key at once wait for one question to the store (single-flight).
 */

import type {Env, Json, Message, NodeId, RequestId} from '../../core/node.ts'
import {Hearing} from '../state-machine/hearing.ts'
import type {Entries, Versioned} from './entries.ts'
import type {CacheMessage} from './messages.ts'
import type {Mode, Settings} from './settings.ts'

/** Whom to answer. */
export interface Client {
  readonly request: RequestId
  readonly attempt: Json
}

/** Where the others are. */
export interface Places {
  readonly store: NodeId
  readonly cache: NodeId
}

type Answered = (message: CacheMessage | undefined) => void

export class Server {
  readonly #env: Env
  readonly #settings: Settings
  readonly #mode: Mode
  readonly #places: Places
  readonly #hearing: Hearing
  /** Local mode: this server's own cache. */
  readonly #own: Entries
  readonly #open = new Map<number, Answered>()
  readonly #flights = new Map<string, Client[]>()
  /** Deletes that were not confirmed, by key. */
  readonly #undeleted = new Map<string, number>()
  #ids: number

  constructor(env: Env, settings: Settings, mode: Mode, places: Places, own: Entries, boot: number) {
    this.#env = env
    this.#settings = settings
    this.#mode = mode
    this.#places = places
    this.#hearing = new Hearing(env)
    this.#own = own
    this.#ids = boot * 1e9
  }

  get undeleted(): number {
    return this.#undeleted.size
  }

  read(key: string, client: Client): void {
    if (this.#mode === 'local') {
      const asOfMs = this.#env.now()
      const found = this.#own.get(key, asOfMs)
      if (found !== undefined) this.#ok(client, found.value)
      else this.#fly(key, client, (stored) => this.#own.put(key, stored, asOfMs))
      return
    }
    const get: CacheMessage = {type: 'cache-get', id: this.#id(), key}
    this.#ask(this.#places.cache, get, this.#settings.cacheMs, (answer) => {
      if (answer?.type !== 'cached') this.#fly(key, client, () => {})
      else if (answer.found !== null) this.#ok(client, answer.found.value)
      else {
        const {asOfMs} = answer
        this.#fly(key, client, (found) => this.#send(this.#places.cache, {type: 'cache-put', key, found, asOfMs}))
      }
    })
  }

  /** Asks the store, or waits for somebody else's question. */
  #fly(key: string, client: Client, keep: (stored: Versioned) => void): void {
    const flight = this.#flights.get(key)
    if (flight !== undefined) {
      flight.push(client)
      return
    }
    const waiting = [client]
    this.#flights.set(key, waiting)
    this.#ask(this.#places.store, {type: 'store-read', id: this.#id(), key}, this.#settings.storeMs, (answer) => {
      this.#flights.delete(key)
      if (answer?.type !== 'stored') {
        for (const each of waiting) this.#reply(each, {type: 'failed', error: 'the store does not answer'})
        return
      }
      this.#think(() => {
        keep(answer.found)
        for (const each of waiting) this.#ok(each, answer.found.value)
      })
    })
  }

  /** Making something of what the store said takes time. */
  #think(then: () => void): void {
    const {thinkMs} = this.#settings
    if (thinkMs === 0) {
      then()
      return
    }
    const id = this.#id()
    this.#open.set(id, then)
    this.#env.setTimer(`ask ${id}`, this.#env.random.next() * thinkMs)
  }

  write(key: string, value: Json, client: Client): void {
    const asOfMs = this.#env.now()
    const write: CacheMessage = {type: 'store-write', id: this.#id(), key, value}
    this.#ask(this.#places.store, write, this.#settings.storeMs, (answer) => {
      if (answer?.type !== 'stored') {
        this.#reply(client, {type: 'unknown', error: 'the store does not answer'})
        return
      }
      const {version} = answer.found
      if (this.#mode === 'local') {
        this.#own.delete(key, version)
        this.#own.put(key, answer.found, asOfMs)
        this.#ok(client, value)
        return
      }
      this.#delete(key, version, () => this.#ok(client, value))
    })
  }

  #delete(key: string, version: number, then: (deleted: boolean) => void): void {
    const id = this.#id()
    this.#ask(this.#places.cache, {type: 'cache-delete', id, key, version}, 4 * this.#settings.cacheMs, (answer) => {
      const deleted = answer?.type === 'deleted'
      const due = this.#undeleted.get(key)
      if (!deleted) {
        this.#undeleted.set(key, Math.max(version, due ?? 0))
        if (due === undefined) this.#env.event({type: 'undeleted', key, to: this.#places.cache})
      } else if (due !== undefined && due <= version) {
        this.#undeleted.delete(key)
        this.#env.event({type: 'deleted', key, from: this.#places.cache})
      }
      then(deleted)
    })
  }

  retry(): void {
    for (const [key, version] of this.#undeleted) this.#delete(key, version, () => {})
  }

  answered(from: NodeId, message: CacheMessage & {readonly id: number}): void {
    this.#hearing.heard(from)
    const then = this.#open.get(message.id)
    if (then === undefined) return
    this.#open.delete(message.id)
    this.#env.cancelTimer(`ask ${message.id}`)
    then(message)
  }

  timer(name: string): void {
    const id = Number(name.split(' ')[1])
    const then = this.#open.get(id)
    this.#open.delete(id)
    then?.(undefined)
  }

  #ask(to: NodeId, message: CacheMessage & {readonly id: number}, patienceMs: number, then: Answered): void {
    this.#open.set(message.id, (answer) => {
      if (answer === undefined) this.#hearing.missed(to)
      then(answer)
    })
    this.#env.setTimer(`ask ${message.id}`, patienceMs)
    this.#send(to, message)
  }

  #id(): number {
    return ++this.#ids
  }

  #send(to: NodeId, message: CacheMessage): void {
    this.#env.send(to, message as Message)
  }

  #ok(client: Client, value: Json): void {
    this.#reply(client, {type: 'ok', value})
  }

  #reply({request, attempt}: Client, answer: Message): void {
    this.#env.reply(request, {...answer, attempt})
  }
}
