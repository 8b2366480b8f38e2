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
import type {Entry, RaftMessage} from './messages.ts'
import type {Leader, Role} from './role.ts'
import {SETTINGS, type Settings} from './settings.ts'
import {type Incoming, loadSnapshot, type Snapshot} from './snapshot.ts'

export const FOLLOWER: Role = {name: 'follower'}

export class Server {
  readonly env: Env
  readonly settings: Settings
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
  /** Every set of members that the log or the snapshot knows of, by the index from which it is in force; the newest last. */
  #members: {readonly index: number; readonly voters: readonly NodeId[]}[]
  #configuration!: Configuration
  #peers!: readonly NodeId[]

  constructor(env: Env, {bugs, args}: TargetOptions, store: StoreOptions = {}) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsFrom(SETTINGS, args)
    this.store = new Store({...store, sessions: this.settings.sessions, dedupe: !this.has('no-dedupe')})
    this.log = new Log(env.disk)
    this.snapshot = loadSnapshot(env.disk)
    this.#members = [{index: this.snapshot?.index ?? 0, voters: this.snapshot?.voters ?? env.nodes}]
    this.#noteMembers(this.log.entriesFrom(this.log.baseIndex + 1, Number.MAX_SAFE_INTEGER), this.log.baseIndex + 1)
    this.#configure()
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

  /** The newest members that this server has heard of, committed or not: those count. */
  get configuration(): Configuration {
    return this.#configuration
  }

  /** The other ones. */
  get peers(): readonly NodeId[] {
    return this.#peers
  }

  /** The members as of an index. */
  membersAt(index: number): readonly NodeId[] {
    return (this.#members.findLast((change) => change.index <= index) ?? this.#members[0]!).voters
  }

  /** Adds entries to the end of the log; they are not safe before it is synced. */
  append(entries: readonly Entry[]): void {
    const first = this.log.lastIndex + 1
    this.log.append(entries)
    if (this.#noteMembers(entries, first)) this.#configure()
  }

  /** Forgets this entry and all after it, and the changes of membership among them. */
  truncateFrom(index: number): void {
    this.log.truncateFrom(index)
    const before = this.#members.length
    this.#members = this.#members.filter((change, i) => i === 0 || change.index < index)
    if (this.#members.length < before) this.#configure()
  }

  /** The members of a snapshot; `keeps`: the log goes on after it. */
  adoptMembers({index, voters}: Snapshot, keeps: boolean): void {
    this.#members = [{index, voters}, ...this.#members.filter((change) => keeps && change.index > index)]
    this.#configure()
  }

  #noteMembers(entries: readonly Entry[], firstIndex: number): boolean {
    const before = this.#members.length
    for (let i = 0; i < entries.length; i++) {
      const {command} = entries[i]!
      if (command.type !== 'members') continue
      const index = firstIndex + i
      if (index > (this.#members[0]?.index ?? 0)) this.#members.push({index, voters: command.voters})
    }
    return this.#members.length > before
  }

  #configure(): void {
    const {voters} = this.#members.at(-1)!
    this.#configuration = new Configuration(voters, {evenQuorum: this.has('even-quorum')})
    this.#peers = voters.filter((voter) => voter !== this.env.id)
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
