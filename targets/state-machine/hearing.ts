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

  /** Whether that is news. */
  missed(peer: NodeId): boolean {
    if (this.#silent.has(peer)) return false
    this.#silent.add(peer)
    this.#env.event({type: 'silent', to: peer})
    return true
  }

  /** Whether that is news: it had been silent. */
  heard(peer: NodeId): boolean {
    if (!this.#silent.delete(peer)) return false
    this.#env.event({type: 'heard', from: peer})
    return true
  }
}
