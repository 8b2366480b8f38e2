/**
 * `lww-kv`: eventually consistent, the last writer wins. Two replicas, of which a random one serves each request, and one is
 * merged into another before each: a client may well miss what it wrote itself.
 */
import type {Random} from '../../../core/random.ts'
import type {ValueKey} from '../../../core/value.ts'
import type {Body} from '../packet.ts'
import type {Service} from './service.ts'
import {perform} from './store.ts'

const REPLICAS = 2

interface Stamped {
  /** Lamport's. */
  readonly time: number
  readonly value: unknown
}

class Replica {
  readonly #values = new Map<ValueKey, Stamped>()
  #time = 0

  get(key: ValueKey): unknown {
    return this.#values.get(key)?.value
  }

  set(key: ValueKey, value: unknown): void {
    this.#values.set(key, {time: ++this.#time, value})
  }

  /** Takes over what is later there; of equal times what is there. */
  merge(source: Replica): void {
    for (const [key, theirs] of source.#values) {
      const ours = this.#values.get(key)
      if (ours === undefined || ours.time <= theirs.time) this.#values.set(key, theirs)
    }
    this.#time = Math.max(this.#time, source.#time)
  }
}

export class LwwKv implements Service {
  readonly #random: Random
  readonly #replicas = Array.from({length: REPLICAS}, () => new Replica())

  constructor(random: Random) {
    this.#random = random
  }

  handle(_client: string, request: Body): Body {
    const [target, source] = this.#random.shuffle(this.#replicas) as [Replica, Replica]
    target.merge(source)
    const replica = this.#random.pick(this.#replicas)
    const {answer, change} = perform(replica, request, false)
    if (change !== undefined) replica.set(change.key, change.value)
    return answer
  }
}
