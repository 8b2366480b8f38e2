/**
 * A lock service and registry over Raft, after Burrows, "The Chubby lock service for loosely-coupled distributed systems"
 * (OSDI 2006), and the recipes of ZooKeeper (Hunt et al., ATC 2010, section 2.4).
 *
 * - Locks, their tokens and the resources that they protect are objects of the replicated store (`locks.ts` there).
 * - `leases.ts` there: who leads takes locks away whose holders are not heard any more; through the log, so all agree.
 * - Watches are answered by the node that the watcher is connected to, from what it has applied: perhaps late, never out of
 *   order and never with a gap.
 * - `session.ts`: what clients remember.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {RaftNode} from '../raft/node.ts'
import {proposeOwn} from '../raft/requests.ts'
import {expiredByClock, Leases} from '../state-machine/leases.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {BugName} from './bugs.ts'
import {SETTINGS} from './settings.ts'

const LEASES = 'leases'

export class RegistryNode implements Node {
  readonly #env: Env
  readonly #raft: RaftNode
  readonly #settings: typeof SETTINGS
  readonly #leases: Leases
  readonly #bugs: readonly string[]

  constructor(env: Env, options: TargetOptions) {
    this.#env = env
    this.#bugs = options.bugs
    this.#settings = settingsFrom(SETTINGS, options.args)
    this.#leases = new Leases(this.#settings)
    this.#raft = new RaftNode(env, options, {fencing: !this.#has('no-fencing')})
  }

  #has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  start(): void {
    this.#raft.start()
    this.#env.setTimer(LEASES, this.#settings.leaseTickMs)
  }

  message(from: NodeId, message: Message): void {
    this.#raft.message(from, message)
  }

  timer(name: string): void {
    if (name !== LEASES) {
      this.#raft.timer(name)
      return
    }
    this.#env.setTimer(LEASES, this.#settings.leaseTickMs)
    const {server} = this.#raft
    if (server.leading === undefined) {
      this.#leases.forget()
      return
    }
    const {locks} = server.store
    const expired = this.#has('lease-on-wall-clock') ? expiredByClock(locks, this.#env.now()) : this.#leases.tick(locks)
    for (const {key, token} of expired) {
      this.#env.event({type: 'lease-over', key, token})
      proposeOwn(server, {type: 'expire', key, token})
    }
  }

  request(request: RequestId, message: Message): void {
    const {f, key, value} = message
    if (f === 'feed') this.#answerWatch(request, message)
    else if (f === 'acquire' && typeof value === 'number') {
      // The time by this node's clock is only looked at with the bug; the lease itself is a length.
      this.#raft.request(request, {...message, value: {leaseMs: value, untilMs: this.#env.now() + value}})
    } else {
      if (f === 'use') this.#leases.heard(String(key), Number(value))
      this.#raft.request(request, message)
    }
  }

  #answerWatch(request: RequestId, {key, attempt}: Message): void {
    const changes = this.#raft.server.store.feed(String(key))
    const told = this.#has('watch-gap') ? changes.slice(-1) : changes
    this.#env.reply(request, {type: 'ok', value: told, attempt: attempt ?? null})
  }
}
