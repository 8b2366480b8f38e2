/**
 * Which operations of a register may be left out of a counterexample.
 *
 * Leaving out an operation must not make the rest impossible by itself, or the smaller story would be a lie. Reads may
 * always go: they change nothing. A producer p of value v (a write, a successful cas) may go when no kept observer can
 * owe its v to p. That is certain for an observer o
 *
 * - that returned before p was invoked, or
 * - with a kept, completed producer y of another value between them: p returned before y was invoked and y returned
 *   before o was invoked. In every order the value was then something else after p and before o.
 *
 * So in every linearization of the whole, the kept operations still see what they saw: if the kept part is impossible, the
 * whole is. The argument can be repeated: a sound part of a sound part is sound.
 */
import {NOT, type RegisterColumns} from './columns.ts'

/** Nothing that a kept operation saw. */
const NOTHING = -1
/** It saw only that the value was not some value. */
const NEGATION = -2

export class RegisterRemoval {
  readonly #columns: RegisterColumns
  /** By operation: the number of the value it leaves behind; -1 for none. */
  readonly produces: Int32Array
  /** By operation: the number of the value it saw; -1 for none, -2 for "something else than". */
  readonly observes: Int32Array
  /** By value: its producers, by return. */
  readonly #producers: number[][]

  constructor(columns: RegisterColumns) {
    this.#columns = columns
    const {size, kind, sees, leaves, returnAt, values} = columns
    this.produces = leaves
    this.observes = Int32Array.from(sees, (value, i) => (kind[i] === NOT ? NEGATION : value))
    this.#producers = Array.from({length: values}, () => [])
    for (let i = 0; i < size; i++) if (leaves[i]! >= 0) this.#producers[leaves[i]!]!.push(i)
    for (const list of this.#producers) list.sort((left, right) => returnAt[left]! - returnAt[right]!)
  }

  /** Adds to `kept` every producer that a kept observer may owe its value to. */
  close(kept: Set<number>): void {
    for (;;) {
      const missing = this.#missing(kept)
      if (missing.length === 0) return
      for (const producer of missing) kept.add(producer)
    }
  }

  /** Whether the kept part stands for itself. */
  sound(kept: ReadonlySet<number>): boolean {
    return this.#missing(kept, true).length === 0
  }

  #missing(kept: ReadonlySet<number>, first = false): number[] {
    const {invokeAt, returnAt} = this.#columns
    const shields = [...kept].filter((i) => this.produces[i]! >= 0).sort((a, b) => returnAt[a]! - returnAt[b]!)
    const missing: number[] = []
    for (const observer of kept) {
      const value = this.observes[observer]!
      if (value === NOTHING) continue
      if (value === NEGATION) {
        this.#owed(observer, shields, this.#producers.flat(), NOTHING, kept, missing)
      } else {
        const producers = this.#producers[value]!
        this.#owed(observer, shields, producers, value, kept, missing)
        // A story in which nobody ever wrote the value that was seen is a worse one: keep the latest that did.
        if (!producers.some((p) => kept.has(p))) {
          const before = producers.filter((p) => invokeAt[p]! < returnAt[observer]!)
          if (before.length > 0) missing.push(before.at(-1)!)
        }
      }
      if (first && missing.length > 0) return missing
    }
    return missing
  }

  #owed(
    observer: number,
    shields: readonly number[],
    producers: readonly number[],
    value: number,
    kept: ReadonlySet<number>,
    missing: number[],
  ): void {
    const {invokeAt, returnAt} = this.#columns
    let shieldedBefore = -1
    for (const y of shields) {
      if (returnAt[y]! >= invokeAt[observer]!) break
      if (value >= 0 && this.produces[y] === value) continue
      if (invokeAt[y]! > shieldedBefore) shieldedBefore = invokeAt[y]!
    }
    for (let k = producers.length - 1; k >= 0; k--) {
      const p = producers[k]!
      if (returnAt[p]! < shieldedBefore) {
        if (value >= 0) break
        continue
      }
      if (p !== observer && invokeAt[p]! < returnAt[observer]! && !kept.has(p)) missing.push(p)
    }
  }
}
