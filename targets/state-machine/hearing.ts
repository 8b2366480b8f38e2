/**
 * Which peers do not answer, told once when that begins and once when it ends: what a node's events say of its network.
 *
 *     silent {to: n3}     asked, and no answer came in time
 *     heard  {from: n3}   it answers again
 */
import type {Env, NodeId} from '../../core/node.ts'

export class Hearing {
  readonly #env: Pick<Env, 'event'>
  readonly #silent = new Set<NodeId>()

  constructor(env: Pick<Env, 'event'>) {
    this.#env = env
  }

  missed(peer: NodeId): void {
    if (this.#silent.has(peer)) return
    this.#silent.add(peer)
    this.#env.event({type: 'silent', to: peer})
  }

  heard(peer: NodeId): void {
    if (this.#silent.delete(peer)) this.#env.event({type: 'heard', from: peer})
  }
}
