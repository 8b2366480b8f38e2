/**
 * Two-phase commit without a log, over full copies: whoever is asked coordinates, everybody votes, and when all have said yes
 * everybody is told to commit. Copies are on disk; votes and decisions are not.
 *
 * A participant that crashes after its vote has forgotten that it voted, and a decision that does not arrive is never asked
 * for: the coordinator has answered its client and moved on. Copies part for ever (Gray 1978 has the log for exactly that).
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import {sketched} from './protocol.ts'
import {type Asked, answer, type Change, changeOf, DurableObjects, takeRequest} from './requests.ts'

/** A transaction whose votes are not complete by then is aborted. */
const VOTING_MS = 300

interface Transaction {
  readonly asked: Asked
  readonly missing: Set<NodeId>
}

class LoglessTwoPhaseNode implements Node {
  readonly #env: Env
  readonly #objects: DurableObjects
  /** Transactions that this node coordinates. */
  readonly #open = new Map<string, Transaction>()
  /** What this node has voted yes for. */
  readonly #prepared = new Map<string, Change>()
  #count = 0

  constructor(env: Env) {
    this.#env = env
    this.#objects = new DurableObjects(env)
  }

  start(): void {}

  request(request: RequestId, message: Message): void {
    const asked = takeRequest(this.#env, request, message, {type: 'status', role: 'peer'})
    if (asked === undefined) return
    if (message.type === 'read') {
      answer(this.#env, asked, this.#objects.look(asked))
      return
    }
    const id = `${this.#env.id}.${this.#env.now()}.${++this.#count}`
    const others = this.#env.nodes.filter((node) => node !== this.#env.id)
    this.#open.set(id, {asked, missing: new Set(others)})
    for (const node of others) this.#env.send(node, {type: 'prepare', id, change: changeOf(asked)})
    this.#env.setTimer(id, VOTING_MS)
    this.#commitIfUnanimous(id)
  }

  timer(id: string): void {
    const transaction = this.#open.get(id)
    if (transaction === undefined) return
    this.#open.delete(id)
    for (const node of this.#env.nodes) if (node !== this.#env.id) this.#env.send(node, {type: 'abort', id})
    answer(this.#env, transaction.asked, {type: 'failed', error: 'aborted'})
  }

  message(from: NodeId, message: Message): void {
    const {id, change} = message as Message & {id: string; change: Change}
    if (message.type === 'prepare') {
      this.#prepared.set(id, change)
      this.#env.send(from, {type: 'yes', id})
    } else if (message.type === 'yes') {
      this.#open.get(id)?.missing.delete(from)
      this.#commitIfUnanimous(id)
    } else {
      const prepared = this.#prepared.get(id)
      this.#prepared.delete(id)
      if (message.type === 'commit' && prepared !== undefined) this.#objects.apply(prepared)
    }
  }

  #commitIfUnanimous(id: string): void {
    const transaction = this.#open.get(id)
    if (transaction === undefined || transaction.missing.size > 0) return
    this.#open.delete(id)
    this.#env.cancelTimer(id)
    const reply = this.#objects.apply(changeOf(transaction.asked))
    for (const node of this.#env.nodes) if (node !== this.#env.id) this.#env.send(node, {type: 'commit', id})
    answer(this.#env, transaction.asked, reply)
  }
}

export const protocol = sketched((env) => new LoglessTwoPhaseNode(env), {leads: false})
