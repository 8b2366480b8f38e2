/** The state of a replica: what is on disk, and what is lost in a crash. The rules that change it are in the other files. */
import type {Env, Json, Message, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Log} from '../raft/log.ts'
import {loadSnapshot, type Snapshot} from '../state-machine/snapshot.ts'
import {Store} from '../state-machine/store.ts'
import type {BugName} from './bugs.ts'
import type {ReplicaMessage} from './messages.ts'
import {type Settings, settingsOf} from './settings.ts'

/** Whom to answer: one attempt of a client's session. */
export type Client = {readonly request: RequestId; readonly attempt: Json}

/** What a primary knows of one backup. */
export type Progress = {
  /** Its log is known to equal the primary's up to here. */
  matched: number
  /** The next entry to send. */
  next: number
  silentBeats: number
}

export type Role =
  | {readonly name: 'backup'}
  /** Wants to be the primary of the present epoch. */
  | {readonly name: 'candidate'; readonly granted: Set<NodeId>}
  | {
      readonly name: 'primary'
      readonly progress: ReadonlyMap<NodeId, Progress>
      /** Who waits for the answer to which entry. */
      readonly waiting: Map<number, Client>
    }

export type Primary = Extract<Role, {name: 'primary'}>

type Fence = {readonly epoch: number; readonly promised: NodeId | null}

export class Replica {
  readonly env: Env
  readonly settings: Settings
  readonly peers: readonly NodeId[]
  readonly majority: number
  readonly #bugs: readonly string[]

  // On disk.
  /** No orders of an earlier epoch are taken; and who was promised this one. */
  fence: Fence
  readonly log: Log
  snapshot: Snapshot | undefined

  // Lost in a crash.
  role: Role = {name: 'backup'}
  /** The primary of this epoch, as long as it is heard. */
  primary: NodeId | null = null
  applied = 0
  /** A checksum of everything applied, in order. */
  digest = 0
  store: Store
  flushPending = false

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsOf(args)
    this.peers = env.nodes.filter((node) => node !== env.id)
    this.majority = Math.floor(env.nodes.length / 2) + 1
    this.store = new Store({sessions: this.settings.sessions})
    this.log = new Log(env.disk)
    this.snapshot = loadSnapshot(env.disk)
    const [text] = env.disk.read('fence')
    this.fence = text === undefined ? {epoch: 0, promised: null} : (JSON.parse(text) as Fence)
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  /** Takes no orders of an earlier epoch from here on. Durable when it returns. */
  raiseFence(epoch: number, promised: NodeId | null): void {
    this.fence = {epoch, promised}
    this.env.disk.replace('fence', [JSON.stringify(this.fence)])
    this.env.disk.sync('fence')
  }

  send(to: NodeId, message: ReplicaMessage): void {
    this.env.send(to, message as unknown as Message)
  }

  reply({request, attempt}: Client, message: Message): void {
    this.env.reply(request, {...message, attempt})
  }

  flushSoon(): void {
    if (this.flushPending) return
    this.flushPending = true
    this.env.setTimer('flush', this.settings.batchMs)
  }
}
