/**
 * The general engine: just-in-time linearization (Lowe 2017, "Testing for linearizability") for any model. It reads the
 * events in order and keeps every configuration that could have been reached: a state, and which of the open operations
 * have already taken effect. Nothing is executed before it must be: only when an operation returns, configurations in
 * which it has not taken effect are extended by chains of open operations ending in it, and those that cannot be die. No
 * configuration left: not linearizable, and this return is the event at which it showed.
 *
 * Memory is proportional to what is open, not to the history: an operation's bit is a slot that is used again after it
 * returned. Reductions, each with why it loses nothing:
 *
 * - *Eager reads.* A read that is legal now is linearized now. It changes no state, so moving it here from later in any
 *   linearization leaves every other answer as it was.
 * - *Symmetry.* Of equal open calls only the one with the earliest return is tried (pending ones last). Exchange: if a
 *   linearization uses q now and its twin p later, both are open now, p must be done before q must, and swapping them
 *   keeps every state.
 * - *Dominance.* With equal states and the same required updates done, a configuration that has used a subset of the
 *   pending operations and done a superset of the reads can do all that the other can.
 *
 * A beam keeps only the most promising configurations. Surviving a beam proves *valid*, since every configuration kept is
 * really reachable; only a death without any cut proves *invalid*.
 */

import {NEVER} from '../trace.ts'
import {popCount} from './bits.ts'
import {ILLEGAL, type Machine} from './machine.ts'
import {RowPool} from './row-pool.ts'

/** Asked every few hundred steps; returns true when the search has to end. */
export type Halt = () => boolean

/** Configurations that there is room for; a search that needs more is halted. */
const ROOM = 1 << 22
/** What the machine may remember before what no configuration holds is forgotten. */
const MEMORY = 1 << 16

export class Frontier {
  readonly #machine: Machine
  readonly #halt: Halt
  readonly #room: number
  /** At most this many configurations are kept after an event. */
  readonly #width: number
  /** Whether the beam has ever cut: death is then no proof. */
  truncated = false
  halted = false
  /** Configurations made, for the budget and for statistics. */
  steps = 0

  // A configuration is a row: its state, then a bit per slot.
  #current = new RowPool(2)
  #next = new RowPool(2)
  #work = new RowPool(2)

  // Open operations by slot.
  #slotCall: Int32Array = new Int32Array(32)
  #slotReturn: Int32Array = new Int32Array(32)
  #slotRead: Uint8Array = new Uint8Array(32)
  /** The equal call that has to be used before this one; -1 for none. */
  #elderTwin: Int32Array = new Int32Array(32)
  /** Slots in use, by return. */
  #open: number[] = []
  #free: number[] = []
  #slots = 0
  #words = 1
  #readMask: Int32Array = new Int32Array(1)
  #pendingMask: Int32Array = new Int32Array(1)
  #loadLimit = MEMORY

  constructor(machine: Machine, width: number, halt: Halt, room: number = ROOM) {
    this.#machine = machine
    this.#width = width
    this.#halt = halt
    this.#room = room
    this.#current.rows[this.#current.push()] = 0
    this.#current.commit()
  }

  get count(): number {
    return this.#current.count
  }

  /** The states of the configurations, each once. */
  #states(pool: RowPool): number[] {
    const found = new Set<number>()
    for (let i = 0; i < pool.count; i++) found.add(pool.rows[i * pool.stride]!)
    return [...found]
  }

  /** After a death: the states of every configuration that was looked at, each once. */
  explored(): number[] {
    return this.#states(this.#work)
  }

  /** Opens an operation; `returnAt` is when it returns, NEVER for a pending one. Gives its slot. */
  invoke(call: number, read: boolean, returnAt: number): number {
    const slot = this.#free.pop() ?? this.#slots++
    if (slot >= this.#slotCall.length) this.#moreSlots()
    if (slot >= 32 * this.#words) this.#moreWords()
    this.#slotCall[slot] = call
    this.#slotReturn[slot] = returnAt
    this.#slotRead[slot] = read ? 1 : 0
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    if (read) this.#readMask[word]! |= bit
    if (returnAt === NEVER) this.#pendingMask[word]! |= bit
    this.#enlist(slot)
    if (!read) return slot
    const {rows, count, stride} = this.#current
    for (let i = 0, at = 0; i < count; i++, at += stride) {
      if (this.#machine.next(rows[at]!, call) === rows[at]) rows[at + 1 + word]! |= bit
    }
    return slot
  }

  /** The operation in this slot returns. False when nothing could follow: see `truncated` and `halted`. */
  complete(slot: number): boolean {
    const current = this.#current
    const word = 1 + (slot >> 5)
    const bit = 1 << (slot & 31)
    this.#next.clear()
    this.#work.clear()
    for (let i = 0, at = 0; i < current.count; i++, at += current.stride) {
      if ((current.rows[at + word]! & bit) !== 0) this.#keep(current, at, word, bit)
      else {
        this.#work.copyUncommitted(current, at)
        this.#work.commitUnlessPresent()
      }
    }
    for (let i = 0; i < this.#work.count && !this.halted; i++) this.#extend(i, word, bit)
    if (this.halted) return false
    this.#release(slot, word - 1, bit)
    this.#current = this.#next
    this.#next = current
    if (this.#current.count > 1) this.#prune()
    if (this.#machine.load > this.#loadLimit) this.#compact()
    return this.#current.count > 0
  }

  /** Every successor of one configuration of this move. */
  #extend(index: number, word: number, bit: number): void {
    const machine = this.#machine
    const work = this.#work
    const at = index * work.stride
    for (let o = 0; o < this.#open.length; o++) {
      const slot = this.#open[o]!
      if (this.#slotRead[slot] === 1 || isSet(work.rows, at + 1, slot)) continue
      const elder = this.#elderTwin[slot]!
      if (elder >= 0 && !isSet(work.rows, at + 1, elder)) continue
      const answer = machine.next(work.rows[at]!, this.#slotCall[slot]!)
      if (answer === ILLEGAL) continue
      if (answer > ILLEGAL) this.#step(at, slot, answer, word, bit)
      else for (const to of machine.branchesOf(answer)) this.#step(at, slot, to, word, bit)
    }
  }

  #step(from: number, slot: number, to: number, word: number, bit: number): void {
    if ((++this.steps & 0xff) === 0 && (this.#work.count + this.#next.count > this.#room || this.#halt()))
      this.halted = true
    const work = this.#work
    const at = work.copyWithin(from)
    const {rows} = work
    rows[at + 1 + (slot >> 5)]! |= 1 << (slot & 31)
    if (rows[at] !== to) {
      rows[at] = to
      for (let o = 0; o < this.#open.length; o++) {
        const read = this.#open[o]!
        if (this.#slotRead[read] === 0) continue
        if (this.#machine.next(to, this.#slotCall[read]!) === to) rows[at + 1 + (read >> 5)]! |= 1 << (read & 31)
      }
    }
    if ((rows[at + word]! & bit) !== 0) this.#keep(work, at, word, bit)
    else work.commitUnlessPresent()
  }

  /** Copies a row into the next frontier with the returned operation's bit cleared, unless it is there already. */
  #keep(from: RowPool, at: number, word: number, bit: number): void {
    const to = this.#next.copyUncommitted(from, at)
    this.#next.rows[to + word]! &= ~bit
    this.#next.commitUnlessPresent()
  }

  /** Drops dominated configurations, then cuts to the beam: those that used least come first. */
  #prune(): void {
    const pool = this.#current
    const {rows, stride, count} = pool
    const groups = new Map<number, number[]>()
    const kept: number[] = []
    for (const i of pool.orderBy((at) => this.#cost(rows, at))) {
      const at = i * stride
      let hash = rows[at]!
      for (let w = 0; w < this.#words; w++) {
        hash = Math.imul(hash ^ (rows[at + 1 + w]! & ~this.#pendingMask[w]! & ~this.#readMask[w]!), 0x9e3779b1)
        hash ^= hash >>> 15
      }
      const group = groups.get(hash)
      if (group === undefined) groups.set(hash, [at])
      else if (group.some((other) => this.#dominates(rows, other, at))) continue
      else group.push(at)
      if (kept.length === this.#width) {
        this.truncated = true
        break
      }
      kept.push(i)
    }
    if (kept.length < count) pool.keep(kept)
  }

  #cost(rows: Int32Array, at: number): number {
    let pending = 0
    let required = 0
    let reads = 0
    for (let w = 0; w < this.#words; w++) {
      const bits = rows[at + 1 + w]!
      pending += popCount(bits & this.#pendingMask[w]!)
      reads += popCount(bits & this.#readMask[w]!)
      required += popCount(bits & ~this.#pendingMask[w]! & ~this.#readMask[w]!)
    }
    return pending * 1e6 + required * 1e3 - reads
  }

  #dominates(rows: Int32Array, better: number, worse: number): boolean {
    if (rows[better] !== rows[worse]) return false
    for (let w = 0; w < this.#words; w++) {
      const a = rows[better + 1 + w]!
      const b = rows[worse + 1 + w]!
      const pending = this.#pendingMask[w]!
      const reads = this.#readMask[w]!
      if (((a ^ b) & ~pending & ~reads) !== 0 || (a & ~b & pending) !== 0 || (b & ~a & reads) !== 0) return false
    }
    return true
  }

  #enlist(slot: number): void {
    const returnAt = this.#slotReturn[slot]!
    let position = this.#open.length
    while (position > 0 && this.#slotReturn[this.#open[position - 1]!]! > returnAt) position--
    this.#open.splice(position, 0, slot)
    this.#relinkTwins(this.#slotCall[slot]!)
  }

  #relinkTwins(call: number): void {
    let elder = -1
    for (let o = 0; o < this.#open.length; o++) {
      const slot = this.#open[o]!
      if (this.#slotCall[slot] !== call) continue
      this.#elderTwin[slot] = elder
      elder = slot
    }
  }

  #release(slot: number, word: number, bit: number): void {
    this.#open.splice(this.#open.indexOf(slot), 1)
    this.#relinkTwins(this.#slotCall[slot]!)
    this.#readMask[word]! &= ~bit
    this.#pendingMask[word]! &= ~bit
    this.#free.push(slot)
  }

  #moreSlots(): void {
    const size = 2 * this.#slotCall.length
    this.#slotCall = grown(this.#slotCall, size)
    this.#slotReturn = grown(this.#slotReturn, size)
    this.#elderTwin = grown(this.#elderTwin, size)
    const read = new Uint8Array(size)
    read.set(this.#slotRead)
    this.#slotRead = read
  }

  #moreWords(): void {
    this.#words++
    for (const pool of [this.#current, this.#next, this.#work]) pool.widen()
    this.#readMask = grown(this.#readMask, this.#words)
    this.#pendingMask = grown(this.#pendingMask, this.#words)
  }

  /** Lets the machine forget the states that no configuration holds. */
  #compact(): void {
    const {rows, count, stride} = this.#current
    const live = this.#states(this.#current)
    const renamed = new Map(this.#machine.compact(live).map((id, i) => [live[i]!, id]))
    for (let i = 0; i < count; i++) rows[i * stride] = renamed.get(rows[i * stride]!)!
    this.#loadLimit = Math.max(MEMORY, 4 * this.#machine.load)
  }

  // For a history that is still being written.

  /** A frontier that goes on from here by itself. It shares the machine, so it must end before this one goes on. */
  fork(halt: Halt): Frontier {
    const fork = new Frontier(this.#machine, this.#width, halt, this.#room)
    while (fork.#words < this.#words) fork.#moreWords()
    fork.#current.clear()
    for (let i = 0; i < this.count; i++) fork.#current.copy(this.#current, i * this.#current.stride)
    fork.#slotCall = this.#slotCall.slice()
    fork.#slotReturn = this.#slotReturn.slice()
    fork.#slotRead = this.#slotRead.slice()
    fork.#elderTwin = this.#elderTwin.slice()
    fork.#open = this.#open.slice()
    fork.#free = this.#free.slice()
    fork.#slots = this.#slots
    fork.#readMask = this.#readMask.slice()
    fork.#pendingMask = this.#pendingMask.slice()
    fork.truncated = this.truncated
    fork.#loadLimit = Number.POSITIVE_INFINITY
    return fork
  }

  /** How many operations are open. */
  get open(): number {
    return this.#open.length
  }

  /** The calls of open operations. */
  openCalls(): number[] {
    return this.#open.map((slot) => this.#slotCall[slot]!)
  }

  /** Calls have new numbers. */
  renumberCalls(numberOf: (call: number) => number): void {
    for (const slot of this.#open) this.#slotCall[slot] = numberOf(this.#slotCall[slot]!)
    this.#compact()
  }
}

function isSet(rows: Int32Array, at: number, slot: number): boolean {
  return ((rows[at + (slot >> 5)]! >> (slot & 31)) & 1) === 1
}

function grown(array: Int32Array, size: number): Int32Array {
  const result = new Int32Array(size)
  result.set(array)
  return result
}
