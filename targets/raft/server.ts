/**
 * The state of a Raft server (figure 2 of the paper): what is on disk, and what is lost in a crash. The rules that change
 * it are in the other files of this folder; `node.ts` says which file has which.
 */
import type {Env, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {type Answer, answering} from '../state-machine/command.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {Store, type StoreOptions} from '../state-machine/store.ts'
import type {BugName} from './bugs.ts'
import type {Client, Read} from './client.ts'
import {Configuration} from './configuration.ts'
import {Log} from './log.ts'
import type {RaftMessage} from './messages.ts'
import type {Leader, Role} from './role.ts'
import {SETTINGS, type Settings} from './settings.ts'
import {type Incoming, loadSnapshot, type Snapshot} from './snapshot.ts'

export const FOLLOWER: Role = {name: 'follower'}

export class Server {
  readonly env: Env
  readonly settings: Settings
  readonly configuration: Configuration
  readonly peers: readonly NodeId[]
  readonly #bugs: readonly string[]

  // On disk, synced before anything that depends on it is said.
  term = 0
  vote: NodeId | null = null
  readonly log: Log
  snapshot: Snapshot | undefined
  /** How often this server has booted. */
  readonly boots: number

  // Lost in a crash.
  role: Role = FOLLOWER
  /** The leader of this term, as long as it is heard. */
  leader: NodeId | null = null
  /** No election timeout has passed since this server booted. */
  justBooted = true
  commitIndex = 0
  lastApplied = 0
  /** A checksum of everything applied, in order: equal at equal indices on all servers, or the log was not one log. */
  digest = 0
  readonly store: Store
  /** A snapshot that is arriving in chunks. */
  incoming: Incoming | undefined
  /** Reads on their way to be served here; see `read-index.ts`. */
  readonly reads = {
    arrived: [] as Read[],
    asked: new Map<string, readonly Read[]>(),
    confirmed: [] as {readonly index: number; readonly reads: readonly Read[]}[],
    batches: 0,
  }
  #flushPending = false

  constructor(env: Env, {bugs, args}: TargetOptions, store: StoreOptions = {}) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsFrom(SETTINGS, args)
    this.store = new Store({...store, sessions: this.settings.sessions, dedupe: !this.has('no-dedupe')})
    this.log = new Log(env.disk)
    this.snapshot = loadSnapshot(env.disk)
    this.configuration = new Configuration(this.snapshot?.voters ?? env.nodes, {evenQuorum: this.has('even-quorum')})
    this.peers = this.configuration.voters.filter((voter) => voter !== env.id)
    const [state] = env.disk.read<{term: number; vote: NodeId | null}>('state')
    if (state !== undefined) ({term: this.term, vote: this.vote} = state)
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.boots = env.disk.read('boots').length
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  get leading(): Leader | undefined {
    return this.role.name === 'leader' ? this.role : undefined
  }

  /** Whether somebody leads this term as far as this server knows. A leader hears itself. */
  get hearsLeader(): boolean {
    return this.leader !== null
  }

  /** Enters a term, and votes in it for this candidate, if any. Durable when it returns. */
  enterTerm(term: number, vote: NodeId | null): void {
    this.term = term
    this.vote = vote
    this.env.disk.replace('state', [{term, vote}])
    if (!this.has('forget-vote')) this.env.disk.sync('state')
  }

  send(to: NodeId, message: RaftMessage): void {
    this.env.send(to, message)
  }

  /** Answers a client with what the store said. */
  reply({request, attempt}: Client, answer: Answer): void {
    this.env.reply(request, answering(answer, attempt))
  }

  /** Answers a client with where to go. `deposed`: perhaps its command happens, perhaps not. */
  sendAway({request, attempt}: Client, why: 'redirect' | 'deposed', leader: NodeId | null): void {
    this.env.reply(request, {type: why, leader, attempt})
  }

  /** Calls for a flush (see `node.ts`) soon; until then, more is gathered. */
  flushSoon(): void {
    if (this.#flushPending) return
    this.#flushPending = true
    this.env.setTimer('flush', this.settings.batchMs)
  }

  flushed(): void {
    this.#flushPending = false
  }
}
