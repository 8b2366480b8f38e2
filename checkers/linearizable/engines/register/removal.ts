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
import {NEVER} from '../../trace.ts'
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
  readonly #byValue: Producers
  readonly #all: Producers

  constructor(columns: RegisterColumns) {
    this.#columns = columns
    const {sees, leaves, kind, values} = columns
    this.produces = leaves
    this.observes = Int32Array.from(sees, (value, i) => (kind[i] === NOT ? NEGATION : value))
    this.#byValue = new Producers(columns, (i) => leaves[i]!, values)
    this.#all = columns.negations ? new Producers(columns, () => 0, 1) : this.#byValue
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
    const {returnAt} = this.#columns
    const shields = new Shields(this.#columns, kept)
    const missing: number[] = []
    for (const observer of kept) {
      const value = this.observes[observer]!
      if (value === NOTHING) continue
      const shieldedBefore = shields.before(observer, value)
      const returns = returnAt[observer]!
      if (value === NEGATION) this.#all.owed(0, shieldedBefore, returns, observer, kept, missing)
      else {
        this.#byValue.owed(value, shieldedBefore, returns, observer, kept, missing)
        // A story in which nobody ever wrote the value that was seen is a worse one: keep the latest that did.
        const latest = shields.produced(value) ? NOTHING : this.#byValue.latestBefore(value, returns)
        if (latest >= 0 && latest !== observer && !kept.has(latest)) missing.push(latest)
      }
      if (first && missing.length > 0) return missing
    }
    return missing
  }
}

/** Producers in lists, each by return. */
class Producers {
  readonly #columns: RegisterColumns
  readonly #start: Int32Array
  readonly #list: Int32Array
  /** By place: the earliest invocation from there to the end of its list. */
  readonly #earliestFrom: Int32Array

  constructor(columns: RegisterColumns, listOf: (operation: number) => number, lists: number) {
    this.#columns = columns
    const {size, leaves, returnAt, invokeAt, events} = columns
    this.#start = new Int32Array(lists + 1)
    for (let i = 0; i < size; i++) if (leaves[i]! >= 0) this.#start[listOf(i) + 1]!++
    for (let k = 0; k < lists; k++) this.#start[k + 1]! += this.#start[k]!
    const fill = this.#start.slice(0, lists)
    this.#list = new Int32Array(this.#start[lists]!)
    for (const event of events) {
      const i = event >> 1
      if ((event & 1) === 1 && leaves[i]! >= 0) this.#list[fill[listOf(i)]!++] = i
    }
    for (let i = 0; i < size; i++) {
      if (returnAt[i] === NEVER && leaves[i]! >= 0) this.#list[fill[listOf(i)]!++] = i
    }
    this.#earliestFrom = new Int32Array(this.#list.length)
    for (let k = 0; k < lists; k++) {
      let earliest = NEVER
      for (let at = this.#start[k + 1]! - 1; at >= this.#start[k]!; at--) {
        earliest = Math.min(earliest, invokeAt[this.#list[at]!]!)
        this.#earliestFrom[at] = earliest
      }
    }
  }

  /** Adds the producers that were invoked before `invokedBefore`, returned at `from` or later, and are not kept. */
  owed(
    list: number,
    from: number,
    invokedBefore: number,
    observer: number,
    kept: ReadonlySet<number>,
    missing: number[],
  ): void {
    const end = this.#start[list + 1]!
    for (let at = this.#firstFrom(list, from); at < end && this.#earliestFrom[at]! < invokedBefore; at++) {
      const p = this.#list[at]!
      if (p !== observer && this.#columns.invokeAt[p]! < invokedBefore && !kept.has(p)) missing.push(p)
    }
  }

  /** The last that returned before `event`; or one that was invoked before it; -1 if there is none. */
  latestBefore(list: number, event: number): number {
    const at = this.#firstFrom(list, event)
    if (at > this.#start[list]!) return this.#list[at - 1]!
    for (let later = at; later < this.#start[list + 1]! && this.#earliestFrom[later]! < event; later++) {
      if (this.#columns.invokeAt[this.#list[later]!]! < event) return this.#list[later]!
    }
    return NOTHING
  }

  /** The first place of a list whose operation returns at `event` or later. */
  #firstFrom(list: number, event: number): number {
    let low = this.#start[list]!
    let high = this.#start[list + 1]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#columns.returnAt[this.#list[middle]!]! < event) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What lies between a producer and an observer: kept, completed producers of another value. */
class Shields {
  readonly #columns: RegisterColumns
  /** Kept producers by return, and up to each: the latest invoked, and the latest of another value than that. */
  readonly #byReturn: readonly number[]
  readonly #latest: number[] = []
  readonly #second: number[] = []
  readonly #values = new Set<number>()

  constructor(columns: RegisterColumns, kept: ReadonlySet<number>) {
    this.#columns = columns
    const {leaves, returnAt, invokeAt} = columns
    this.#byReturn = [...kept].filter((i) => leaves[i]! >= 0).sort((a, b) => returnAt[a]! - returnAt[b]!)
    let latest = NOTHING
    let second = NOTHING
    for (const y of this.#byReturn) {
      this.#values.add(leaves[y]!)
      if (latest < 0 || invokeAt[y]! > invokeAt[latest]!) {
        if (latest >= 0 && leaves[latest] !== leaves[y]) second = latest
        latest = y
      } else if (leaves[y] !== leaves[latest] && (second < 0 || invokeAt[y]! > invokeAt[second]!)) second = y
      this.#latest.push(latest)
      this.#second.push(second)
    }
  }

  /** Whether a kept operation leaves this value. */
  produced(value: number): boolean {
    return this.#values.has(value)
  }

  /** The invocation of the last shield before an observer of `value`: what returned before that cannot be what it saw. */
  before(observer: number, value: number): number {
    const {invokeAt, returnAt, leaves} = this.#columns
    let low = 0
    let high = this.#byReturn.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (returnAt[this.#byReturn[middle]!]! < invokeAt[observer]!) low = middle + 1
      else high = middle
    }
    if (low === 0) return -1
    const latest = this.#latest[low - 1]!
    const shield = leaves[latest] === value ? this.#second[low - 1]! : latest
    return shield < 0 ? -1 : invokeAt[shield]!
  }
}
