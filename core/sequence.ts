/**
 * Items in order, of which not all need to be in memory: what arrays and their compact stand-ins have in common. A plain
 * array is a `Sequence` as it is; a `LazySequence` makes each item when it is asked for, and forgets it.
 */

/** The part of a read-only array that needs no array. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
  /** The item at this position, counted from the end where it is negative. */
  at(position: number): T | undefined
  map<U>(make: (item: T, position: number) => U): U[]
  flatMap<U>(make: (item: T, position: number) => U | readonly U[]): U[]
  filter(keep: (item: T, position: number) => boolean): Sequence<T>
  find(wanted: (item: T, position: number) => boolean): T | undefined
  some(wanted: (item: T, position: number) => boolean): boolean
  every(wanted: (item: T, position: number) => boolean): boolean
  slice(start?: number, end?: number): Sequence<T>
  forEach(see: (item: T, position: number) => void): void
}

/** A sequence without an array: says how many items there are and makes the one at a position. */
export abstract class LazySequence<T> implements Sequence<T> {
  abstract readonly length: number

  /** The item at this position, which is one of 0 to length - 1. */
  abstract make(position: number): T

  at(position: number): T | undefined {
    const from = position < 0 ? position + this.length : position
    return from >= 0 && from < this.length ? this.make(from) : undefined
  }

  *[Symbol.iterator](): Generator<T, undefined, undefined> {
    for (let position = 0; position < this.length; position++) yield this.make(position)
    return undefined
  }

  forEach(see: (item: T, position: number) => void): void {
    for (let position = 0; position < this.length; position++) see(this.make(position), position)
  }

  map<U>(make: (item: T, position: number) => U): U[] {
    const made: U[] = []
    for (let position = 0; position < this.length; position++) made.push(make(this.make(position), position))
    return made
  }

  flatMap<U>(make: (item: T, position: number) => U | readonly U[]): U[] {
    const made: U[] = []
    this.forEach((item, position) => {
      const some = make(item, position)
      if (Array.isArray(some)) for (const each of some as readonly U[]) made.push(each)
      else made.push(some as U)
    })
    return made
  }

  filter(keep: (item: T, position: number) => boolean): Sequence<T> {
    const kept = new Positions()
    for (let position = 0; position < this.length; position++) {
      if (keep(this.make(position), position)) kept.push(position)
    }
    return new Picked(this, kept.view())
  }

  find(wanted: (item: T, position: number) => boolean): T | undefined {
    for (let position = 0; position < this.length; position++) {
      const item = this.make(position)
      if (wanted(item, position)) return item
    }
    return undefined
  }

  some(wanted: (item: T, position: number) => boolean): boolean {
    for (let position = 0; position < this.length; position++) if (wanted(this.make(position), position)) return true
    return false
  }

  every(wanted: (item: T, position: number) => boolean): boolean {
    return !this.some((item, position) => !wanted(item, position))
  }

  slice(start = 0, end = this.length): Sequence<T> {
    const place = (at: number) => Math.min(this.length, Math.max(0, at < 0 ? at + this.length : at))
    const from = place(start)
    return new Picked(
      this,
      Int32Array.from({length: Math.max(0, place(end) - from)}, (_, i) => from + i),
    )
  }
}

/** Some items of a sequence, by their positions. */
export class Picked<T> extends LazySequence<T> {
  readonly length: number
  readonly #from: Sequence<T>
  readonly positions: Int32Array

  constructor(from: Sequence<T>, positions: Int32Array) {
    super()
    this.#from = from
    this.positions = positions
    this.length = positions.length
  }

  make(position: number): T {
    return this.#from.at(this.positions[position]!)!
  }
}

/** A growing list of positions. */
export class Positions {
  #items: Int32Array
  length = 0

  constructor(room = 1024) {
    this.#items = new Int32Array(room)
  }

  at(place: number): number {
    return this.#items[place]!
  }

  set(at: number, position: number): void {
    this.#items[at] = position
  }

  push(position: number): void {
    if (this.length === this.#items.length) {
      const wider = new Int32Array(2 * this.#items.length + 4)
      wider.set(this.#items)
      this.#items = wider
    }
    this.#items[this.length++] = position
  }

  /** Those so far, in the memory that they need. */
  view(): Int32Array {
    return this.length === this.#items.length ? this.#items : this.#items.slice(0, this.length)
  }
}
