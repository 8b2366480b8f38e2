/**
 * The objects that a store keeps: registers, sets, counters, texts, lists, decisions and locks, each under its key, each
 * kind in a room of its own. Deterministic: the same calls in the same order give the same results on every replica.
 */
import type {Json} from '../../core/node.ts'
import type {Answer} from './command.ts'
import {Locks, type LocksOptions, type LocksSnapshot} from './locks.ts'
import {runTransaction} from './transaction.ts'

/** The content as data, for snapshots. */
export type ObjectsSnapshot = {
  readonly registers: readonly (readonly [string, Json])[]
  readonly sets: readonly (readonly [string, readonly Json[]])[]
  readonly counters: readonly (readonly [string, number])[]
  readonly texts: readonly (readonly [string, string])[]
  readonly lists: readonly (readonly [string, readonly Json[]])[]
  readonly decisions: readonly (readonly [string, Json])[]
  readonly locks: LocksSnapshot
  readonly ids: number
}

export class Objects {
  #registers = new Map<string, Json>()
  /** Elements by their JSON text, in the order in which they were added. */
  #sets = new Map<string, Map<string, Json>>()
  #counters = new Map<string, number>()
  #texts = new Map<string, string>()
  #lists = new Map<string, readonly Json[]>()
  #decisions = new Map<string, Json>()
  readonly locks: Locks
  /** The last id that was given. */
  #ids = 0

  constructor(options: LocksOptions = {}) {
    this.locks = new Locks(options)
  }

  /**
   * Executes a call of a session. `write` v, `cas` [from, to], `add` and `remove` an element of a set (it fails to remove one
   * that is not there), `increment` a counter by a number of either sign, `put` and `append` to a text, `propose` a value
   * (the answer is what was decided: the first proposal), `generate` an id, `txn` over lists, `announce` a change (the answer is
   * its position); `acquire`, `use` and `release` a lock. A
   * register that was never written reads as null, and a cas from null finds it.
   */
  perform(f: string, key: string | null, value: Json, session = 0): Answer {
    const name = key ?? ''
    switch (f) {
      case 'write':
        this.#registers.set(name, value)
        return {type: 'ok', value}
      case 'cas':
        return this.#compareAndSet(name, value)
      case 'add':
        this.#setOf(name).set(JSON.stringify(value), value)
        return {type: 'ok', value}
      case 'remove':
        return this.#setOf(name).delete(JSON.stringify(value))
          ? {type: 'ok', value}
          : {type: 'failed', error: 'not found'}
      case 'increment':
        if (typeof value !== 'number') return {type: 'failed', error: 'not a number'}
        this.#counters.set(name, (this.#counters.get(name) ?? 0) + value)
        return {type: 'ok', value}
      case 'put':
        this.#texts.set(name, String(value))
        return {type: 'ok', value}
      case 'append':
        this.#texts.set(name, (this.#texts.get(name) ?? '') + String(value))
        return {type: 'ok', value}
      case 'generate':
        return {type: 'ok', value: ++this.#ids}
      case 'propose':
        if (!this.#decisions.has(name)) this.#decisions.set(name, value)
        return {type: 'ok', value: this.#decisions.get(name) ?? null}
      case 'announce': {
        const changes = this.#lists.get(name) ?? []
        this.#lists.set(name, [...changes, value])
        return {type: 'ok', value: changes.length}
      }
      case 'txn':
        return runTransaction(this.#lists, value)
      default:
        return this.locks.perform(f, name, value, session)
    }
  }

  /** Looks: `read` a register, `read-set` (an array), `read-counter` (a number), `get` a text, `decided` (null before). */
  look(f: string, key: string | null): Answer {
    const name = key ?? ''
    switch (f) {
      case 'read':
        return {type: 'ok', value: this.#registers.get(name) ?? null}
      case 'read-set':
        return {type: 'ok', value: [...(this.#sets.get(name)?.values() ?? [])]}
      case 'read-counter':
        return {type: 'ok', value: this.#counters.get(name) ?? 0}
      case 'get':
        return {type: 'ok', value: this.#texts.get(name) ?? ''}
      case 'decided':
        return {type: 'ok', value: this.#decisions.get(name) ?? null}
      default:
        return {type: 'failed', error: `unknown function ${f}`}
    }
  }

  /** Every change that was announced under this name, with its position. */
  feed(name: string): (readonly [position: number, value: Json])[] {
    return (this.#lists.get(name) ?? []).map((value, position) => [position, value])
  }

  snapshot(): ObjectsSnapshot {
    return {
      registers: [...this.#registers],
      sets: [...this.#sets].map(([key, elements]) => [key, [...elements.values()]]),
      counters: [...this.#counters],
      texts: [...this.#texts],
      lists: [...this.#lists],
      decisions: [...this.#decisions],
      locks: this.locks.snapshot(),
      ids: this.#ids,
    }
  }

  restore(snapshot: ObjectsSnapshot): void {
    this.#registers = new Map(snapshot.registers)
    this.#sets = new Map(
      snapshot.sets.map(([key, elements]) => [key, new Map(elements.map((e) => [JSON.stringify(e), e]))]),
    )
    this.#counters = new Map(snapshot.counters)
    this.#texts = new Map(snapshot.texts)
    this.#lists = new Map(snapshot.lists)
    this.#decisions = new Map(snapshot.decisions)
    this.locks.restore(snapshot.locks)
    this.#ids = snapshot.ids
  }

  #compareAndSet(name: string, value: Json): Answer {
    if (!Array.isArray(value) || value.length !== 2) return {type: 'failed', error: 'cas wants [from, to]'}
    const [from, to] = value as [Json, Json]
    const found = this.#registers.get(name) ?? null
    if (JSON.stringify(found) !== JSON.stringify(from)) {
      return {type: 'failed', error: this.#registers.has(name) ? 'value differs' : 'not found'}
    }
    this.#registers.set(name, to)
    return {type: 'ok', value}
  }

  #setOf(name: string): Map<string, Json> {
    let elements = this.#sets.get(name)
    if (elements === undefined) this.#sets.set(name, (elements = new Map()))
    return elements
  }
}
