/**
 * The brokers' agreement on metadata: the Raft of `targets/raft` runs inside every broker, as in KRaft (KIP-500), and keeps
 * one register. This file is the node that hosts it and the client that reads and changes the register.
 */
import type {Disk, Env, Json, Message, NodeId, RequestId} from '../../core/node.ts'
import {RaftNode} from '../raft/node.ts'
import {StoreSession} from '../state-machine/session.ts'
import {type Edit, type Metadata, NO_METADATA} from './metadata.ts'

const REGISTER = 'metadata'
/** Timers of the quorum are told apart from the broker's by this prefix. */
const PREFIX = 'quorum/'
/** An answer that has not come after this time will not come; the register is read again, ms. */
const LOST_MS = 1500
const PATIENCE = {attemptMs: '150', giveUpMs: '1000'}

export class Quorum {
  readonly #env: Env
  readonly #raft: RaftNode
  #session: StoreSession
  /** The number of the present session; never used again, not even after a crash. */
  #number: number
  /** What waits for its turn: a change, or a mere read. */
  readonly #jobs: {readonly edit?: Edit; readonly done?: () => void}[] = []
  #busy = false
  #reading = false
  #proposed: Metadata | undefined
  /** Told of every state that has been read or made. */
  readonly #onMetadata: (metadata: Metadata) => void

  constructor(env: Env, boot: number, onMetadata: (metadata: Metadata) => void) {
    this.#env = env
    this.#onMetadata = onMetadata
    this.#number = boot * 1e6
    this.#raft = new RaftNode(this.#raftEnv(), {nodes: env.nodes, bugs: [], args: {}})
    this.#session = this.#newSession()
  }

  /** Whether this broker is the controller: the one whose Raft leads. */
  get leads(): boolean {
    return this.#raft.server.leading !== undefined
  }

  get leader(): NodeId | null {
    return this.#raft.server.leader
  }

  start(): void {
    this.#raft.start()
  }

  /**
   * Changes the metadata, once whatever was asked before is done, and tries until it is decided: made, or nothing to be
   * changed any more. What there is then, `onMetadata` has told before `done`.
   */
  change(edit: Edit, done?: () => void): void {
    this.#jobs.push(done === undefined ? {edit} : {edit, done})
    this.#next()
  }

  /** Reads the metadata, unless that is about to happen anyway. */
  refresh(): void {
    if (this.#jobs.length > 0) return
    this.#jobs.push({})
    this.#next()
  }

  /** True where the timer is one of the quorum's. */
  timer(name: string): boolean {
    if (!name.startsWith(PREFIX)) return false
    const rest = name.slice(PREFIX.length)
    if (rest === 'lost') this.#giveUp()
    else if (rest.startsWith('session/')) this.#session.timer(rest.slice('session/'.length))
    else this.#raft.timer(rest)
    return true
  }

  message(from: NodeId, message: Message): boolean {
    if (message.type === 'quorum') this.#raft.message(from, message['m'] as Message)
    else if (message.type === 'quorum-ask') {
      this.#raft.request(`${from}/${message['session']}`, message['m'] as Message)
    } else if (message.type === 'quorum-answer') {
      if (message['session'] === this.#number) this.#session.message(from, message['m'] as Message)
    } else return false
    return true
  }

  #next(): void {
    if (this.#busy || this.#jobs.length === 0) return
    this.#busy = true
    this.#env.setTimer(`${PREFIX}lost`, LOST_MS)
    this.#reading = true
    this.#session.invoke({f: 'read', key: REGISTER, value: null})
  }

  #turn(): void {
    this.#env.cancelTimer(`${PREFIX}lost`)
    this.#busy = false
    this.#next()
  }

  #giveUp(): void {
    this.#session = this.#newSession()
    this.#turn()
  }

  #settled(ok: boolean, value: Json): void {
    const [job] = this.#jobs
    if (!this.#reading) {
      if (ok) this.#made(this.#proposed as Metadata)
      // Somebody else was quicker, or nobody knows: look again, and see whether there is still something to change.
      else this.#turn()
      return
    }
    if (!ok) {
      if (job?.edit === undefined) this.#jobs.shift()
      this.#turn()
      return
    }
    const metadata = (value as Metadata | null) ?? NO_METADATA
    const next = job?.edit?.(metadata)
    if (next === undefined) {
      this.#made(metadata)
      return
    }
    this.#proposed = next
    this.#reading = false
    this.#session.invoke({f: 'cas', key: REGISTER, value: [value, next] as Json})
  }

  /** The present job is done, and this is what there is now. */
  #made(metadata: Metadata): void {
    const job = this.#jobs.shift()
    this.#onMetadata(metadata)
    job?.done?.()
    this.#turn()
  }

  #newSession(): StoreSession {
    const env = this.#env
    const number = ++this.#number
    const current = () => number === this.#number
    return new StoreSession(
      {
        id: `${env.id}.${number}`,
        nodes: env.nodes,
        home: env.id,
        random: env.random,
        now: () => env.now(),
        send: (to, message) => {
          if (current()) this.#ask(to, message)
        },
        setTimer: (name, delayMs) => {
          if (current()) env.setTimer(`${PREFIX}session/${name}`, delayMs)
        },
        cancelTimer: (name) => {
          if (current()) env.cancelTimer(`${PREFIX}session/${name}`)
        },
        ok: (value) => this.#settled(true, value),
        fail: () => this.#settled(false, null),
        unknown: () => this.#settled(false, null),
      },
      {nodes: env.nodes, bugs: [], args: PATIENCE},
    )
  }

  #ask(to: NodeId, message: Message): void {
    const session = this.#number
    if (to === this.#env.id) this.#raft.request(`${to}/${session}`, message)
    else this.#env.send(to, {type: 'quorum-ask', session, m: message})
  }

  #answer(request: RequestId, message: Message): void {
    const [node = '', text] = request.split('/')
    const session = Number(text)
    if (node !== this.#env.id) this.#env.send(node, {type: 'quorum-answer', session, m: message})
    else if (session === this.#number) this.#session.message(node, message)
  }

  #raftEnv(): Env {
    const env = this.#env
    const named = (file: string) => `quorum-${file}`
    const disk: Disk = {
      read: (file) => env.disk.read(named(file)),
      append: (file, record) => env.disk.append(named(file), record),
      truncate: (file, records) => env.disk.truncate(named(file), records),
      replace: (file, records) => env.disk.replace(named(file), records),
      sync: (file) => env.disk.sync(file === undefined ? undefined : named(file)),
    }
    return {
      id: env.id,
      nodes: env.nodes,
      random: env.random.fork('quorum'),
      disk,
      now: () => env.now(),
      send: (to, message) => env.send(to, {type: 'quorum', m: message}),
      reply: (request, message) => this.#answer(request, message),
      setTimer: (name, delayMs) => env.setTimer(PREFIX + name, delayMs),
      cancelTimer: (name) => env.cancelTimer(PREFIX + name),
      log: (line) => env.log(`quorum: ${line}`),
      event: (event) => {
        if (event.type === 'leader') env.event({type: 'controller', term: event['term'] ?? null})
      },
    }
  }
}
