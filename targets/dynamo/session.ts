/**
 * The client of the Dynamo store: asks the node that it is pinned to, and nobody else. Reads are asked again while they are
 * unanswered; what changes something is asked once, since a late first copy could undo what was done since.
 */
import type {Call, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {isRead} from '../state-machine/command.ts'
import {storeFunction} from '../state-machine/vocabulary.ts'

/** An unanswered read is asked again after this time, ms. */
const RETRY_MS = 350

export class DynamoSession implements Session {
  readonly #env: SessionEnv
  readonly #workload: string | undefined
  #calls = 0
  /** The call that is under way. */
  #open: Message | undefined

  constructor(env: SessionEnv, {args}: TargetOptions) {
    this.#env = env
    this.#workload = args['workload']
  }

  invoke({f, key, value}: Call): void {
    const name = storeFunction(this.#workload, f)
    if (name === undefined) {
      this.#env.fail(`${f} is no function of this store`)
      return
    }
    this.#open = {type: 'call', call: ++this.#calls, f: name, key, value}
    this.#env.send(this.#env.home, this.#open)
    if (isRead(name)) this.#env.setTimer('retry', RETRY_MS)
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
    this.#env.setTimer('retry', RETRY_MS)
  }
}
