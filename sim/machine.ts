/**
 * A simulated machine: one node's process, its disk, its timers and its idea of the time.
 *
 * - Paused: what arrives and what runs out is kept, and handled in that order on resume, as a kernel does for a stopped
 *   process.
 * - Killed: everything but the disk is gone, and the disk loses what was not synced. A restart makes a new node on it.
 * - A node that throws crashes just so, and the error is kept: it is a finding.
 */
import type {ProcessState} from '../core/cluster.ts'
import type {Env, Json, Message, Node, NodeId, RequestId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {SimDisk} from './disk.ts'
import type {Receiver} from './network.ts'
import {type Timer, Timers} from './timers.ts'
import type {World} from './world.ts'

/** A node that threw. */
export interface Crash {
  readonly timeNs: number
  readonly node: NodeId
  readonly error: Error
}

/** Who asked something of a node, and is told of the reply if one is made while that process lives. */
export interface Asker {
  answered(by: NodeId, reply: Message): void
}

/** What a machine needs of the cluster around it. */
export interface Surroundings {
  readonly world: World
  readonly nodes: readonly NodeId[]
  /** Sees every record that goes to disk. */
  admit(record: Json): Json
  send(from: NodeId, to: NodeId, message: Message): void
  log(node: NodeId, line: string): void
  event(node: NodeId, event: Message): void
  crashed(crash: Crash): void
}

/** Nodes take the time to be some day in 2026; it only matters that it is no small number. */
const EPOCH_MS = 1_780_000_000_000

export class SimMachine implements Receiver<Asker | undefined> {
  readonly id: NodeId
  readonly disk: SimDisk
  /** What this node's clock is ahead by, ms. */
  skewMs = 0
  readonly #around: Surroundings
  readonly #create: (env: Env) => Node
  readonly #random: Random
  readonly #timers: Timers
  #state: ProcessState = 'dead'
  #node: Node | undefined
  #boots = 0
  /** While paused: what is to be handled on resume. */
  #backlog: (() => void)[] = []
  /** Where to send the answers of open requests. */
  #requests = new Map<RequestId, Asker>()
  #requestCount = 0
  #requestPrefix = ''

  constructor(id: NodeId, around: Surroundings, create: (env: Env) => Node, random: Random) {
    this.id = id
    this.#around = around
    this.#create = create
    this.#random = random
    this.disk = new SimDisk(random.fork('disk'), around.admit)
    this.#timers = new Timers(around.world, (timer, setting) => this.#expire(timer, setting))
  }

  get state(): ProcessState {
    return this.#state
  }

  /** Starts the node with what is on its disk. Nothing happens where it is not dead. */
  boot(): void {
    if (this.#state !== 'dead') return
    this.#state = 'running'
    const random = this.#random.fork(`boot ${this.#boots++}`)
    this.#requestPrefix = `${this.id}/${this.#boots}/`
    try {
      this.#node = this.#create(this.#env(random))
      this.#node.start()
    } catch (thrown) {
      this.#crash(thrown)
    }
  }

  kill(): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#node = undefined
    this.#backlog = []
    this.#requests.clear()
    this.#timers.clear()
    this.disk.crash()
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    const backlog = this.#backlog
    this.#backlog = []
    for (const work of backlog) work()
  }

  /** A message from a peer has arrived or, with an asker, a request from a client. */
  deliver(from: string, message: Message, asker: Asker | undefined): void {
    if (this.#state !== 'running') {
      if (this.#state === 'paused') this.#backlog.push(() => this.deliver(from, message, asker))
      return
    }
    try {
      if (asker === undefined) {
        this.#node!.message(from, message)
      } else {
        const id = this.#requestPrefix + this.#requestCount++
        this.#requests.set(id, asker)
        this.#node!.request(id, message)
      }
    } catch (thrown) {
      this.#crash(thrown)
    }
  }

  #expire(timer: Timer, setting: number): void {
    if (this.#state !== 'running') {
      if (this.#state === 'paused') this.#backlog.push(() => this.#expire(timer, setting))
      return
    }
    try {
      if (this.#timers.claim(timer, setting)) this.#node!.timer(timer.name)
    } catch (thrown) {
      this.#crash(thrown)
    }
  }

  #crash(thrown: unknown): void {
    this.kill()
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#around.crashed({timeNs: this.#around.world.nowNs(), node: this.id, error})
  }

  #env(random: Random): Env {
    const around = this.#around
    return {
      id: this.id,
      nodes: around.nodes,
      disk: this.disk,
      random,
      now: () => EPOCH_MS + Math.floor(around.world.nowNs() / 1e6 + this.skewMs),
      send: (to, message) => around.send(this.id, to, message),
      reply: (request, message) => {
        const asker = this.#requests.get(request)
        if (asker === undefined) return
        this.#requests.delete(request)
        asker.answered(this.id, message)
      },
      setTimer: (name, delayMs) => this.#timers.set(name, delayMs),
      cancelTimer: (name) => this.#timers.cancel(name),
      log: (line) => around.log(this.id, line),
      event: (event) => around.event(this.id, event),
    }
  }
}
