/**
 * The lists that were read, compactly: nearly all reads of a key are prefixes of its longest one, so a read is a length.
 * The few that are not ("odd" ones: the lists disagree) are kept as they are.
 */
import {sameValue} from '../../core/value.ts'
import {int32, offsetsOf} from '../columns/column.ts'
import {READ} from './transactions.ts'

const EMPTY: readonly unknown[] = []

export class LongestReads {
  readonly #longest: (readonly unknown[])[] = []
  readonly #odd: {readonly key: number; readonly list: readonly unknown[]}[] = []

  /** Keeps a read (by reference) and returns its `mopValue`. */
  add(key: number, list: readonly unknown[]): number {
    while (this.#longest.length <= key) this.#longest.push(EMPTY)
    const longest = this.#longest[key]!
    const common = Math.min(list.length, longest.length)
    for (let i = 0; i < common; i++) {
      if (list[i] !== longest[i] && !same(list[i], longest[i])) return this.#addOdd(key, list)
    }
    if (list.length > longest.length) this.#longest[key] = list
    return list.length
  }

  #addOdd(key: number, list: readonly unknown[]): number {
    this.#odd.push({key, list})
    return -1 - this.#odd.length
  }

  /** The lists as versions. Rewrites the `mopValue` of reads whose key turned out to have a longer, incompatible list. */
  build(
    keys: number,
    mopKey: Int32Array,
    mopKind: Int32Array,
    mopValue: Int32Array,
    versionOf: (key: number, element: unknown) => number,
  ): {longest: Int32Array; longestStart: Int32Array; odd: Int32Array[]} {
    this.#preferLonger(mopKey, mopKind, mopValue)
    const lengths = int32(keys)
    for (let key = 0; key < this.#longest.length; key++) lengths[key] = this.#longest[key]!.length
    const longestStart = offsetsOf(lengths)
    const longest = int32(longestStart[keys]!)
    for (let key = 0; key < this.#longest.length; key++) {
      const start = longestStart[key]!
      const list = this.#longest[key]!
      for (let i = 0; i < list.length; i++) longest[start + i] = versionOf(key, list[i])
    }
    const odd = this.#odd.map(({key, list}) => Int32Array.from(list, (element) => versionOf(key, element)))
    return {longest, longestStart, odd}
  }

  /** Where an odd list is longer than the list that came first, it takes its place. */
  #preferLonger(mopKey: Int32Array, mopKind: Int32Array, mopValue: Int32Array): void {
    const before = new Map<number, readonly unknown[]>()
    for (const {key, list} of this.#odd) {
      if (list.length <= this.#longest[key]!.length) continue
      if (!before.has(key)) before.set(key, this.#longest[key]!)
      this.#longest[key] = list
    }
    if (before.size === 0) return
    for (let mop = 0; mop < mopKey.length; mop++) {
      const old = before.get(mopKey[mop]!)
      const value = mopValue[mop]!
      if (old === undefined || mopKind[mop] !== READ || value === -1) continue
      const list = value >= 0 ? old.slice(0, value) : this.#odd[-2 - value]!.list
      if (isPrefix(list, this.#longest[mopKey[mop]!]!)) mopValue[mop] = list.length
      else if (value >= 0) mopValue[mop] = this.#addOdd(mopKey[mop]!, list)
    }
  }
}

function isPrefix(list: readonly unknown[], longer: readonly unknown[]): boolean {
  return list.length <= longer.length && list.every((element, i) => same(element, longer[i]))
}

/** Elements are nearly always numbers. */
function same(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  return sameValue(left, right)
}
