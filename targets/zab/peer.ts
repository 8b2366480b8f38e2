/**
 * The state of a Zab peer: what is on disk (paper, section IV: the promised epoch f.p, the current epoch f.a, the history
 * h), and what is lost in a crash.
 */
import type {Env, Message, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Log} from '../raft/log.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {loadSnapshot, type Snapshot} from '../state-machine/snapshot.ts'
import {Store} from '../state-machine/store.ts'
import type {BugName} from './bugs.ts'
import type {Standing, ZabMessage} from './messages.ts'
import type {Client, Role} from './role.ts'
import {SETTINGS, type Settings} from './settings.ts'

/** A read that waits at the peer to which its client sent it. */
export type Read = {readonly client: Client; readonly f: string; readonly key: string | null}

type Epochs = {readonly accepted: number; readonly acceptedFrom: NodeId | null; readonly current: number}

export class Peer {
  readonly env: Env
  readonly settings: Settings
  readonly others: readonly NodeId[]
  readonly quorum: number
  /** Whether reads are answered from what this peer has delivered, however old. */
  readonly localReads: boolean
  readonly #bugs: readonly string[]

  // On disk.
  epochs: Epochs
  readonly history: Log
  snapshot: Snapshot | undefined
  readonly boots: number

  // Lost in a crash.
  role: Role = {name: 'looking', offers: new Map(), ticks: 0}
  /** Transactions up to this one have been delivered to the store. */
  delivered = 0
  /** A checksum of everything delivered, in order. */
  digest = 0
  readonly store: Store
  /** Counts attempts to follow, batches of reads. */
  numbers = 0
  /** Reads: not asked about yet; asked about; to be answered once so much is delivered. */
  readonly reads = {
    arrived: [] as Read[],
    asked: new Map<string, readonly Read[]>(),
    confirmed: [] as {readonly index: number; readonly reads: readonly Read[]}[],
  }
  flushPending = false
  /** When others that look were heard last, ms of this node's time. */
  readonly heardMs = new Map<NodeId, number>()
  /** Who said in its latest offer that it hears this peer. */
  readonly hearsUs = new Set<NodeId>()
  /** Who offered to lead and then never answered, and until when its offers are passed over, ms of this node's time. */
  readonly passedOver = new Map<NodeId, number>()

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsFrom(SETTINGS, args)
    this.localReads = (args['reads'] ?? (args['workload'] === 'register' ? 'local' : 'sync')) === 'local'
    this.others = env.nodes.filter((node) => node !== env.id)
    this.quorum = Math.floor(env.nodes.length / 2) + 1
    this.store = new Store({sessions: this.settings.sessions})
    this.history = new Log(env.disk)
    this.snapshot = loadSnapshot(env.disk)
    const [text] = env.disk.read('epochs')
    this.epochs = text === undefined ? {accepted: 0, acceptedFrom: null, current: 0} : (JSON.parse(text) as Epochs)
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.boots = env.disk.read('boots').length
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  get standing(): Standing {
    return {
      currentEpoch: this.epochs.current,
      lastEpoch: this.history.lastTerm,
      lastIndex: this.history.lastIndex,
    }
  }

  /** The leader that this peer takes part with, itself included; null while there is none. */
  get leader(): NodeId | null {
    const {role} = this
    if (role.name === 'looking' || role.phase !== 'broadcast') return null
    return role.name === 'leading' ? this.env.id : role.leader
  }

  /** Durable when it returns. */
  setEpochs(epochs: Partial<Epochs>): void {
    this.epochs = {...this.epochs, ...epochs}
    this.env.disk.replace('epochs', [JSON.stringify(this.epochs)])
    this.env.disk.sync('epochs')
  }

  /** A number that this node never gives twice. */
  fresh(): string {
    return `${this.boots}.${++this.numbers}`
  }

  send(to: NodeId, message: ZabMessage): void {
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
