/**
 * Rows of 32-bit words in one flat array that grows, with a set over their contents. No object per row: the searches make
 * and compare millions.
 */
import {scratch32} from '../../columns/scratch.ts'

const NO_TABLE = new Int32Array(0)

export class RowPool {
  rows: Int32Array
  count = 0
  /** Words per row. */
  stride: number
  #table: Int32Array = NO_TABLE
  #indexed = 0

  constructor(stride: number) {
    this.stride = stride
    this.rows = scratch32(16 * stride)
  }

  clear(): void {
    this.count = 0
    if (this.#indexed > 0) {
      if (this.#table.length > 1 << 16) this.#table = NO_TABLE
      else this.#table.fill(0)
      this.#indexed = 0
    }
  }

  /** Where the next row goes; it counts once it is committed. */
  push(): number {
    const at = this.count * this.stride
    if (at + this.stride > this.rows.length) {
      const grown = scratch32(2 * this.rows.length)
      grown.set(this.rows)
      this.rows = grown
    }
    return at
  }

  commit(): void {
    this.count++
  }

  /** Copies a row of another pool and commits it. */
  copy(from: RowPool, at: number): void {
    this.copyUncommitted(from, at)
    this.count++
  }

  copyUncommitted(from: RowPool, at: number): number {
    const to = this.push()
    const source = from.rows
    const {rows} = this
    const {stride} = this
    for (let k = 0; k < stride; k++) rows[to + k] = source[at + k]!
    return to
  }

  /** Holds these rows instead, of which each may be shorter or longer than ours. */
  refill(rows: Int32Array, count: number, stride: number): void {
    this.clear()
    const words = Math.min(stride, this.stride)
    for (let i = 0; i < count; i++) {
      const at = this.push()
      this.rows.fill(0, at, at + this.stride)
      this.rows.set(rows.subarray(i * stride, i * stride + words), at)
      this.commit()
    }
  }

  /** Copies an own row to where the next one goes. */
  copyWithin(at: number): number {
    return this.copyUncommitted(this, at)
  }

  /** Commits the row that was pushed, unless an equal one is there. */
  commitUnlessPresent(): boolean {
    const stride = this.stride
    const {rows, count} = this
    const base = count * stride
    if (count < 12) {
      for (let i = 0, at = 0; i < count; i++, at += stride) {
        let k = 0
        while (k < stride && rows[at + k] === rows[base + k]) k++
        if (k === stride) return false
      }
      this.count++
      return true
    }
    return this.#commitHashed()
  }

  #commitHashed(): boolean {
    while (3 * (this.count + 1) > this.#table.length) this.#grow()
    while (this.#indexed < this.count) this.#find(this.#indexed++)
    if (!this.#find(this.count)) return false
    this.#indexed++
    this.count++
    return true
  }

  /** Puts row `index` into the table; false if an equal one is there. */
  #find(index: number): boolean {
    const stride = this.stride
    const {rows} = this
    const base = index * stride
    const mask = this.#table.length - 1
    let hash = 0x2c1b3c6d
    for (let k = 0; k < stride; k++) {
      hash = Math.imul(hash ^ rows[base + k]!, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    let slot = hash & mask
    for (let other = this.#table[slot]!; other !== 0; other = this.#table[slot]!) {
      const at = (other - 1) * stride
      let k = 0
      while (k < stride && rows[at + k] === rows[base + k]) k++
      if (k === stride) return false
      slot = (slot + 1) & mask
    }
    this.#table[slot] = index + 1
    return true
  }

  #grow(): void {
    this.#table = scratch32(Math.max(128, 2 * this.#table.length))
    this.#indexed = 0
  }

  /** Puts the last row in the place of this one. Not to be mixed with `commitUnlessPresent` before a `clear`. */
  removeUnordered(index: number): void {
    const stride = this.stride
    const last = --this.count
    if (index !== last) this.rows.copyWithin(index * stride, last * stride, (last + 1) * stride)
  }

  /** Exchanges two rows. Not to be mixed with `commitUnlessPresent` before a `clear`. */
  swap(left: number, right: number): void {
    const {rows, stride} = this
    for (let k = 0, a = left * stride, b = right * stride; k < stride; k++, a++, b++) {
      const held = rows[a]!
      rows[a] = rows[b]!
      rows[b] = held
    }
  }

  /** Row numbers, cheapest first. */
  orderBy(cost: (at: number) => number): number[] {
    const costs = new Float64Array(this.count)
    for (let i = 0; i < this.count; i++) costs[i] = cost(i * this.stride)
    return Array.from(costs.keys()).sort((left, right) => costs[left]! - costs[right]! || left - right)
  }

  /** Keeps these rows, in this order. */
  keep(order: readonly number[]): void {
    const stride = this.stride
    const kept = scratch32(Math.max(64, order.length) * stride)
    for (let k = 0; k < order.length; k++) {
      kept.set(this.rows.subarray(order[k]! * stride, (order[k]! + 1) * stride), k * stride)
    }
    this.rows = kept
    this.count = order.length
  }

  /** One more word per row, zero. */
  widen(): void {
    const old = this.stride
    this.stride++
    const rows = scratch32(Math.max(64, this.count + 1) * this.stride)
    for (let i = 0; i < this.count; i++) rows.set(this.rows.subarray(i * old, (i + 1) * old), i * this.stride)
    this.rows = rows
  }
}
