/**
 * The client of a store without a leader: asks the node that it is pinned to, whatever else is reachable, and nobody else,
 * since another node may not have heard yet of what this client has done. Reads are asked again while they are unanswered;
 * what changes something is asked once: an increment that was repeated would count twice, and a late first copy could undo
 * what was done since. What is not answered within the caller's deadline, nobody can know.
 */
import type {Call, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {isRead} from './command.ts'
import {storeFunction} from './vocabulary.ts'

export class HomeSession implements Session {
  readonly #env: SessionEnv
  readonly #workload: string | undefined
  readonly #retryMs: number
  #calls = 0
  /** The call that is under way. */
  #open: Message | undefined

  /** An unanswered read is asked again after `retryMs`. */
  constructor(env: SessionEnv, {args}: TargetOptions, retryMs: number) {
    this.#env = env
    this.#workload = args['workload']
    this.#retryMs = retryMs
  }

  invoke({f, key, value}: Call): void {
    const name = storeFunction(this.#workload, f)
    if (name === undefined) {
      this.#env.fail(`${f} is no function of this store`)
      return
    }
    this.#open = {type: 'call', call: ++this.#calls, f: name, key, value}
    this.#env.send(this.#env.home, this.#open)
    if (isRead(name)) this.#env.setTimer('retry', this.#retryMs)
  }

  message(_from: NodeId, message: Message): void {
    if (this.#open === undefined || message['call'] !== this.#calls) return
    this.#open = undefined
    this.#env.cancelTimer('retry')
    if (message.type === 'ok') this.#env.ok(message['value'] ?? null)
    else if (message.type === 'failed') this.#env.fail(String(message['error']))
    else this.#env.unknown(String(message['error']))
  }

  timer(): void {
    if (this.#open === undefined) return
    this.#env.send(this.#env.home, this.#open)
    this.#env.setTimer('retry', this.#retryMs)
  }
}
