/** How the naive nodes take what `StoreSession` asks: no sessions, no memory of retries. */
import type {Env, Json, Message, RequestId} from '../../core/node.ts'
import {Objects} from '../state-machine/objects.ts'

/** One call that a client waits for. */
export interface Asked {
  readonly request: RequestId
  readonly attempt: Json
  readonly f: string
  readonly key: string | null
  readonly value: Json
}

/** What has to be done about a request; undefined where it was answered at once. Every session is number 1. */
export function takeRequest(env: Env, request: RequestId, message: Message, status: Message): Asked | undefined {
  if (message.type === 'status') {
    env.reply(request, {...status, type: 'status'})
    return undefined
  }
  const attempt = message['attempt'] ?? null
  if (message.type === 'open') {
    env.reply(request, {type: 'opened', session: 1, attempt})
    return undefined
  }
  const {f, key, value} = message as Message & {f: string; key: string | null; value?: Json}
  return {request, attempt, f, key, value: value ?? null}
}

export function answer(env: Env, {request, attempt}: Asked, reply: Message): void {
  env.reply(request, {...reply, attempt})
}

/** An operation that changes something, as nodes send it to each other. */
export type Change = {readonly f: string; readonly key: string | null; readonly value: Json}

export function changeOf({f, key, value}: Asked): Change {
  return {f, key, value}
}

/** Objects whose every change is on disk before anybody hears of it. */
export class DurableObjects {
  readonly #env: Env
  readonly #objects = new Objects()

  constructor(env: Env) {
    this.#env = env
    for (const record of env.disk.read('changes')) this.#perform(JSON.parse(record) as Change)
  }

  apply(change: Change): Message {
    this.#env.disk.append('changes', JSON.stringify(change))
    this.#env.disk.sync('changes')
    return this.#perform(change)
  }

  look({f, key}: Asked): Message {
    return this.#objects.look(f, key)
  }

  #perform({f, key, value}: Change): Message {
    return this.#objects.perform(f, key, value)
  }
}
