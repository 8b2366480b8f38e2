/**
 * The operations that are open at an event of a register's search, each in a slot: what it is, and lists by value that say
 * who could write it, replace it or read it. A slot is a bit in every configuration; it is used again once its operation
 * has returned.
 */
import {scratch8, scratch32} from '../../../columns/scratch.ts'
import {NEVER} from '../../trace.ts'
import {CAS, NOT, READ, WRITE} from './columns.ts'

/** No slot. */
export const NONE = -1

/** Open operations as plain numbers, to go back to. */
export interface SavedOperations {
  readonly words: number
  readonly used: number
  readonly free: readonly number[]
  /** Eight numbers each: slot, operation, kind, sees, leaves, invokeAt, returnAt, and 0, 1 for pending or 2 for endless. */
  readonly open: Int32Array
}

const PER_SLOT = 8

export class OpenOperations {
  /** Words of 32 slots. */
  words = 1

  // By slot.
  operation: Int32Array = scratch32(64)
  kind: Uint8Array = scratch8(64)
  sees: Int32Array = scratch32(64)
  leaves: Int32Array = scratch32(64)
  invokeAt: Int32Array = scratch32(64)
  /** When it returns; NEVER for a pending one. */
  returnAt: Int32Array = scratch32(64)
  /** The next in its list: equal operations together, then by return, then by invocation. */
  after: Int32Array = scratch32(64)
  /** What is set in a configuration once it is done: its bit, or nothing where it may happen again and again. */
  done: Int32Array = scratch32(64)
  #used = 0
  #free: number[] = []

  // By value: the first of a list; NONE where it is empty.
  writersOf: Int32Array
  casFrom: Int32Array
  readersOf: Int32Array
  negations = NONE
  /** Values with an open write. */
  readonly writable: number[] = []

  // By word: which slots are what.
  readMask: Int32Array = scratch32(1)
  casMask: Int32Array = scratch32(1)
  writeMask: Int32Array = scratch32(1)
  /** Pending writes and cas; they are in no other mask. */
  pendingMask: Int32Array = scratch32(1)

  constructor(values: number) {
    this.writersOf = scratch32(values).fill(NONE)
    this.casFrom = scratch32(values).fill(NONE)
    this.readersOf = scratch32(values).fill(NONE)
  }

  /** Takes one in; gives its slot. There may be more words then. */
  add(
    operation: number,
    kind: number,
    sees: number,
    leaves: number,
    invokeAt: number,
    returnAt: number,
    pending: boolean,
  ): number {
    const slot = this.#free.pop() ?? this.#used++
    this.#put(slot, operation, kind, sees, leaves, invokeAt, pending ? NEVER : returnAt, pending)
    return slot
  }

  #put(
    slot: number,
    operation: number,
    kind: number,
    sees: number,
    leaves: number,
    invokeAt: number,
    returnAt: number,
    pending: boolean,
  ): void {
    if (slot >= this.kind.length) this.#moreSlots()
    if (slot >= 32 * this.words) this.#moreWords(1 + (slot >> 5))
    this.operation[slot] = operation
    this.kind[slot] = kind
    this.sees[slot] = sees
    this.leaves[slot] = leaves
    this.invokeAt[slot] = invokeAt
    this.returnAt[slot] = returnAt
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    this.done[slot] = bit
    if (kind === READ || kind === NOT) this.readMask[word]! |= bit
    else if (pending) this.pendingMask[word]! |= bit
    else if (kind === CAS) this.casMask[word]! |= bit
    else this.writeMask[word]! |= bit
    this.#enlist(slot)
  }

  remove(slot: number): void {
    const word = slot >> 5
    const keep = ~(1 << (slot & 31))
    this.readMask[word]! &= keep
    this.casMask[word]! &= keep
    this.writeMask[word]! &= keep
    this.pendingMask[word]! &= keep
    const kind = this.kind[slot]!
    if (kind === NOT) this.negations = this.#without(this.negations, slot)
    else {
      const list = this.#listOf(kind)
      const value = kind === WRITE ? this.leaves[slot]! : this.sees[slot]!
      list[value] = this.#without(list[value]!, slot)
      if (kind === WRITE && list[value] === NONE) this.writable.splice(this.writable.indexOf(value), 1)
    }
    this.#free.push(slot)
  }

  #listOf(kind: number): Int32Array {
    return kind === READ ? this.readersOf : kind === WRITE ? this.writersOf : this.casFrom
  }

  #enlist(slot: number): void {
    const kind = this.kind[slot]!
    if (kind === NOT) {
      this.after[slot] = this.negations
      this.negations = slot
      return
    }
    const list = this.#listOf(kind)
    const value = kind === WRITE ? this.leaves[slot]! : this.sees[slot]!
    if (kind === READ) {
      this.after[slot] = list[value]!
      list[value] = slot
      return
    }
    if (kind === WRITE && list[value] === NONE) this.writable.push(value)
    let before = NONE
    let next = list[value]!
    while (next !== NONE && this.#precedes(next, slot)) {
      before = next
      next = this.after[next]!
    }
    this.after[slot] = next
    if (before === NONE) list[value] = slot
    else this.after[before] = slot
  }

  #precedes(left: number, right: number): boolean {
    if (this.leaves[left] !== this.leaves[right]) return this.leaves[left]! < this.leaves[right]!
    if (this.returnAt[left] !== this.returnAt[right]) return this.returnAt[left]! < this.returnAt[right]!
    return this.invokeAt[left]! < this.invokeAt[right]!
  }

  #without(head: number, slot: number): number {
    if (head === slot) return this.after[slot]!
    let before = head
    while (this.after[before] !== slot) before = this.after[before]!
    this.after[before] = this.after[slot]!
    return head
  }

  anyPending(): boolean {
    for (let w = 0; w < this.words; w++) if (this.pendingMask[w] !== 0) return true
    return false
  }

  /** Slots of pending operations. */
  pendingSlots(): number[] {
    return this.inUse().filter((slot) => this.isPending(slot))
  }

  isPending(slot: number): boolean {
    return ((this.pendingMask[slot >> 5]! >> (slot & 31)) & 1) === 1
  }

  /** From now on this pending operation may happen any number of times: it is never done. */
  endless(slot: number): void {
    this.done[slot] = 0
  }

  isEndless(slot: number): boolean {
    return this.done[slot] === 0
  }

  /** Slots in use. */
  inUse(): number[] {
    const isFree = scratch8(this.#used)
    const free = this.#free
    for (let i = 0; i < free.length; i++) isFree[free[i]!] = 1
    const slots: number[] = []
    for (let slot = 0; slot < this.#used; slot++) if (isFree[slot] === 0) slots.push(slot)
    return slots
  }

  save(): SavedOperations {
    const open: number[] = []
    for (const slot of this.inUse()) {
      const pending = !this.isPending(slot) ? 0 : this.isEndless(slot) ? 2 : 1
      open.push(slot, this.operation[slot]!, this.kind[slot]!, this.sees[slot]!, this.leaves[slot]!)
      open.push(this.invokeAt[slot]!, this.returnAt[slot]!, pending)
    }
    return {words: this.words, used: this.#used, free: this.#free.slice(), open: Int32Array.from(open)}
  }

  /** Back to what was saved; tells which operation is in which slot. Words are not given back. */
  restore({used, free, open}: SavedOperations, seat: (operation: number, slot: number) => void): void {
    for (const slot of this.inUse()) this.remove(slot)
    this.#used = used
    this.#free = free.slice()
    for (let k = 0; k < open.length; k += PER_SLOT) {
      const slot = open[k]!
      const operation = open[k + 1]!
      const pending = open[k + 7]!
      this.#put(slot, operation, open[k + 2]!, open[k + 3]!, open[k + 4]!, open[k + 5]!, open[k + 6]!, pending > 0)
      if (pending === 2) this.endless(slot)
      seat(operation, slot)
    }
  }

  #moreSlots(): void {
    const size = 2 * this.kind.length
    const kind = scratch8(size)
    kind.set(this.kind)
    this.kind = kind
    this.operation = grown(this.operation, size)
    this.sees = grown(this.sees, size)
    this.leaves = grown(this.leaves, size)
    this.invokeAt = grown(this.invokeAt, size)
    this.returnAt = grown(this.returnAt, size)
    this.after = grown(this.after, size)
    this.done = grown(this.done, size)
  }

  #moreWords(words: number): void {
    this.words = words
    this.readMask = grown(this.readMask, words)
    this.casMask = grown(this.casMask, words)
    this.writeMask = grown(this.writeMask, words)
    this.pendingMask = grown(this.pendingMask, words)
  }

  /** Room for values below this number, for callers that meet values as they go. */
  moreValues(values: number): void {
    const before = this.writersOf.length
    if (values <= before) return
    const size = Math.max(values, 2 * before)
    this.writersOf = grown(this.writersOf, size).fill(NONE, before)
    this.casFrom = grown(this.casFrom, size).fill(NONE, before)
    this.readersOf = grown(this.readersOf, size).fill(NONE, before)
  }
}

/** Saved operations with their values under other numbers. */
export function renameValues(saved: SavedOperations, rename: (value: number) => number): SavedOperations {
  const open = saved.open.slice()
  for (let k = 0; k < open.length; k += PER_SLOT) {
    open[k + 3] = rename(open[k + 3]!)
    open[k + 4] = rename(open[k + 4]!)
  }
  return {...saved, open}
}

function grown(array: Int32Array, size: number): Int32Array {
  const result = scratch32(size)
  result.set(array)
  return result
}
