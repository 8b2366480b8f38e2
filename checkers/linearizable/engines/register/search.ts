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

import {NEVER} from '../../trace.ts'
import type {Halt} from '../frontier.ts'
import {RowPool} from '../row-pool.ts'
import {NOT, READ, WRITE} from './columns.ts'
import {forgetUsed, liveValues, makeEndless} from './forgetting.ts'
import {NONE, OpenOperations, type SavedOperations} from './open-operations.ts'
import {Pruner} from './prune.ts'

/** What a search looked like at some event, to go back to. */
export interface Snapshot {
  readonly rows: Int32Array
  readonly count: number
  readonly truncated: boolean
  readonly operations: SavedOperations
}

/** How many configurations of one move a beam continues. */
const CHAINS_OF_A_BEAM = 24
/** A beam up to this wide uses pending operations only where nothing else helps. */
const FRUGAL = 32
/** Configurations that there is room for; a search that needs more is halted. */
const ROOM = 1 << 22

export class RegisterSearch {
  readonly #halt: Halt
  readonly #room: number
  /** At most this many configurations are kept after an event. */
  width: number
  /** Whether the beam has cut since the start (or since what was restored). */
  truncated = false
  halted = false
  steps = 0

  readonly #open: OpenOperations
  readonly #pruner: Pruner
  #current = new RowPool(3)
  #next = new RowPool(3)
  /** Configurations reached within one move. */
  #work = new RowPool(3)
  #inView = new RowPool(3)
  #scratch = new RowPool(3)

  constructor(values: number, width: number, halt: Halt, states: readonly number[] = [0], room: number = ROOM) {
    this.width = width
    this.#halt = halt
    this.#room = room
    this.#open = new OpenOperations(values)
    this.#pruner = new Pruner(this.#open)
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
    const slot = this.#open.add(operation, kind, sees, leaves, invokeAt, returnAt, pending)
    this.#widen()
    if (kind === READ || kind === NOT) {
      const {rows, count, stride} = this.#current
      const word = 2 + (slot >> 5)
      const bit = 1 << (slot & 31)
      for (let i = 0, at = 0; i < count; i++, at += stride) {
        if ((rows[at] === sees) === (kind === READ)) rows[at + word]! |= bit
      }
    }
    return slot
  }

  #widen(): void {
    while (this.#current.stride < 2 + this.#open.words) {
      for (const pool of [this.#current, this.#next, this.#work, this.#inView, this.#scratch]) pool.widen()
    }
  }

  /** A pending operation can no longer matter: its slot is free, whether it was done or not. */
  forget(slot: number): void {
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    const {rows, count, stride} = this.#current
    for (let i = 0, at = 2 + word; i < count; i++, at += stride) rows[at]! &= ~bit
    this.#open.remove(slot)
    if (count > 1) this.#prune()
  }

  /** The operation in this slot returns at event `now`. False when nothing could follow: see `truncated`, `halted`. */
  complete(slot: number, now: number): boolean {
    const word = 2 + (slot >> 5)
    const bit = 1 << (slot & 31)
    const current = this.#current
    const {stride, rows} = current
    let undone = 0
    for (let i = 0, at = word; i < current.count; i++, at += stride) if ((rows[at]! & bit) === 0) undone++
    if (undone === 0) {
      // Everywhere done already: rows differ as before without this bit, so there is nothing to compare.
      for (let i = 0, at = word; i < current.count; i++, at += stride) rows[at]! &= ~bit
      this.#open.remove(slot)
      return true
    }
    this.#next.clear()
    for (let i = 0; i < current.count; i++) {
      const at = i * stride
      if ((rows[at + word]! & bit) !== 0) this.#emit(current, at, word, bit)
      else if (this.width <= FRUGAL) this.#extendFrugally(at, slot, word, bit, now)
      else this.#extend(at, slot, word, bit, now)
      if (this.halted) return false
    }
    this.#open.remove(slot)
    this.#current = this.#next
    this.#next = current
    if (this.#current.count > 1) this.#prune()
    return this.#current.count > 0
  }

  /** A narrow beam tries without pending operations first: they are seldom needed, and there may be hundreds. */
  #extendFrugally(at: number, slot: number, word: number, bit: number, now: number): void {
    const before = this.#emitted
    if (!this.#open.anyPending()) {
      this.#extend(at, slot, word, bit, now)
      return
    }
    this.#sparing = true
    this.#extend(at, slot, word, bit, now)
    this.#sparing = false
    if (this.#emitted === before) this.#extend(at, slot, word, bit, now)
    else this.truncated = true
  }

  /** Whether pending operations are not to be used. */
  #sparing = false
  #emitted = 0

  /** Every way for one configuration to get the returning operation done. */
  #extend(at: number, slot: number, word: number, bit: number, now: number): void {
    const {rows, stride} = this.#current
    const kind = this.#open.kind[slot]!
    this.#hide(at, slot, word, bit, rows[at]!, rows[at + 1]!)
    // In place, and the closing chains that lead to a write in view.
    this.#work.clear()
    this.#work.copy(this.#current, at)
    this.#chain(word, kind === WRITE ? 0 : bit, NEVER)
    const closings = this.#work.count
    for (let i = 0; i < closings; i++) {
      const from = i * stride
      // A write follows at once, so the state that the chain ends in does not matter.
      if (i > 0 && this.#pruner.covered(this.#work, i, from, false)) continue
      if (kind === WRITE) this.#write(from, slot, word, bit, now)
      else if ((this.#work.rows[from + word]! & bit) === 0) this.#writeAny(from, slot, word, bit, now)
      if (this.halted) return
    }
  }

  /** Epochs that hold the operation, put before the write at T. */
  #hide(at: number, slot: number, word: number, bit: number, state: number, lastWrite: number): void {
    const open = this.#open
    if (open.invokeAt[slot]! >= lastWrite) return
    const writes = open.kind[slot] === WRITE
    const candidates = writes ? 1 : open.writable.length
    for (let k = 0; k < candidates; k++) {
      const value = writes ? open.leaves[slot]! : open.writable[k]!
      const writer = writes ? slot : this.#firstUndone(open.writersOf[value]!, this.#current.rows, at, lastWrite)
      if (writer === NONE) continue
      if (!writes && !this.#mayReach(value, slot)) continue
      this.#work.clear()
      this.#work.copy(this.#current, at)
      this.#work.rows[2 + (writer >> 5)]! |= open.done[writer]!
      this.#enter(this.#work.rows, 0, value, lastWrite)
      this.#chain(word, 0, lastWrite)
      for (let i = 0; i < this.#work.count; i++) {
        const from = i * this.#work.stride
        if ((this.#work.rows[from + word]! & bit) === 0) continue
        if (this.#pruner.covered(this.#work, i, from, false)) continue
        this.#work.rows[from] = state
        this.#emit(this.#work, from, word, bit)
      }
    }
  }

  /** Executes the returning write in view, from a configuration of this move. */
  #write(from: number, slot: number, word: number, bit: number, now: number): void {
    this.#execute(from, slot, this.#open.leaves[slot]!, now)
    this.#emit(this.#scratch, 0, word, bit)
  }

  /** Executes, in view, each write from which the returning operation can be reached, and goes there. */
  #writeAny(from: number, slot: number, word: number, bit: number, now: number): void {
    const {writable, writersOf} = this.#open
    for (let k = 0; k < writable.length; k++) {
      const value = writable[k]!
      if (!this.#mayReach(value, slot)) continue
      const writer = this.#firstUndone(writersOf[value]!, this.#work.rows, from, NEVER)
      if (writer === NONE) continue
      this.#execute(from, writer, value, now)
      if ((this.#scratch.rows[word]! & bit) !== 0) {
        this.#emit(this.#scratch, 0, word, bit)
        continue
      }
      const outer = this.#work
      this.#work = this.#inView
      this.#work.clear()
      this.#work.copy(this.#scratch, 0)
      this.#chain(word, bit, NEVER)
      this.#inView = this.#work
      this.#work = outer
    }
  }

  /** A configuration of this move with a write executed now, in the scratch row. */
  #execute(from: number, writer: number, value: number, now: number): void {
    this.#scratch.clear()
    this.#scratch.copy(this.#work, from)
    const {rows} = this.#scratch
    rows[2 + (writer >> 5)]! |= this.#open.done[writer]!
    rows[1] = now
    this.#enter(rows, 0, value, NEVER)
  }

  /**
   * Adds to the work pool every configuration that chains of open cas lead to from its rows, using operations invoked
   * before `before`. With a goal bit: those that reach it are emitted and not continued.
   */
  #chain(word: number, goal: number, before: number): void {
    const {casFrom, invokeAt, returnAt, leaves: leavesOf, after, done} = this.#open
    const work = this.#work
    const {stride} = work
    for (let i = 0; i < work.count; i++) {
      // Chains are found shortest first; a beam does not look at every long one.
      if (i >= CHAINS_OF_A_BEAM && this.width !== Number.POSITIVE_INFINITY) {
        this.truncated = true
        return
      }
      const from = i * stride
      const lastWrite = work.rows[from + 1]!
      let previousLeaves = -1
      let previousSides = 0
      for (let slot = casFrom[work.rows[from]!]!; slot !== NONE; slot = after[slot]!) {
        if (invokeAt[slot]! >= before) continue
        if (this.#sparing && returnAt[slot] === NEVER) continue
        if (((work.rows[from + 2 + (slot >> 5)]! >> (slot & 31)) & 1) === 1) continue
        // Lists have equal operations together, by return: of equal ones, the first on either side of T.
        const leaves = leavesOf[slot]!
        const side = invokeAt[slot]! < lastWrite ? 1 : 2
        if (leaves !== previousLeaves) {
          previousLeaves = leaves
          previousSides = 0
        } else if ((previousSides & side) !== 0) continue
        previousSides |= side
        const at = work.copyWithin(from)
        work.rows[at + 2 + (slot >> 5)]! |= done[slot]!
        this.#enter(work.rows, at, leaves, before)
        if ((work.rows[at + word]! & goal) !== 0) this.#emit(work, at, word, goal)
        else if (!this.#pruner.covered(work, work.count, at, true)) work.commit()
        this.#step()
      }
    }
  }

  /** The state becomes `value`: reads that were invoked before `before` and find what they saw are done. */
  #enter(rows: Int32Array, at: number, value: number, before: number): void {
    const {readersOf, after, invokeAt, sees, negations} = this.#open
    rows[at] = value
    for (let slot = readersOf[value]!; slot !== NONE; slot = after[slot]!) {
      if (invokeAt[slot]! < before) rows[at + 2 + (slot >> 5)]! |= 1 << (slot & 31)
    }
    for (let slot = negations; slot !== NONE; slot = after[slot]!) {
      if (sees[slot] !== value && invokeAt[slot]! < before) rows[at + 2 + (slot >> 5)]! |= 1 << (slot & 31)
    }
  }

  /** A quick no: whether a chain of open cas could lead from `value` to where the operation in `slot` is possible. */
  #mayReach(value: number, slot: number): boolean {
    const {kind, sees, casFrom} = this.#open
    return (value === sees[slot]) === (kind[slot] !== NOT) || casFrom[value] !== NONE
  }

  /** The first undone operation of a list that was invoked before `before`. */
  #firstUndone(head: number, rows: Int32Array, at: number, before: number): number {
    const {invokeAt, returnAt, after} = this.#open
    for (let slot = head; slot !== NONE; slot = after[slot]!) {
      if (invokeAt[slot]! >= before) continue
      if (this.#sparing && returnAt[slot] === NEVER) return NONE
      if (((rows[at + 2 + (slot >> 5)]! >> (slot & 31)) & 1) === 0) return slot
    }
    return NONE
  }

  /** Copies a row to the next frontier without the returned operation's bit, unless an equal one is there. */
  #emit(from: RowPool, at: number, word: number, bit: number): void {
    this.#step()
    this.#emitted++
    const to = this.#next.copyUncommitted(from, at)
    this.#next.rows[to + word]! &= ~bit
    this.#next.commitUnlessPresent()
  }

  #step(): void {
    if ((++this.steps & 0x3ff) === 0 && (this.#next.count > this.#room || this.#halt())) this.halted = true
  }

  #prune(): void {
    this.#pruner.drop(this.#current)
    if (this.#current.count <= this.width) return
    this.#pruner.cut(this.#current, this.width)
    this.truncated = true
  }

  /** Frees pending operations that are done in every configuration: nothing more can come of them. Gives how many are left. */
  forgetUsed(): number {
    return forgetUsed(this.#open, this.#current)
  }

  /**
   * Lets every pending operation happen any number of times. That explains more histories than before, so a death is still
   * a proof; and since nothing has to be kept of which were used, configurations that differ in that alone become one.
   */
  makePendingEndless(): void {
    makeEndless(this.#open, this.#current)
    if (this.#current.count > 1) this.#prune()
  }

  /** The values that are held or that an open operation names. */
  liveValues(): Set<number> {
    return liveValues(this.#open, this.#current)
  }

  /** Room for values below this number, for callers that meet values as they go. */
  moreValues(values: number): void {
    this.#open.moreValues(values)
  }

  /** What is needed to continue from here again. */
  save(): Snapshot {
    const {rows, count, stride} = this.#current
    return {rows: rows.slice(0, count * stride), count, truncated: this.truncated, operations: this.#open.save()}
  }

  /** Continues from a snapshot; tells the caller which operation is in which slot. */
  restore(snapshot: Snapshot, seat: (operation: number, slot: number) => void): void {
    const {rows, count, truncated, operations} = snapshot
    this.#open.restore(operations, seat)
    this.#widen()
    this.truncated = truncated
    // Words beyond ours were of slots that nobody is in.
    this.#current.refill(rows, count, 2 + operations.words)
  }
}
