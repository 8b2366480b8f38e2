/**
 * The client of the transactional store: asks the node that it is pinned to, once, since a transaction that was asked for
 * twice could happen twice. What is not answered within the caller's deadline, nobody can know.
 */
import type {Call, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'

export class CommitSession implements Session {
  readonly #env: SessionEnv
  #calls = 0
  #open = false

  constructor(env: SessionEnv) {
    this.#env = env
  }

  invoke({f, value}: Call): void {
    this.#open = true
    this.#env.send(this.#env.home, {type: 'call', call: ++this.#calls, f, value})
  }

  message(_from: NodeId, message: Message): void {
    if (!this.#open || message['call'] !== this.#calls) return
    this.#open = false
    if (message.type === 'ok') this.#env.ok(message['value'] ?? null)
    else this.#env.fail(String(message['error']))
  }

  timer(): void {}
}
