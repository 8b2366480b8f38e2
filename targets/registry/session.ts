/**
 * The registry's client: the usual one, with a memory of how much of each feed it has seen. It is told whole feeds, by
 * whichever node it is pinned to, and passes on what is new; a node that is behind has nothing new for it.
 */
import type {Call, Json, Message, NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {StoreSession} from '../state-machine/session.ts'

type Change = readonly [position: number, value: Json]

export class RegistrySession implements Session {
  readonly #inner: StoreSession
  /** The next position of each feed that was not passed on yet. */
  readonly #next = new Map<string, number>()
  #call: Call | undefined

  constructor(env: SessionEnv, options: TargetOptions) {
    this.#inner = new StoreSession({...env, now: () => env.now(), ok: (value) => env.ok(this.#passOn(value))}, options)
  }

  invoke(call: Call): void {
    this.#call = call
    this.#inner.invoke(call)
  }

  message(from: NodeId, message: Message): void {
    this.#inner.message(from, message)
  }

  timer(name: string): void {
    this.#inner.timer(name)
  }

  #passOn(value: Json): Json {
    const call = this.#call
    if (call?.f !== 'poll') return value
    const key = call.key ?? ''
    const next = this.#next.get(key) ?? 0
    const changes = (value as unknown as readonly Change[]).filter(([position]) => position >= next)
    const last = changes.at(-1)
    if (last !== undefined) this.#next.set(key, last[0] + 1)
    return changes
  }
}
