/**
 * Announcing and being told in ZooKeeper. Its watches fire once and say only that something has changed: two changes before
 * they are set again are one event ("ZooKeeper Programmer's Guide: Things to Remember about Watches"). So a change is a node
 * of its own, numbered by the server under one parent, and whoever watches the parent reads all that are new. A watcher who
 * reads one node that is written again and again is told of the last value only: `one-shot-watch`.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {ANY, type Connection, KIND, orElse, unless, yes} from './connection.ts'
import {CODES, ZooKeeperError} from './errors.ts'
import {numberOf} from './locks.ts'
import type {Settings} from './settings.ts'
import {OP} from './wire.ts'

type Change = readonly [position: number, value: unknown]

export class Watches {
  readonly operations: Client['operations']
  readonly #connection: () => Connection
  /** Paths whose watch has not fired yet: nothing there has changed since it was read. */
  readonly #armed = new Set<string>()
  /** The position after the last change that was passed on, by path. */
  readonly #next = new Map<string, number>()

  constructor(connection: () => Connection, {everyChange}: Settings) {
    this.#connection = connection
    const path = ({key}: Request) => `/watch-${key}`
    this.operations = {
      send: (request) => (everyChange ? this.#sendChild : this.#sendValue).call(this, path(request), request.value),
      poll: (request) => this.#poll(path(request), everyChange ? this.#children : this.#value),
    }
  }

  /** A watch has fired, or all of them are gone with their session. */
  fired(path: string | undefined): void {
    if (path === undefined) this.#armed.clear()
    else this.#armed.delete(path)
  }

  async #poll(path: string, look: (path: string) => Promise<readonly Change[]>): Promise<readonly Change[]> {
    const connection = this.#connection()
    try {
      // With its session a watch is gone. Events come in the order of what they tell of: after a sync, that none has come means that there is none.
      await connection.connect()
      await connection.sync(path)
      if (this.#armed.has(path)) return []
      this.#armed.add(path)
      const changes = await look.call(this, path)
      const last = changes.at(-1)
      if (last !== undefined) this.#next.set(path, last[0] + 1)
      return changes
    } catch (error) {
      // It only looks: nothing was taken, and the same watcher may try again.
      this.#armed.delete(path)
      if (error instanceof ZooKeeperError && error.code === CODES.noNode) return []
      throw new NotDone(error instanceof Error ? error.message : String(error))
    }
  }

  async #children(path: string): Promise<readonly Change[]> {
    const connection = this.#connection()
    const next = this.#next.get(path) ?? 0
    const list = await connection.call(OP.getChildren, (writer) => writer.text(path).bool(true))
    const fresh = list.texts().filter((name) => numberOf(name) >= next)
    fresh.sort((left, right) => numberOf(left) - numberOf(right))
    const read = async (name: string): Promise<Change> => {
      const reader = await connection.call(OP.getData, (writer) => writer.text(`${path}/${name}`).bool(false))
      return [numberOf(name), JSON.parse(reader.text())]
    }
    return Promise.all(fresh.map(read))
  }

  async #value(path: string): Promise<readonly Change[]> {
    const reader = await this.#connection().call(OP.getData, (writer) => writer.text(path).bool(true))
    const value = JSON.parse(reader.text())
    const version = reader.version()
    return version >= (this.#next.get(path) ?? 0) ? [[version, value]] : []
  }

  async #sendChild(path: string, value: unknown): Promise<number> {
    const connection = this.#connection()
    for (;;) {
      const made = connection.create(`${path}/c-`, value, KIND.lastingInSequence)
      const reader = await made.catch(orElse(CODES.noNode, undefined))
      if (reader !== undefined) return numberOf(reader.text())
      await connection.create(path, null).then(yes, unless(CODES.nodeExists))
    }
  }

  async #sendValue(path: string, value: unknown): Promise<number> {
    const connection = this.#connection()
    for (;;) {
      const reader = await connection.set(path, value, ANY).catch(orElse(CODES.noNode, undefined))
      if (reader !== undefined) return reader.version()
      if (await connection.create(path, value).then(yes, unless(CODES.nodeExists))) return 0
    }
  }
}
