/**
 * The client library of the consensus targets. It asks the node that the client is pinned to first, follows hints to the
 * leader, and sends a call again to another node when an attempt stays unanswered: with the same session and sequence
 * number, so that the cluster executes it once however often it arrives (see `session-table.ts`).
 *
 * Requests: `{type: 'open'}`, `{type: 'call', session, seq, f, key, value}`, `{type: 'read', f, key}`; each also carries
 * `attempt`, which its answer repeats. Answers: those of the store (`command.ts`), and
 * - `{type: 'redirect', leader}`: not accepted here; the leader is that node, or nobody knows (null).
 * - `{type: 'deposed', leader}`: accepted, but this node has lost the leadership since; perhaps it happens, perhaps not.
 *
 * A call ends as *fail* only when that is certain: the store said so, it only reads, or every attempt was refused. As
 * soon as one attempt was accepted or stayed unanswered it is *in doubt*, and only the answer to a retry can settle it.
 */
import type {Call, Json, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {type Answer, isRead, type SessionId} from './command.ts'
import {LockTokens} from './lock-tokens.ts'
import {settingsFrom} from './settings.ts'
import {storeFunction} from './vocabulary.ts'

/** How patient a client is, ms. Each can be set by the target argument of the same name. */
export const PATIENCE = {
  /** An attempt that is unanswered for so long is made again elsewhere. */
  attemptMs: 500,
  /** Wait after a refusal by a node that knows no leader; half to all of it at random. */
  backoffMs: 50,
  /** A call that was refused for so long, or a read that was not answered, fails. */
  giveUpMs: 2000,
}

type Patience = typeof PATIENCE
type Reply = (Answer | {type: 'redirect' | 'deposed'; leader: NodeId | null}) & {attempt: number; index?: number}

/** The call that is under way. */
interface Open {
  readonly f: string
  readonly key: string | null
  readonly value: Json
  readonly seq: number
  readonly startMs: number
  /** Whether an attempt may have been executed, or may still be. */
  inDoubt: boolean
  /** The node of the attempt under way. */
  target: NodeId
  /** Whether the attempt under way asks for a session, not yet for the call. */
  opening: boolean
}

export class StoreSession implements Session {
  readonly #env: SessionEnv
  readonly #workload: string | undefined
  readonly #patience: Patience
  #session: SessionId | undefined
  #seq = 0
  #attempt = 0
  #leader: NodeId | undefined
  #open: Open | undefined
  readonly #tokens = new LockTokens()
  /** The latest transaction that a node has told of, where nodes do: reads must not be answered from before it. */
  #seen: number | undefined

  constructor(env: SessionEnv, {args}: TargetOptions) {
    this.#env = env
    this.#workload = args['workload']
    this.#patience = settingsFrom(PATIENCE, args)
  }

  invoke({f, key, value}: Call): void {
    const name = storeFunction(this.#workload, f)
    if (name === undefined) {
      this.#env.fail(`${f} is no function of this store`)
      return
    }
    const sent = this.#tokens.fill(name, key, value)
    if (sent === undefined) {
      this.#env.fail('not held')
      return
    }
    this.#open = {
      f: name,
      key,
      value: sent,
      seq: ++this.#seq,
      startMs: this.#env.now(),
      inDoubt: false,
      target: isRead(name) ? this.#env.home : (this.#leader ?? this.#env.home),
      opening: false,
    }
    this.#ask()
  }

  message(from: NodeId, message: Message): void {
    const open = this.#open
    const reply = message as unknown as Reply
    if (open === undefined || reply.attempt !== this.#attempt) return
    if (reply.index !== undefined) this.#seen = Math.max(this.#seen ?? 0, reply.index)
    switch (reply.type) {
      case 'ok':
        this.#tokens.note(open.f, open.key, reply.value)
        this.#settle(() => this.#env.ok(reply.value))
        return
      case 'failed':
        this.#settle(() => this.#env.fail(reply.error))
        return
      case 'opened':
        this.#session = reply.session
        this.#leader = from
        this.#ask()
        return
      case 'expired':
        this.#expired(open)
        return
      case 'deposed':
        if (!open.opening) open.inDoubt = true
        this.#refused(open, from, reply.leader)
        return
      case 'redirect':
        this.#refused(open, from, reply.leader)
    }
  }

  timer(name: string): void {
    const open = this.#open
    if (open === undefined) return
    if (name === 'attempt') {
      if (!open.opening) open.inDoubt = true
      this.#moveOn(open, null)
    }
    this.#ask()
  }

  /** One attempt at what is next: a session if there is none, then the call. */
  #ask(): void {
    const open = this.#open as Open
    const {f, key, value, seq} = open
    if (this.#env.now() - open.startMs >= this.#patience.giveUpMs && (isRead(f) || !open.inDoubt)) {
      this.#settle(() => this.#env.fail('no leader'))
      return
    }
    const attempt = ++this.#attempt
    open.opening = !isRead(f) && this.#session === undefined
    this.#env.setTimer('attempt', this.#patience.attemptMs)
    const seen = this.#seen === undefined ? {} : {seen: this.#seen}
    if (isRead(f)) this.#env.send(open.target, {type: 'read', attempt, f, key, ...seen})
    else if (this.#session === undefined) this.#env.send(open.target, {type: 'open', attempt})
    else this.#env.send(open.target, {type: 'call', attempt, session: this.#session, seq, f, key, value})
  }

  /** A node has no use for us: at once to the leader that it names, or after a while to another node. */
  #refused(open: Open, from: NodeId, leader: NodeId | null): void {
    const news = leader !== null && leader !== from && leader !== this.#leader
    this.#env.cancelTimer('attempt')
    this.#moveOn(open, leader)
    if (news) this.#ask()
    else this.#env.setTimer('backoff', this.#patience.backoffMs * (0.5 + this.#env.random.next() / 2))
  }

  /** Chooses whom to ask next: the named leader, or else the next node in order. */
  #moveOn(open: Open, leader: NodeId | null): void {
    const {nodes} = this.#env
    this.#leader = leader ?? undefined
    open.target = leader ?? (nodes[(nodes.indexOf(open.target) + 1) % nodes.length] as NodeId)
  }

  /** The cluster has forgotten us, and with us whether an earlier attempt was executed. */
  #expired(open: Open): void {
    this.#session = undefined
    if (open.inDoubt) this.#settle(() => this.#env.unknown('session expired'))
    else this.#ask()
  }

  #settle(tell: () => void): void {
    this.#open = undefined
    this.#env.cancelTimer('attempt')
    this.#env.cancelTimer('backoff')
    tell()
  }
}
