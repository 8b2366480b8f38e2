/**
 * What a client of one server of ZooKeeper can ask, each request once. A session that is lost is followed by another at the
 * next request; what was asked in it and not answered stays in doubt.
 */
import {NotDone} from '../../core/client.ts'
import {type Clock, sleep} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {ZooKeeperError} from './errors.ts'
import {Session} from './session.ts'
import type {Settings} from './settings.ts'
import {OP, openAcl, type Reader, type Writer} from './wire.ts'

/** A third of a session's life, ms. */
const PING_MS = 3000
/** Whatever version there is. */
export const ANY = -1
/** Nodes that last, those that go with their session, and names that the server counts on. */
export const KIND = {lasting: 0, lastingInSequence: 2, ephemeralInSequence: 3} as const

export interface ConnectionOptions {
  readonly address: Endpoint
  readonly settings: Settings
  readonly clock: Clock
  /** How long opening a session may take, ms. */
  readonly limitMs: number
  /** Told of each change that is watched, by the path, and of undefined when all watches are gone with their session. */
  readonly onWatched?: (path: string | undefined) => void
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #closed = new AbortController()
  #session: Session | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    void this.#keepAlive()
  }

  /** Opens a session where there is none any more; rejects where none can be had. */
  async connect(): Promise<void> {
    await this.#open()
  }

  close(): void {
    this.#closed.abort()
    this.#session?.close()
  }

  /** Throws NotDone where no session could be had: nothing was asked of anybody then. */
  async call(type: number, write: (writer: Writer) => void): Promise<Reader> {
    const session = await this.#open().catch((error: unknown) => {
      throw new NotDone(messageOf(error))
    })
    return session.call(type, write)
  }

  /** Lets the server catch up with the leader before it is read. */
  async sync(path: string): Promise<void> {
    if (this.#options.settings.syncedReads) await this.call(OP.sync, (writer) => writer.text(path))
  }

  set(path: string, value: unknown, version: number): Promise<Reader> {
    return this.call(OP.setData, (writer) => writer.text(path).text(JSON.stringify(value)).int(version))
  }

  create(path: string, value: unknown, kind: number = KIND.lasting): Promise<Reader> {
    return this.call(OP.create, createRequest(path, value, kind))
  }

  /** A session of its own that lives for this long unless something is asked in it: nobody keeps it alive. */
  async shortSession(aliveMs: number): Promise<Session> {
    const {address, limitMs} = this.#options
    const {lastZxid = 0n} = this.#session ?? {}
    return Session.open(address, {lastZxid, limitMs, aliveMs})
  }

  async #open(): Promise<Session> {
    if (this.#session?.broken === false) return this.#session
    const {address, limitMs, onWatched} = this.#options
    // A session of the same client never sees less than the one before.
    const lastZxid = this.#session?.lastZxid ?? 0n
    onWatched?.(undefined)
    this.#session = await Session.open(address, {lastZxid, limitMs, ...(onWatched === undefined ? {} : {onWatched})})
    if (this.#closed.signal.aborted) this.#session.close()
    return this.#session
  }

  async #keepAlive(): Promise<void> {
    const {clock} = this.#options
    while (await sleep(clock, PING_MS, this.#closed.signal).then(yes, () => false)) this.#session?.ping()
  }
}

export function createRequest(path: string, value: unknown, kind: number): (writer: Writer) => void {
  return (writer) => openAcl(writer.text(path).text(JSON.stringify(value))).int(kind)
}

export const yes = (): true => true

/** False for this error of the server; any other is thrown on. */
export function unless(code: number): (error: unknown) => false {
  return orElse(code, false) as (error: unknown) => false
}

/** Takes this error of the server for a value. Throws NotDone for others that mean that nothing happened. */
export function orElse<T>(code: number, value: T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof ZooKeeperError)) throw error
    if (error.code === code) return value
    throw error.definite ? new NotDone(error.message) : error
  }
}
