/**
 * Numbers for versions: each distinct (key, value) gets the next small integer. Open addressing over typed arrays, since a
 * million string-keyed map updates would cost more than the whole check.
 */
import {valueKey} from '../../core/value.ts'
import {int32} from '../columns/column.ts'
import {Int32List} from '../columns/int32-list.ts'

const EMPTY = -1
/** Codes of values that are not small integers begin here; small integers stand for themselves. */
const OTHERS = -0x40000000

export class VersionTable {
  /** The key of each version. */
  readonly keys: Int32List
  readonly #codes: Int32List
  /** Values that are no small integers, by code. */
  readonly #others: unknown[] = []
  readonly #otherCodes = new Map<unknown, number>()
  #slots: Int32Array

  /** `expected` is about how many versions will come. */
  constructor(expected = 1024) {
    this.keys = new Int32List(expected)
    this.#codes = new Int32List(expected)
    this.#slots = int32(2 ** Math.ceil(Math.log2(2 * expected + 16))).fill(EMPTY)
  }

  get size(): number {
    return this.keys.length
  }

  /** A version with no value of its own: the initial state of a key. Never found by `intern`. */
  addInitial(key: number): number {
    this.keys.push(key)
    this.#codes.push(0)
    return this.size - 1
  }

  /** The number of this version, new or known. `value` is anything that JSON can say. */
  intern(key: number, value: unknown): number {
    const code = this.#codeOf(value)
    let mask = this.#slots.length - 1
    let slot = hash(key, code) & mask
    for (;;) {
      const version = this.#slots[slot]!
      if (version === EMPTY) break
      if (this.keys.items[version] === key && this.#codes.items[version] === code) return version
      slot = (slot + 1) & mask
    }
    if (2 * this.size >= this.#slots.length) {
      this.#widen()
      mask = this.#slots.length - 1
      slot = hash(key, code) & mask
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.size
    this.keys.push(key)
    this.#codes.push(code)
    return this.size - 1
  }

  /** The value of a version; meaningless for an initial one. */
  valueOf(version: number): unknown {
    const code = this.#codes.items[version]!
    return code >= 0 ? code : code <= OTHERS ? this.#others[OTHERS - code] : code
  }

  #codeOf(value: unknown): number {
    if (typeof value === 'number' && (value | 0) === value && value > OTHERS) return value
    const identity = valueKey(value)
    if (identity !== value && typeof identity === 'number') return this.#codeOf(identity)
    const known = this.#otherCodes.get(identity)
    if (known !== undefined) return known
    const code = OTHERS - this.#others.length
    this.#others.push(value)
    this.#otherCodes.set(identity, code)
    return code
  }

  #widen(): void {
    const slots = int32(this.#slots.length * 2).fill(EMPTY)
    const mask = slots.length - 1
    for (const version of this.#slots) {
      if (version === EMPTY) continue
      let slot = hash(this.keys.items[version]!, this.#codes.items[version]!) & mask
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = version
    }
    this.#slots = slots
  }
}

/** Values of a key are mostly small numbers in a row: 16 of them share a cache line, the rest is scattered. */
function hash(key: number, code: number): number {
  let h = Math.imul(key, 0x9e3779b1) ^ Math.imul(code >> 4, 0x85ebca6b)
  h ^= h >>> 15
  h = Math.imul(h, 0x2c1b3c6d)
  return ((h ^ (h >>> 13)) << 4) | (code & 15)
}
