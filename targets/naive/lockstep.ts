/**
 * "Commit when every node has the proposal": the first node takes all writes, sends each to everybody, and answers when the
 * last has it. Everybody has everything, so anybody may be read. It looks as if nothing could be lost.
 *
 * But having a proposal is not having applied it: the client is answered, and a follower that has not heard of the commit
 * yet still shows the old state. And one node that does not answer stops all writes, for which the design has no word.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import {sketched} from './protocol.ts'
import {type Asked, answer, type Change, changeOf, DurableObjects, takeRequest} from './requests.ts'

const RETRY_MS = 100

interface Proposal {
  readonly asked: Asked
  readonly missing: Set<NodeId>
}

class LockstepNode implements Node {
  readonly #env: Env
  readonly #objects: DurableObjects
  readonly #leads: boolean
  readonly #proposals = new Map<string, Proposal>()
  /** Proposals that were heard and not committed yet. */
  readonly #pending = new Map<string, Change>()
  #count = 0

  constructor(env: Env) {
    this.#env = env
    this.#objects = new DurableObjects(env)
    this.#leads = env.id === env.nodes[0]
  }

  start(): void {
    if (!this.#leads) return
    this.#env.event({type: 'leader', term: 1})
    this.timer()
  }

  request(request: RequestId, message: Message): void {
    const role = this.#leads ? 'leader' : 'follower'
    const leader = this.#env.nodes[0] ?? null
    const asked = takeRequest(this.#env, request, message, {type: 'status', role, leader})
    if (asked === undefined) return
    if (message.type === 'read') answer(this.#env, asked, this.#objects.look(asked))
    else if (!this.#leads) answer(this.#env, asked, {type: 'redirect', leader})
    else {
      const id = `${this.#env.now()}.${++this.#count}`
      this.#proposals.set(id, {asked, missing: new Set(this.#env.nodes.slice(1))})
      this.#propose(id)
      this.#commitIfComplete(id)
    }
  }

  /** Again to whoever has not answered. */
  timer(): void {
    for (const id of this.#proposals.keys()) this.#propose(id)
    this.#env.setTimer('retry', RETRY_MS)
  }

  message(from: NodeId, message: Message): void {
    const {id, change} = message as Message & {id: string; change: Change}
    if (message.type === 'propose') {
      this.#pending.set(id, change)
      this.#env.send(from, {type: 'have', id})
    } else if (message.type === 'commit') {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (pending !== undefined) this.#objects.apply(pending)
    } else {
      this.#proposals.get(id)?.missing.delete(from)
      this.#commitIfComplete(id)
    }
  }

  #propose(id: string): void {
    const {asked, missing} = this.#proposals.get(id) as Proposal
    for (const node of missing) this.#env.send(node, {type: 'propose', id, change: changeOf(asked)})
  }

  #commitIfComplete(id: string): void {
    const proposal = this.#proposals.get(id)
    if (proposal === undefined || proposal.missing.size > 0) return
    this.#proposals.delete(id)
    const reply = this.#objects.apply(changeOf(proposal.asked))
    for (const node of this.#env.nodes.slice(1)) this.#env.send(node, {type: 'commit', id})
    answer(this.#env, proposal.asked, reply)
  }
}

export const protocol = sketched((env) => new LockstepNode(env), {leads: true})
