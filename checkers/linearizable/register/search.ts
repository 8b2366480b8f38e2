/**
 * The register engine: a complete just-in-time search (Lowe 2017) for reads, writes, cas and trusted refusals over values
 * that may repeat, in which plain writes are placed in retrospect.
 *
 * A configuration is a state, the moment T of the latest plain write that was executed *in view*, and which open
 * operations are done. Nothing happens until an operation o returns that is not done. Then, and only for what o needs:
 *
 * - **hidden** (only if T is later than o's invocation): an epoch [write of x, reads of x, cas from x, …] made of open,
 *   undone operations invoked before T and containing o is put immediately before the write executed at T, which hides it.
 *   State and T stay.
 * - **in place**: a chain of open cas from the present state reaches o.
 * - **in view**: the running epoch may be closed by a chain of cas; then a plain write of some x is executed now (T = now)
 *   and a chain of cas from x reaches o.
 *
 * Reads are eager: whenever the state becomes v (in an epoch of the past: for those invoked before T), the open reads of v
 * are done.
 *
 * Why nothing else needs trying. Take any linearization and cut it into epochs, each begun by a plain write. An epoch with
 * no operation that is needed for the present state may be delayed to just before any later plain write, as long as its
 * operations are open: they are linearized at the moment of that write's execution instead. So wait with it until its
 * first deadline, the return of one of its operations o. If by then a later write has been executed in view at T, and all
 * of the epoch was invoked before T, the epoch fits immediately before that write: *hidden*. Otherwise the epoch belongs
 * after T, so it is the present one: reached *in place* or *in view*. An epoch put before T is complete when it is put
 * there, since nothing invoked after T can join it; likewise the closing chain. Epochs side by side before T do not meet:
 * each begins with a write of its own.
 *
 * Symmetry: of equal operations on the same side of T the one with the earliest deadline goes first (exchange them).
 *
 * Dominance, with equal state: A is at least as good as B if T(A) ≥ T(B), A has done the reads that B has, the same
 * required cas, no write and no pending operation that B has not, and each required write that only B has done was invoked
 * before T(A), so that A can hide it when it returns. By induction A can copy every move of B.
 *
 * Surviving a beam proves *valid*; only a death without any cut proves *invalid*. The proof sketch is kept honest by
 * comparing with brute force (`decide.test.ts`).
 */
import type {Halt} from '../frontier.ts'
import {NEVER} from '../trace.ts'
import {CAS, NOT, READ, WRITE} from './columns.ts'
import {RowPool} from './row-pool.ts'

/** No slot. */
const NONE = -1

/** What a search looked like at some event, to go back to. */
export interface Snapshot {
  readonly rows: Int32Array
  readonly count: number
  readonly words: number
  readonly truncated: boolean
  /** Numbers per open operation: slot, operation, kind, sees, leaves, invokeAt, returnAt, pending. */
  readonly open: Int32Array
  readonly slots: number
  readonly free: readonly number[]
}

const PER_SLOT = 8

/** Costs fit into this many bits. */
const COST_BITS = 20
const COST = (1 << COST_BITS) - 1

/** How many configurations of one move a beam continues. */
const CHAINS_OF_A_BEAM = 24

export class RegisterSearch {
  readonly #halt: Halt
  /** At most this many configurations are kept after an event. */
  width: number
  /** Whether the beam has cut since the start (or since what was restored). */
  truncated = false
  halted = false
  steps = 0
  peak = 1

  #words = 1
  #stride = 3
  #current: RowPool
  #next: RowPool
  /** Configurations reached within one move. */
  #work: RowPool

  // Open operations by slot.
  #operation = new Int32Array(64)
  #kind = new Uint8Array(64)
  #sees = new Int32Array(64)
  #leaves = new Int32Array(64)
  #invokeAt = new Int32Array(64)
  #returnAt = new Int32Array(64)
  #pending = new Uint8Array(64)
  /** Neighbours in the list of the slot's kind and value, by deadline. */
  #after = new Int32Array(64)
  #slots = 0
  #free: number[] = []

  // Lists by value.
  #writersOf: Int32Array
  #casFrom: Int32Array
  #readersOf: Int32Array
  #negations = NONE
  /** Values with an open write. */
  #writable: number[] = []

  // Masks, a word each: what kind of operation is in a slot.
  #readMask = new Int32Array(1)
  #casMask = new Int32Array(1)
  #writeMask = new Int32Array(1)
  #pendingMask = new Int32Array(1)

  constructor(values: number, width: number, halt: Halt, states: readonly number[] = [0]) {
    this.width = width
    this.#halt = halt
    this.#writersOf = new Int32Array(values).fill(NONE)
    this.#casFrom = new Int32Array(values).fill(NONE)
    this.#readersOf = new Int32Array(values).fill(NONE)
    this.#current = new RowPool(this.#stride)
    this.#next = new RowPool(this.#stride)
    this.#work = new RowPool(this.#stride)
    for (const state of states) {
      const at = this.#current.push()
      this.#current.rows[at] = state
      this.#current.rows[at + 1] = -1
      this.#current.commit()
    }
  }

  get count(): number {
    return this.#current.count
  }

  /** The slots that an operation may have: for memory accounts. */
  get words(): number {
    return this.#words
  }

  /** Opens an operation, `pending` if it need not happen; gives its slot. */
  invoke(
    operation: number,
    kind: number,
    sees: number,
    leaves: number,
    invokeAt: number,
    returnAt: number,
    pending: boolean,
  ): number {
    const slot = this.#free.pop() ?? this.#slots++
    this.#place(slot, operation, kind, sees, leaves, invokeAt, returnAt, pending)
    if (kind === READ || kind === NOT) {
      const {rows, count} = this.#current
      const word = 2 + (slot >> 5)
      const bit = 1 << (slot & 31)
      for (let i = 0, at = 0; i < count; i++, at += this.#stride) {
        if ((rows[at] === sees) === (kind === READ)) rows[at + word]! |= bit
      }
    }
    return slot
  }

  #place(
    slot: number,
    operation: number,
    kind: number,
    sees: number,
    leaves: number,
    invokeAt: number,
    returnAt: number,
    pending: boolean,
  ): void {
    if (slot >= this.#kind.length) this.#moreSlots()
    while (slot >= 32 * this.#words) this.#moreWords()
    this.#operation[slot] = operation
    this.#kind[slot] = kind
    this.#sees[slot] = sees
    this.#leaves[slot] = leaves
    this.#invokeAt[slot] = invokeAt
    this.#returnAt[slot] = pending ? NEVER : returnAt
    this.#pending[slot] = pending ? 1 : 0
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    if (kind === READ || kind === NOT) this.#readMask[word]! |= bit
    else if (pending) this.#pendingMask[word]! |= bit
    else if (kind === CAS) this.#casMask[word]! |= bit
    else this.#writeMask[word]! |= bit
    this.#enlist(slot)
  }

  /** A pending operation can no longer matter: its slot is free, whether it was done or not. */
  forget(slot: number): void {
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    const {rows, count} = this.#current
    for (let i = 0, at = 2 + word; i < count; i++, at += this.#stride) rows[at]! &= ~bit
    this.#release(slot)
    if (count > 1) this.#prune()
  }

  /** The operation in this slot returns at event `now`. False when nothing could follow: see `truncated`, `halted`. */
  complete(slot: number, now: number): boolean {
    const word = 2 + (slot >> 5)
    const bit = 1 << (slot & 31)
    const stride = this.#stride
    const current = this.#current
    let undone = 0
    for (let i = 0, at = word; i < current.count; i++, at += stride) if ((current.rows[at]! & bit) === 0) undone++
    if (undone === 0) {
      // Everywhere done already: rows differ as before without this bit, so there is nothing to compare.
      for (let i = 0, at = word; i < current.count; i++, at += stride) current.rows[at]! &= ~bit
      this.#release(slot)
      return true
    }
    this.#next.clear()
    for (let i = 0; i < current.count; i++) {
      const at = i * stride
      if ((current.rows[at + word]! & bit) !== 0) this.#emit(current, at, word, bit)
      else this.#extend(at, slot, word, bit, now)
      if (this.halted) return false
    }
    this.#release(slot)
    this.#current = this.#next
    this.#next = current
    if (this.#current.count > 1) this.#prune()
    if (this.#current.count > this.peak) this.peak = this.#current.count
    return this.#current.count > 0
  }

  /** Every way for one configuration to get the returning operation done. */
  #extend(at: number, slot: number, word: number, bit: number, now: number): void {
    const {rows} = this.#current
    const kind = this.#kind[slot]!
    const state = rows[at]!
    const lastWrite = rows[at + 1]!
    this.#hide(at, slot, word, bit, state, lastWrite)
    // In place, and the closing chains that lead to a write in view.
    this.#work.clear()
    this.#work.copy(this.#current, at)
    if (kind === WRITE) this.#chain(0, word, 0, NEVER)
    else this.#chain(0, word, bit, NEVER)
    const closings = this.#work.count
    for (let i = 0; i < closings; i++) {
      const from = i * this.#stride
      if (i > 0 && this.#idle(i)) continue
      if (kind === WRITE) this.#write(from, slot, word, bit, now)
      else if ((this.#work.rows[from + word]! & bit) === 0) this.#writeAny(from, slot, word, bit, now)
      if (this.halted) return
    }
  }

  /** Epochs that hold the operation, put before the write at T. */
  #hide(at: number, slot: number, word: number, bit: number, state: number, lastWrite: number): void {
    if (this.#invokeAt[slot]! >= lastWrite) return
    const writes = this.#kind[slot] === WRITE
    const candidates = writes ? 1 : this.#writable.length
    for (let k = 0; k < candidates; k++) {
      const value = writes ? this.#leaves[slot]! : this.#writable[k]!
      const writer = writes ? slot : this.#firstUndone(this.#writersOf[value]!, this.#current.rows, at, lastWrite)
      if (writer === NONE) continue
      if (!writes && !this.#mayReach(value, slot)) continue
      this.#work.clear()
      this.#work.copy(this.#current, at)
      const {rows} = this.#work
      rows[2 + (writer >> 5)]! |= 1 << (writer & 31)
      this.#enter(rows, 0, value, lastWrite)
      this.#chain(0, word, 0, lastWrite)
      for (let i = 0; i < this.#work.count; i++) {
        const from = i * this.#stride
        if ((this.#work.rows[from + word]! & bit) === 0 || this.#idle(i)) continue
        this.#work.rows[from] = state
        this.#emit(this.#work, from, word, bit)
      }
    }
  }

  /** Executes the returning write in view, from a configuration of this move. */
  #write(from: number, slot: number, word: number, bit: number, now: number): void {
    this.#copyToScratch(from)
    const {rows} = this.#scratch
    rows[2 + (slot >> 5)]! |= 1 << (slot & 31)
    rows[1] = now
    this.#enter(rows, 0, this.#leaves[slot]!, NEVER)
    this.#emit(this.#scratch, 0, word, bit)
  }

  /** Executes, in view, each write from which the returning operation can be reached, and goes there. */
  #writeAny(from: number, slot: number, word: number, bit: number, now: number): void {
    for (let k = 0; k < this.#writable.length; k++) {
      const value = this.#writable[k]!
      if (!this.#mayReach(value, slot)) continue
      const writer = this.#firstUndone(this.#writersOf[value]!, this.#work.rows, from, NEVER)
      if (writer === NONE) continue
      this.#copyToScratch(from)
      const {rows} = this.#scratch
      rows[2 + (writer >> 5)]! |= 1 << (writer & 31)
      rows[1] = now
      this.#enter(rows, 0, value, NEVER)
      if ((rows[word]! & bit) !== 0) {
        this.#emit(this.#scratch, 0, word, bit)
        continue
      }
      this.#inView.clear()
      this.#inView.copy(this.#scratch, 0)
      const outer = this.#work
      this.#work = this.#inView
      this.#chain(0, word, bit, NEVER)
      this.#inView = this.#work
      this.#work = outer
    }
  }

  #scratch = new RowPool(3)
  #inView = new RowPool(3)

  #copyToScratch(from: number): void {
    this.#scratch.clear()
    this.#scratch.copy(this.#work, from)
  }

  /**
   * Adds to the work pool every configuration that chains of open cas lead to from its row `first` on, using operations
   * invoked before `before`. With a goal bit: those that reach it are emitted and not continued.
   */
  #chain(first: number, word: number, goal: number, before: number): void {
    const stride = this.#stride
    for (let i = first; i < this.#work.count; i++) {
      // Chains are found shortest first; a beam does not look at every long one.
      if (i >= CHAINS_OF_A_BEAM && this.width !== Number.POSITIVE_INFINITY) {
        this.truncated = true
        return
      }
      const from = i * stride
      const state = this.#work.rows[from]!
      const lastWrite = this.#work.rows[from + 1]!
      let previousLeaves = -1
      let previousSide = -1
      for (let slot = this.#casFrom[state]!; slot !== NONE; slot = this.#after[slot]!) {
        if (this.#invokeAt[slot]! >= before) continue
        if (((this.#work.rows[from + 2 + (slot >> 5)]! >> (slot & 31)) & 1) === 1) continue
        // Lists are sorted by what is left behind, then by deadline: of equal ones, the first on either side of T.
        const leaves = this.#leaves[slot]!
        const side = this.#invokeAt[slot]! < lastWrite ? 1 : 2
        if (leaves === previousLeaves) {
          if ((previousSide & side) !== 0) continue
          previousSide |= side
        } else {
          previousLeaves = leaves
          previousSide = side
        }
        const at = this.#work.copyWithin(from)
        const {rows} = this.#work
        rows[at + 2 + (slot >> 5)]! |= 1 << (slot & 31)
        this.#enter(rows, at, leaves, before)
        if ((rows[at + word]! & goal) !== 0) this.#emit(this.#work, at, word, goal)
        else if (!this.#covered(at)) this.#work.commit()
        this.#step()
      }
    }
  }

  #step(): void {
    if ((++this.steps & 0x3ff) === 0 && this.#halt()) this.halted = true
  }

  /** Whether a configuration of this move is at least as good as the one at `at` (same T, same writes). */
  #covered(at: number): boolean {
    const {rows, count} = this.#work
    const stride = this.#stride
    next: for (let i = 0, other = 0; i < count; i++, other += stride) {
      if (rows[other] !== rows[at]) continue
      for (let w = 0; w < this.#words; w++) {
        const a = rows[other + 2 + w]!
        const b = rows[at + 2 + w]!
        if (a === b) continue
        if (((a ^ b) & (this.#casMask[w]! | this.#writeMask[w]!)) !== 0) continue next
        if ((a & ~b & this.#pendingMask[w]!) !== 0 || (b & ~a & this.#readMask[w]!) !== 0) continue next
      }
      return true
    }
    return false
  }

  /**
   * Whether an earlier chain of this move got as much done with fewer pending operations. Used where a write follows at
   * once, so that the state that the chain ends in does not matter.
   */
  #idle(index: number): boolean {
    const {rows} = this.#work
    const stride = this.#stride
    const at = index * stride
    next: for (let other = 0; other < at; other += stride) {
      for (let w = 0; w < this.#words; w++) {
        const a = rows[other + 2 + w]!
        const b = rows[at + 2 + w]!
        if (a === b) continue
        if (((a ^ b) & (this.#casMask[w]! | this.#writeMask[w]!)) !== 0) continue next
        if ((a & ~b & this.#pendingMask[w]!) !== 0 || (b & ~a & this.#readMask[w]!) !== 0) continue next
      }
      return true
    }
    return false
  }

  /** The state becomes `value`: reads that were invoked before `before` and find what they saw are done. */
  #enter(rows: Int32Array, at: number, value: number, before: number): void {
    rows[at] = value
    for (let slot = this.#readersOf[value]!; slot !== NONE; slot = this.#after[slot]!) {
      if (this.#invokeAt[slot]! < before) rows[at + 2 + (slot >> 5)]! |= 1 << (slot & 31)
    }
    for (let slot = this.#negations; slot !== NONE; slot = this.#after[slot]!) {
      if (this.#sees[slot] !== value && this.#invokeAt[slot]! < before) {
        rows[at + 2 + (slot >> 5)]! |= 1 << (slot & 31)
      }
    }
  }

  /** A quick no: whether a chain of open cas could lead from `value` to where the operation in `slot` is possible. */
  #mayReach(value: number, slot: number): boolean {
    const sees = this.#sees[slot]!
    if (this.#kind[slot] === NOT) return value !== sees || this.#casFrom[value] !== NONE
    return value === sees || this.#casFrom[value] !== NONE
  }

  /** The first undone operation of a list that was invoked before `before`. */
  #firstUndone(head: number, rows: Int32Array, at: number, before: number): number {
    for (let slot = head; slot !== NONE; slot = this.#after[slot]!) {
      if (this.#invokeAt[slot]! >= before) continue
      if (((rows[at + 2 + (slot >> 5)]! >> (slot & 31)) & 1) === 0) return slot
    }
    return NONE
  }

  /** Copies a row to the next frontier without the returned operation's bit, unless an equal one is there. */
  #emit(from: RowPool, at: number, word: number, bit: number): void {
    this.#step()
    const to = this.#next.copyUncommitted(from, at)
    this.#next.rows[to + word]! &= ~bit
    this.#next.commitUnlessPresent()
  }

  /** Drops dominated configurations, then cuts to the beam. */
  #prune(): void {
    const pool = this.#current
    if (pool.count > 48) this.#pruneMany()
    else this.#pruneFew()
    if (pool.count > this.width) {
      this.#cut()
      this.truncated = true
    }
  }

  #pruneFew(): void {
    const pool = this.#current
    const stride = this.#stride
    for (let i = 1; i < pool.count; i++) {
      for (let j = 0; j < i; j++) {
        if (pool.rows[i * stride] !== pool.rows[j * stride]) continue
        if (this.#dominates(j * stride, i * stride)) {
          pool.removeUnordered(i--)
          break
        }
        if (this.#dominates(i * stride, j * stride)) {
          pool.removeUnordered(j)
          // What was last is at j now: compare from there again.
          i = Math.max(0, j - 1)
          break
        }
      }
    }
  }

  /** Many configurations: those that used least first, compared only with equal states and equal required cas. */
  #pruneMany(): void {
    const pool = this.#current
    const stride = this.#stride
    const order = pool.orderBy((at) => this.#cost(at))
    const groups = new Map<number, number[]>()
    const kept: number[] = []
    for (const i of order) {
      const at = i * stride
      let hash = Math.imul(pool.rows[at]!, 0x9e3779b1)
      for (let w = 0; w < this.#words; w++) {
        hash = Math.imul(hash ^ (pool.rows[at + 2 + w]! & this.#casMask[w]!), 0x85ebca6b)
        hash ^= hash >>> 15
      }
      const group = groups.get(hash)
      if (group === undefined) groups.set(hash, [at])
      else {
        let dominated = false
        for (let k = 0; k < group.length && !dominated; k++) {
          dominated = pool.rows[group[k]!] === pool.rows[at] && this.#dominates(group[k]!, at)
        }
        if (dominated) continue
        group.push(at)
      }
      kept.push(i)
      if ((kept.length & 0xff) === 0 && this.#halt()) this.halted = true
    }
    pool.keep(kept)
  }

  /** Keeps the best of each state in turn, until the beam is full. */
  #cut(): void {
    const pool = this.#current
    const stride = this.#stride
    const {count, rows} = pool
    if (count > this.#costs.length) this.#costs = new Int32Array(2 * count)
    const costs = this.#costs
    for (let i = 0; i < count; i++) costs[i] = this.#cost(i * stride)
    if (count > 64) {
      this.#cutMany()
      return
    }
    // Cost with the place among configurations of equal state before it, in one number.
    for (let i = 0; i < count; i++) {
      let place = 0
      for (let j = 0; j < count; j++) {
        if (rows[j * stride] !== rows[i * stride]) continue
        if ((costs[j]! & COST) < (costs[i]! & COST) || ((costs[j]! & COST) === (costs[i]! & COST) && j < i)) place++
      }
      costs[i]! |= place << COST_BITS
    }
    for (let kept = 0; kept < this.width; kept++) {
      let best = kept
      for (let i = kept + 1; i < count; i++) if (costs[i]! < costs[best]!) best = i
      if (best === kept) continue
      const cost = costs[kept]!
      costs[kept] = costs[best]!
      costs[best] = cost
      for (let k = 0; k < stride; k++) {
        const held = rows[kept * stride + k]!
        rows[kept * stride + k] = rows[best * stride + k]!
        rows[best * stride + k] = held
      }
    }
    pool.count = this.width
  }

  #costs = new Int32Array(64)

  #cutMany(): void {
    const pool = this.#current
    const places = new Map<number, number>()
    const order = pool.orderBy((at) => this.#costs[at / this.#stride]!)
    const keys = new Float64Array(pool.count)
    for (const i of order) {
      const state = pool.rows[i * this.#stride]!
      const place = places.get(state) ?? 0
      places.set(state, place + 1)
      keys[i] = place * 2 ** COST_BITS + this.#costs[i]!
    }
    pool.keep(pool.orderBy((at) => keys[at / this.#stride]!).slice(0, this.width))
  }

  /** How much a configuration has used up: pending operations most of all, then required ones. */
  #cost(at: number): number {
    const {rows} = this.#current
    let cost = COST >> 1
    for (let w = 0; w < this.#words; w++) {
      const bits = rows[at + 2 + w]!
      if (bits === 0) continue
      cost += 16 * popCount(bits & this.#pendingMask[w]!)
      cost += 2 * popCount(bits & (this.#writeMask[w]! | this.#casMask[w]!))
      cost -= popCount(bits & this.#readMask[w]!)
    }
    return Math.max(0, Math.min(COST, cost))
  }

  #dominates(better: number, worse: number): boolean {
    const {rows} = this.#current
    const since = rows[better + 1]!
    if (since < rows[worse + 1]!) return false
    for (let w = 0; w < this.#words; w++) {
      const a = rows[better + 2 + w]!
      const b = rows[worse + 2 + w]!
      if (a === b) continue
      if (((a ^ b) & this.#casMask[w]!) !== 0) return false
      if ((a & ~b & (this.#writeMask[w]! | this.#pendingMask[w]!)) !== 0) return false
      if ((b & ~a & this.#readMask[w]!) !== 0) return false
      for (let owed = b & ~a & this.#writeMask[w]!; owed !== 0; owed &= owed - 1) {
        if (this.#invokeAt[32 * w + 31 - Math.clz32(owed & -owed)]! >= since) return false
      }
    }
    return true
  }

  // Lists.

  #headOf(slot: number): {list: Int32Array; index: number} | undefined {
    switch (this.#kind[slot]) {
      case READ:
        return {list: this.#readersOf, index: this.#sees[slot]!}
      case WRITE:
        return {list: this.#writersOf, index: this.#leaves[slot]!}
      case CAS:
        return {list: this.#casFrom, index: this.#sees[slot]!}
      default:
        return undefined
    }
  }

  #enlist(slot: number): void {
    const head = this.#headOf(slot)
    if (head === undefined) {
      this.#after[slot] = this.#negations
      this.#negations = slot
      return
    }
    const {list, index} = head
    if (this.#kind[slot] === READ) {
      this.#after[slot] = list[index]!
      list[index] = slot
      return
    }
    if (list[index] === NONE && this.#kind[slot] === WRITE) this.#writable.push(index)
    let before = NONE
    let next = list[index]!
    while (next !== NONE && this.#precedes(next, slot)) {
      before = next
      next = this.#after[next]!
    }
    this.#after[slot] = next
    if (before === NONE) list[index] = slot
    else this.#after[before] = slot
  }

  /** The order of a list: equal operations together, then by deadline, then by invocation. */
  #precedes(left: number, right: number): boolean {
    if (this.#leaves[left] !== this.#leaves[right]) return this.#leaves[left]! < this.#leaves[right]!
    if (this.#returnAt[left] !== this.#returnAt[right]) return this.#returnAt[left]! < this.#returnAt[right]!
    return this.#invokeAt[left]! < this.#invokeAt[right]!
  }

  #release(slot: number): void {
    const word = slot >> 5
    const keep = ~(1 << (slot & 31))
    this.#readMask[word]! &= keep
    this.#casMask[word]! &= keep
    this.#writeMask[word]! &= keep
    this.#pendingMask[word]! &= keep
    const head = this.#headOf(slot)
    if (head === undefined) this.#negations = this.#without(this.#negations, slot)
    else {
      head.list[head.index] = this.#without(head.list[head.index]!, slot)
      if (this.#kind[slot] === WRITE && head.list[head.index] === NONE) {
        this.#writable.splice(this.#writable.indexOf(head.index), 1)
      }
    }
    this.#free.push(slot)
  }

  #without(head: number, slot: number): number {
    if (head === slot) return this.#after[slot]!
    let before = head
    while (this.#after[before] !== slot) before = this.#after[before]!
    this.#after[before] = this.#after[slot]!
    return head
  }

  // Going back.

  /** What is needed to continue from here again. */
  save(): Snapshot {
    const free = new Set(this.#free)
    const open: number[] = []
    for (let slot = 0; slot < this.#slots; slot++) {
      if (free.has(slot)) continue
      open.push(slot, this.#operation[slot]!, this.#kind[slot]!, this.#sees[slot]!, this.#leaves[slot]!)
      open.push(this.#invokeAt[slot]!, this.#returnAt[slot]!, this.#pending[slot]!)
    }
    return {
      rows: this.#current.rows.slice(0, this.#current.count * this.#stride),
      count: this.#current.count,
      words: this.#words,
      truncated: this.truncated,
      open: Int32Array.from(open),
      slots: this.#slots,
      free: this.#free.slice(),
    }
  }

  /** Continues from a snapshot of this search; tells the caller which operation is in which slot. */
  restore(snapshot: Snapshot, seat: (operation: number, slot: number) => void): void {
    const free = new Set(this.#free)
    for (let slot = 0; slot < this.#slots; slot++) if (!free.has(slot)) this.#release(slot)
    this.truncated = snapshot.truncated
    const pool = this.#current
    pool.clear()
    const old = 2 + snapshot.words
    for (let i = 0; i < snapshot.count; i++) {
      const at = pool.push()
      pool.rows.fill(0, at, at + this.#stride)
      pool.rows.set(snapshot.rows.subarray(i * old, (i + 1) * old), at)
      pool.commit()
    }
    this.#slots = snapshot.slots
    this.#free = snapshot.free.slice()
    const {open} = snapshot
    for (let k = 0; k < open.length; k += PER_SLOT) {
      const slot = open[k]!
      this.#place(
        slot,
        open[k + 1]!,
        open[k + 2]!,
        open[k + 3]!,
        open[k + 4]!,
        open[k + 5]!,
        open[k + 6]!,
        open[k + 7] === 1,
      )
      seat(open[k + 1]!, slot)
    }
  }

  // Room.

  #moreSlots(): void {
    const grown = <T extends Int32Array | Uint8Array>(array: T, empty: T): T => {
      empty.set(array)
      return empty
    }
    const size = 2 * this.#kind.length
    this.#operation = grown(this.#operation, new Int32Array(size))
    this.#kind = grown(this.#kind, new Uint8Array(size))
    this.#pending = grown(this.#pending, new Uint8Array(size))
    this.#sees = grown(this.#sees, new Int32Array(size))
    this.#leaves = grown(this.#leaves, new Int32Array(size))
    this.#invokeAt = grown(this.#invokeAt, new Int32Array(size))
    this.#returnAt = grown(this.#returnAt, new Int32Array(size))
    this.#after = grown(this.#after, new Int32Array(size))
  }

  #moreWords(): void {
    this.#words++
    this.#stride++
    for (const pool of [this.#current, this.#next, this.#work, this.#scratch, this.#inView]) pool.widen()
    const more = (mask: Int32Array<ArrayBuffer>) => Int32Array.from([...mask, 0])
    this.#readMask = more(this.#readMask)
    this.#casMask = more(this.#casMask)
    this.#writeMask = more(this.#writeMask)
    this.#pendingMask = more(this.#pendingMask)
  }

  /** The values that are held or that an open operation names. */
  liveValues(): Set<number> {
    const live = new Set<number>()
    for (let i = 0; i < this.#current.count; i++) live.add(this.#current.rows[i * this.#stride]!)
    const free = new Set(this.#free)
    for (let slot = 0; slot < this.#slots; slot++) {
      if (free.has(slot)) continue
      if (this.#sees[slot]! >= 0) live.add(this.#sees[slot]!)
      if (this.#leaves[slot]! >= 0) live.add(this.#leaves[slot]!)
    }
    return live
  }

  /** Room for values up to this number, for callers that meet values as they go. */
  moreValues(values: number): void {
    if (values <= this.#writersOf.length) return
    const size = Math.max(values, 2 * this.#writersOf.length)
    const grown = (list: Int32Array) => {
      const result = new Int32Array(size).fill(NONE)
      result.set(list)
      return result
    }
    this.#writersOf = grown(this.#writersOf)
    this.#casFrom = grown(this.#casFrom)
    this.#readersOf = grown(this.#readersOf)
  }
}

function popCount(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
