/** The lanes of a server: each connection goes to the one that carries the fewest, changes go to all. */
import type {Socket} from 'node:net'
import {serverRandom} from './chance.ts'
import {type Lane, type LaneEvents, LocalLane, type Passage} from './lane.ts'
import {RemoteLane} from './remote-lane.ts'
import type {Setting} from './stage.ts'
import type {ToxicEntry} from './toxic-entry.ts'

export class Lanes implements Omit<Lane, 'size'> {
  readonly #local: LocalLane
  readonly #remote: readonly RemoteLane[]

  /** `count`: one here and the others in processes of their own. */
  constructor(count: number, setting: Setting, seed: string | number, events: LaneEvents) {
    this.#local = new LocalLane(setting, serverRandom(seed), events)
    this.#remote = Array.from({length: count - 1}, () => new RemoteLane(String(seed), setting.strict, events))
  }

  accept(client: Socket, passage: Passage, toxics: readonly ToxicEntry[]): void {
    let lane: Lane = this.#local
    // Evenly loaded, the other process is the better one: it has no API to answer in between.
    for (const remote of this.#remote) if (remote.ready() && remote.size() <= lane.size()) lane = remote
    lane.accept(client, passage, toxics)
  }

  addToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#all((lane) => lane.addToxic(proxyId, entry))
  }

  updateToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#all((lane) => lane.updateToxic(proxyId, entry))
  }

  removeToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#all((lane) => lane.removeToxic(proxyId, entry))
  }

  drop(proxyId: number): Promise<void> {
    return this.#all((lane) => lane.drop(proxyId))
  }

  /** Ends the other processes. */
  async close(): Promise<void> {
    await Promise.all(this.#remote.map((lane) => lane.close()))
  }

  async #all(change: (lane: Lane) => Promise<void>): Promise<void> {
    await Promise.all([this.#local, ...this.#remote].map(change))
  }
}
