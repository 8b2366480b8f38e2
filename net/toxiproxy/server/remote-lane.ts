/**
 * A lane in a process of its own. Connections are handed over as they are accepted; changes are sent after them on the
 * same channel, which keeps the order, and are answered when they are done. The process ends with ours.
 */
import {type ChildProcess, fork} from 'node:child_process'
import type {Socket} from 'node:net'
import type {Direction, ToxicJson} from '../api.ts'
import {programBeside} from '../program.ts'
import type {Lane, LaneEvents, Passage} from './lane.ts'
import type {ToxicEntry} from './toxic-entry.ts'

/** A toxic as it travels to a lane's process. */
export interface SentToxic extends ToxicJson {
  id: number
}

export type ToLane =
  | {do: 'accept'; passage: Passage; toxics: SentToxic[]}
  | {do: 'add' | 'update' | 'remove'; ask: number; proxyId: number; toxic: SentToxic}
  | {do: 'drop'; ask: number; proxyId: number}

export type FromLane =
  | {did: 'start'}
  | {did: 'answer'; ask: number}
  | {did: 'direction'; passage: Passage; direction: Direction; receivedBytes: number; sentBytes: number}
  | {did: 'done'; passage: Passage}

export class RemoteLane implements Lane {
  readonly #child: ChildProcess
  readonly #asked = new Map<number, () => void>()
  /** Connections per proxy; a proxy that has none there is none of the process's business. */
  readonly #carried = new Map<number, number>()
  readonly #events: LaneEvents
  #size = 0
  #asks = 0
  #ready = false
  #closing = false

  constructor(seed: string, strict: boolean, events: LaneEvents) {
    this.#events = events
    const {path, nodeArguments} = programBeside(import.meta.url, 'lane-main')
    // Not our stdin and stdout: whoever reads them waits for everybody who has them.
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
    this.#child = fork(path, [seed, ...(strict ? ['strict'] : [])], {execArgv: nodeArguments, stdio: [...stdio]})
    this.#child.on('message', (message) => this.#hear(message as FromLane))
    this.#child.on('exit', (code, signal) => {
      // Its connections are gone, which nobody asked for: a run on such a network proves nothing.
      if (!this.#closing) throw new Error(`a process that carries connections ended (${signal ?? code})`)
    })
  }

  /** Whether the process can take connections. */
  ready(): boolean {
    return this.#ready
  }

  size(): number {
    return this.#size
  }

  accept(client: Socket, passage: Passage, toxics: readonly ToxicEntry[]): void {
    this.#size++
    this.#carried.set(passage.proxyId, (this.#carried.get(passage.proxyId) ?? 0) + 1)
    // Or Node would keep books about which server's sockets are where.
    ;(client as {server?: unknown}).server = undefined
    this.#child.send({do: 'accept', passage, toxics: toxics.map(sent)} satisfies ToLane, client)
  }

  addToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#ask(proxyId, (ask) => ({do: 'add', ask, proxyId, toxic: sent(entry)}))
  }

  updateToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#ask(proxyId, (ask) => ({do: 'update', ask, proxyId, toxic: sent(entry)}))
  }

  removeToxic(proxyId: number, entry: ToxicEntry): Promise<void> {
    return this.#ask(proxyId, (ask) => ({do: 'remove', ask, proxyId, toxic: sent(entry)}))
  }

  drop(proxyId: number): Promise<void> {
    return this.#ask(proxyId, (ask) => ({do: 'drop', ask, proxyId}))
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await exited
    for (const answer of this.#asked.values()) answer()
  }

  async #ask(proxyId: number, message: (ask: number) => ToLane): Promise<void> {
    if (!this.#carried.has(proxyId)) return
    const ask = this.#asks++
    await new Promise<void>((resolve) => {
      this.#asked.set(ask, resolve)
      this.#child.send(message(ask))
    })
  }

  #hear(message: FromLane): void {
    if (message.did === 'start') this.#ready = true
    else if (message.did === 'answer') {
      this.#asked.get(message.ask)?.()
      this.#asked.delete(message.ask)
    } else if (message.did === 'direction') {
      const {passage, direction, receivedBytes, sentBytes} = message
      this.#events.onDirectionDone(passage, direction, receivedBytes, sentBytes)
    } else {
      const {proxyId} = message.passage
      const left = (this.#carried.get(proxyId) ?? 1) - 1
      if (left === 0) this.#carried.delete(proxyId)
      else this.#carried.set(proxyId, left)
      this.#size--
      this.#events.onDone(message.passage)
    }
  }
}

function sent(entry: ToxicEntry): SentToxic {
  return {id: entry.id, ...entry.toJson()}
}
