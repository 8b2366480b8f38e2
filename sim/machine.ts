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
import {DiskFailure, PowerFailure} from '../core/record.ts'
import {SimClock} from './clock.ts'
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
  /** Whether records on disk carry checksums, as they do on real disks. */
  readonly checksums: boolean
  /** Sees every record that goes to disk. */
  admit(record: Json): Json
  /** Sends a message of this machine's. */
  send(to: NodeId, message: Message): void
  log(node: NodeId, line: string): void
  event(node: NodeId, event: Message): void
  crashed(crash: Crash): void
}

export class SimMachine implements Receiver<Asker | undefined> {
  readonly id: NodeId
  readonly disk: SimDisk
  readonly clock: SimClock
  readonly #around: Surroundings
  readonly #create: (env: Env) => Node
  readonly #random: Random
  readonly #timers: Timers
  #state: ProcessState = 'dead'
  #node: Node | undefined
  #boots = 0
  /** Until when this node waits for its disk; 0 where it does not. */
  #stalledUntilNs = 0
  /** What goes out once it is done waiting. */
  #held: (() => void)[] = []
  /** While paused or stalled: what is to be handled afterwards. */
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
    this.clock = new SimClock(around.world)
    this.disk = new SimDisk(random.fork('disk'), {
      admit: around.admit,
      checksums: around.checksums,
      slowed: (delayMs) => this.#stall(delayMs),
    })
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

  /** The process is gone, and what it had not synced. `torn`: the power failed in the midst of a write. */
  kill(how: {readonly torn?: boolean} = {}): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#stalledUntilNs = 0
    this.#held = []
    this.#node = undefined
    this.#backlog = []
    this.#requests.clear()
    this.#timers.clear()
    this.disk.crash(how)
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    this.#workOff()
  }

  /** What it had to say, then what came while it could not work, in that order, until it cannot again. */
  #workOff(): void {
    if (this.#stalledUntilNs === 0) {
      const held = this.#held
      this.#held = []
      for (const act of held) act()
    }
    const backlog = this.#backlog
    this.#backlog = []
    for (const work of backlog) work()
  }

  /** A sync takes its time: what the handler does from here on happens afterwards, and so does all that comes meanwhile. */
  #stall(delayMs: number): void {
    const {world} = this.#around
    this.#stalledUntilNs = Math.max(world.nowNs(), this.#stalledUntilNs) + Math.round(delayMs * 1e6)
    const untilNs = this.#stalledUntilNs
    world.at(untilNs, () => {
      if (this.#stalledUntilNs !== untilNs) return
      this.#stalledUntilNs = 0
      if (this.#state === 'running') this.#workOff()
    })
  }

  /** How long this node still waits for its disk, ms. */
  get stallMs(): number {
    return this.#stalledUntilNs === 0 ? 0 : (this.#stalledUntilNs - this.#around.world.nowNs()) / 1e6
  }

  /** A message from a peer has arrived or, with an asker, a request from a client. */
  deliver(from: string, message: Message, asker: Asker | undefined): void {
    if (this.#state !== 'running' || this.#stalledUntilNs > 0) {
      if (this.#state !== 'dead') this.#backlog.push(() => this.deliver(from, message, asker))
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
    if (this.#state !== 'running' || this.#stalledUntilNs > 0) {
      if (this.#state !== 'dead') this.#backlog.push(() => this.#expire(timer, setting))
      return
    }
    try {
      if (this.#timers.claim(timer, setting)) this.#node!.timer(timer.name)
    } catch (thrown) {
      this.#crash(thrown)
    }
  }

  #crash(thrown: unknown): void {
    this.kill({torn: thrown instanceof PowerFailure})
    if (thrown instanceof DiskFailure) {
      // No bug of the node: it must not go on without its disk, and the operator is told.
      this.#around.log(this.id, `goes down: ${thrown.message}`)
      return
    }
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
      now: () => this.clock.nowMs(this.stallMs),
      send: (to, message) => {
        if (this.#stalledUntilNs === 0) around.send(to, message)
        else this.#held.push(() => around.send(to, message))
      },
      reply: (request, message) => {
        const asker = this.#requests.get(request)
        if (asker === undefined) return
        this.#requests.delete(request)
        if (this.#stalledUntilNs === 0) asker.answered(this.id, message)
        else this.#held.push(() => asker.answered(this.id, message))
      },
      setTimer: (name, delayMs) => this.#timers.set(name, this.clock.trueMs(delayMs) + this.stallMs),
      cancelTimer: (name) => this.#timers.cancel(name),
      log: (line) => around.log(this.id, line),
      event: (event) => around.event(this.id, event),
    }
  }
}
