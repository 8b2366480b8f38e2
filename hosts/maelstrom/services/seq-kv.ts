/**
 * `seq-kv`: sequentially consistent. Changes have one order that all see, but a client may look at a state of the past,
 * never at one older than what it has seen. To be sure of the newest state a client must change something.
 *
 * A request is tried on a state drawn from those between the client's own and the newest, of at most the last 32. Where it
 * changes nothing there, that is the answer; otherwise it is done on the newest. As Maelstrom has it.
 */
import type {Random} from '../../../core/random.ts'
import {sameValue, type ValueKey} from '../../../core/value.ts'
import type {Body} from '../packet.ts'
import type {Service} from './service.ts'
import {perform} from './store.ts'

/** How many states are kept. */
const KEPT = 32

interface Version {
  /** The state in which it came to be. */
  readonly at: number
  readonly value: unknown
}

export class SeqKv implements Service {
  readonly #random: Random
  /** Of each key, the versions that one of the kept states shows, oldest first. */
  readonly #versions = new Map<ValueKey, Version[]>()
  readonly #seen = new Map<string, number>()
  #newest = 0

  constructor(random: Random) {
    this.#random = random
  }

  handle(client: string, request: Body): Body {
    const oldest = Math.max(this.#seen.get(client) ?? 0, this.#newest - KEPT + 1, 0)
    const tried = this.#random.between(oldest, this.#newest)
    const {answer, change} = perform(this.#stateAt(tried), request, true)
    if (change === undefined || sameValue(this.#stateAt(tried).get(change.key), change.value)) {
      this.#seen.set(client, tried)
      return answer
    }
    const done = perform(this.#stateAt(this.#newest), request, true)
    if (done.change !== undefined) this.#change(done.change.key, done.change.value)
    this.#seen.set(client, this.#newest)
    return done.answer
  }

  #stateAt(state: number): {get(key: ValueKey): unknown} {
    return {get: (key) => this.#versions.get(key)?.findLast(({at}) => at <= state)?.value}
  }

  #change(key: ValueKey, value: unknown): void {
    const at = ++this.#newest
    const versions = this.#versions.get(key) ?? []
    const first = versions.findLastIndex((version) => version.at <= at - KEPT + 1)
    this.#versions.set(key, [...versions.slice(Math.max(first, 0)), {at, value}])
  }
}
