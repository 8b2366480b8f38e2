/**
 * A lane carries connections: it dials, runs the pipes and their toxics, and closes. A proxy decides who is accepted and
 * which toxics there are; its connections may be spread over several lanes, one in this process (here) and further ones
 * in processes of their own (`remote-lane.ts`), so that one busy core is not the limit of the network.
 */
import type {Socket} from 'node:net'
import type {Random} from '../../../core/random.ts'
import type {Direction} from '../api.ts'
import {splitAddress} from './address.ts'
import {Connection} from './connection.ts'
import type {Setting} from './stage.ts'
import type {ToxicEntry} from './toxic-entry.ts'
import {Wire} from './wire.ts'

/** What a lane has to know to carry a connection. */
export interface Passage {
  /** Unique among all proxies there ever were on this server. */
  proxyId: number
  proxy: string
  /** How many connections the proxy had accepted before. */
  number: number
  listener: string
  upstream: string
}

/** Every method but `accept` resolves when the lane's connections are as asked. */
export interface Lane {
  /** How many it carries. */
  size(): number
  /** Carries the connection from now on; `toxics` are those of the proxy at this moment. */
  accept(client: Socket, passage: Passage, toxics: readonly ToxicEntry[]): void
  addToxic(proxyId: number, entry: ToxicEntry): Promise<void>
  updateToxic(proxyId: number, entry: ToxicEntry): Promise<void>
  removeToxic(proxyId: number, entry: ToxicEntry): Promise<void>
  /** Drops the connections of a proxy. */
  drop(proxyId: number): Promise<void>
}

export interface LaneEvents {
  /** One direction of a connection has ended, having moved so much. */
  onDirectionDone(passage: Passage, direction: Direction, receivedBytes: number, sentBytes: number): void
  /** The connection is gone. */
  onDone(passage: Passage): void
}

/** The connections of one proxy. */
interface Carried {
  toxics: readonly ToxicEntry[]
  readonly connections: Set<Connection>
  /** Clients whose other half is being dialled. */
  readonly halves: Set<{destroy(): void}>
}

/** The lane in this process. */
export class LocalLane implements Lane {
  readonly #setting: Setting
  readonly #random: Random
  readonly #events: LaneEvents
  readonly #carried = new Map<number, Carried>()
  #size = 0

  constructor(setting: Setting, random: Random, events: LaneEvents) {
    this.#setting = setting
    this.#random = random
    this.#events = events
  }

  size(): number {
    return this.#size
  }

  accept(socket: Socket, passage: Passage, toxics: readonly ToxicEntry[]): void {
    const carried = this.#carried.get(passage.proxyId) ?? {toxics, connections: new Set(), halves: new Set()}
    this.#carried.set(passage.proxyId, carried)
    carried.toxics = toxics
    this.#size++
    const client = Wire.accepted(socket)
    // Nobody there to say goodbye: that is a reset to a client that has been told it is connected.
    const how = this.#setting.strict ? 'reset' : 'close'
    const fail = () => {
      client.destroy(how)
      carried.halves.delete(half)
      this.#done(passage, carried)
    }
    const half = {
      destroy() {
        client.destroy(how)
        server?.destroy(how)
      },
    }
    carried.halves.add(half)
    const server = dial(
      passage.upstream,
      (connected) => {
        carried.halves.delete(half)
        this.#join(client, connected, passage, carried)
      },
      fail,
    )
    // Not an address, which the real server too finds out only now.
    if (server === undefined) fail()
  }

  async addToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    const carried = this.#carried.get(proxyId)
    if (carried === undefined) return
    carried.toxics = [...carried.toxics, entry]
    await Promise.all([...carried.connections].map((connection) => connection.pipe(entry.direction).add(entry)))
  }

  async updateToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    const connections = this.#carried.get(proxyId)?.connections ?? []
    await Promise.all([...connections].map((connection) => connection.pipe(entry.direction).update(entry)))
  }

  async removeToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    const carried = this.#carried.get(proxyId)
    if (carried === undefined) return
    carried.toxics = carried.toxics.filter((candidate) => candidate !== entry)
    await Promise.all([...carried.connections].map((connection) => connection.pipe(entry.direction).remove(entry)))
  }

  async drop(proxyId: number): Promise<void> {
    const carried = this.#carried.get(proxyId)
    if (carried === undefined) return
    for (const half of carried.halves) half.destroy()
    for (const connection of carried.connections) connection.destroy()
  }

  #join(client: Wire, server: Wire, passage: Passage, carried: Carried): void {
    const random = this.#random.fork(`proxy ${passage.proxy}`).fork(`connection ${passage.number}`)
    const connection = new Connection(client, server, carried.toxics, this.#setting, random, {
      onDirectionDone: (direction, receivedBytes, sentBytes) =>
        this.#events.onDirectionDone(passage, direction, receivedBytes, sentBytes),
      onDone: () => {
        carried.connections.delete(connection)
        this.#done(passage, carried)
      },
    })
    carried.connections.add(connection)
  }

  #done(passage: Passage, carried: Carried): void {
    this.#size--
    const empty = carried.connections.size === 0 && carried.halves.size === 0
    if (empty) this.#carried.delete(passage.proxyId)
    this.#events.onDone(passage)
  }
}

function dial(upstream: string, onConnect: (wire: Wire) => void, onFail: () => void): Wire | undefined {
  try {
    return Wire.dial(splitAddress(upstream), onConnect, onFail)
  } catch {
    return undefined
  }
}
