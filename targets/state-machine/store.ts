/**
 * The replicated state machine of the consensus targets: registers, sets and other objects behind exactly-once sessions.
 * Pure: `apply` the same commands in the same order and every replica has the same state and gives the same answers
 * (Schneider, "Implementing fault-tolerant services using the state machine approach", 1990).
 */
import type {Json} from '../../core/node.ts'
import type {Answer, Command} from './command.ts'
import type {Locks} from './locks.ts'
import {Objects, type ObjectsSnapshot} from './objects.ts'
import {SessionTable, type SessionTableSnapshot} from './session-table.ts'

export interface StoreOptions {
  /** How many sessions are remembered. More clients than that at once lose their sessions, safely. */
  readonly sessions?: number
  /** False executes every retry again: a bug, for targets that want to have it. */
  readonly dedupe?: boolean
  /** False has resources accept any lock token: likewise. */
  readonly fencing?: boolean
}

/** Everything a store knows. JSON-able. */
export type StoreSnapshot = {readonly objects: ObjectsSnapshot; readonly sessions: SessionTableSnapshot}

export class Store {
  readonly #objects: Objects
  readonly #sessions: SessionTable
  readonly #dedupe: boolean

  constructor({sessions = 4096, dedupe = true, fencing = true}: StoreOptions = {}) {
    this.#objects = new Objects({fencing})
    this.#sessions = new SessionTable(sessions)
    this.#dedupe = dedupe
  }

  /** Executes the next command of the log. Never throws: a nonsensical command has a `failed` answer everywhere. */
  apply(command: Command): Answer {
    switch (command.type) {
      case 'noop':
      case 'members':
        return {type: 'ok', value: null}
      case 'open':
        return {type: 'opened', session: this.#sessions.open()}
      case 'read':
        return this.read(command.f, command.key)
      case 'expire':
        return this.#objects.locks.perform('expire', command.key, command.token, 0)
      case 'call': {
        const known = this.#sessions.recall(command.session, command.seq)
        if (known !== undefined && (this.#dedupe || known.type === 'expired')) return known
        const answer = this.#objects.perform(command.f, command.key, command.value, command.session)
        this.#sessions.remember(command.session, command.seq, answer)
        return answer
      }
    }
  }

  /** A read of the state as it is; whether that is recent enough is the caller's business. */
  read(f: string, key: string | null): Answer {
    return this.#objects.look(f, key)
  }

  feed(name: string): (readonly [position: number, value: Json])[] {
    return this.#objects.feed(name)
  }

  get locks(): Locks {
    return this.#objects.locks
  }

  snapshot(): StoreSnapshot {
    return {objects: this.#objects.snapshot(), sessions: this.#sessions.snapshot()}
  }

  /** Forgets everything and takes over a snapshot. */
  restore(snapshot: StoreSnapshot): void {
    this.#objects.restore(snapshot.objects)
    this.#sessions.restore(snapshot.sessions)
  }
}
