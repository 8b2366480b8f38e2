/**
 * Which configurations of a register's search to keep: those that no other dominates, and of these, under a beam, the most
 * promising of each state. A configuration is a row: state, last write in view, a bit per slot. (Why dominance loses
 * nothing is told in `search.ts`.)
 */
import {scratch32} from '../../../columns/scratch.ts'
import {popCount} from '../bits.ts'
import type {RowPool} from '../row-pool.ts'
import type {OpenOperations} from './open-operations.ts'

/** Costs fit into this many bits. */
const COST_BITS = 20
const COST = (1 << COST_BITS) - 1
/** Up to here pairs are compared as they are; beyond, in groups. */
const FEW = 48

export class Pruner {
  readonly #open: OpenOperations
  #costs = scratch32(64)

  constructor(open: OpenOperations) {
    this.#open = open
  }

  /** Drops what is dominated. */
  drop(pool: RowPool): void {
    if (pool.count > FEW) this.#dropMany(pool)
    else this.#dropFew(pool)
  }

  #dropFew(pool: RowPool): void {
    const {stride} = pool
    for (let i = 1; i < pool.count; i++) {
      for (let j = 0; j < i; j++) {
        if (pool.rows[i * stride] !== pool.rows[j * stride]) continue
        if (this.#dominates(pool.rows, j * stride, i * stride)) {
          pool.removeUnordered(i--)
          break
        }
        if (this.#dominates(pool.rows, i * stride, j * stride)) {
          pool.removeUnordered(j)
          // What was last is at j now: compare from there again.
          i = Math.max(0, j - 1)
          break
        }
      }
    }
  }

  /** Those that used least first, compared only with equal states and equal required cas. */
  #dropMany(pool: RowPool): void {
    const {stride, rows} = pool
    const {words, casMask} = this.#open
    const groups = new Map<number, number[]>()
    const kept: number[] = []
    for (const i of pool.orderBy((at) => this.#cost(rows, at))) {
      const at = i * stride
      let hash = Math.imul(rows[at]!, 0x9e3779b1)
      for (let w = 0; w < words; w++) {
        hash = Math.imul(hash ^ (rows[at + 2 + w]! & casMask[w]!), 0x85ebca6b)
        hash ^= hash >>> 15
      }
      const group = groups.get(hash)
      if (group === undefined) groups.set(hash, [at])
      else {
        let dominated = false
        for (let k = 0; k < group.length && !dominated; k++) {
          dominated = rows[group[k]!] === rows[at] && this.#dominates(rows, group[k]!, at)
        }
        if (dominated) continue
        group.push(at)
      }
      kept.push(i)
    }
    pool.keep(kept)
  }

  #dominates(rows: Int32Array, better: number, worse: number): boolean {
    const {words, casMask, writeMask, pendingMask, readMask, invokeAt} = this.#open
    const since = rows[better + 1]!
    if (since < rows[worse + 1]!) return false
    for (let w = 0; w < words; w++) {
      const a = rows[better + 2 + w]!
      const b = rows[worse + 2 + w]!
      if (a === b) continue
      if (((a ^ b) & casMask[w]!) !== 0) return false
      if ((a & ~b & (writeMask[w]! | pendingMask[w]!)) !== 0) return false
      if ((b & ~a & readMask[w]!) !== 0) return false
      for (let owed = b & ~a & writeMask[w]!; owed !== 0; owed &= owed - 1) {
        if (invokeAt[32 * w + 31 - Math.clz32(owed & -owed)]! >= since) return false
      }
    }
    return true
  }

  /** Whether one of the first `before` rows got as much done as the row at `at` with fewer pending operations. */
  covered(pool: RowPool, before: number, at: number, sameState: boolean): boolean {
    const {rows, stride} = pool
    const {words, casMask, writeMask, pendingMask, readMask} = this.#open
    next: for (let i = 0, other = 0; i < before; i++, other += stride) {
      if (sameState && rows[other] !== rows[at]) continue
      for (let w = 0; w < words; w++) {
        const a = rows[other + 2 + w]!
        const b = rows[at + 2 + w]!
        if (a === b) continue
        if (((a ^ b) & (casMask[w]! | writeMask[w]!)) !== 0) continue next
        if ((a & ~b & pendingMask[w]!) !== 0 || (b & ~a & readMask[w]!) !== 0) continue next
      }
      return true
    }
    return false
  }

  /** Keeps the best of each state in turn, until there are `width`. */
  cut(pool: RowPool, width: number): void {
    const {stride, count, rows} = pool
    if (count > this.#costs.length) this.#costs = scratch32(2 * count)
    const costs = this.#costs
    for (let i = 0; i < count; i++) costs[i] = this.#cost(rows, i * stride)
    if (count > 64) {
      this.#cutMany(pool, width)
      return
    }
    // The place among configurations of equal state, and behind it the cost, in one number.
    for (let i = 0; i < count; i++) {
      let place = 0
      for (let j = 0; j < count; j++) {
        if (rows[j * stride] !== rows[i * stride]) continue
        const difference = (costs[j]! & COST) - (costs[i]! & COST)
        if (difference < 0 || (difference === 0 && j < i)) place++
      }
      costs[i]! |= place << COST_BITS
    }
    for (let kept = 0; kept < width; kept++) {
      let best = kept
      for (let i = kept + 1; i < count; i++) if (costs[i]! < costs[best]!) best = i
      if (best === kept) continue
      pool.swap(kept, best)
      const cost = costs[kept]!
      costs[kept] = costs[best]!
      costs[best] = cost
    }
    pool.count = width
  }

  #cutMany(pool: RowPool, width: number): void {
    const {stride, rows} = pool
    const places = new Map<number, number>()
    const keys = new Float64Array(pool.count)
    for (const i of pool.orderBy((at) => this.#costs[at / stride]!)) {
      const state = rows[i * stride]!
      const place = places.get(state) ?? 0
      places.set(state, place + 1)
      keys[i] = place * 2 ** COST_BITS + this.#costs[i]!
    }
    pool.keep(pool.orderBy((at) => keys[at / stride]!).slice(0, width))
  }

  /** How much a configuration has used up: pending operations most of all, then required ones. */
  #cost(rows: Int32Array, at: number): number {
    const {words, pendingMask, writeMask, casMask, readMask} = this.#open
    let cost = COST >> 1
    for (let w = 0; w < words; w++) {
      const bits = rows[at + 2 + w]!
      if (bits === 0) continue
      cost += 16 * popCount(bits & pendingMask[w]!)
      cost += 2 * popCount(bits & (writeMask[w]! | casMask[w]!))
      cost -= popCount(bits & readMask[w]!)
    }
    return Math.max(0, Math.min(COST, cost))
  }
}
