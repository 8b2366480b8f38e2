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
import {ILLEGAL, type Machine} from './machine.ts'
import {NEVER} from './trace.ts'

/** Asked every few hundred steps; returns true when the search has to end. */
export type Halt = () => boolean

export class Frontier {
  readonly #machine: Machine
  readonly #halt: Halt
  /** At most this many configurations are kept after an event. */
  #width: number
  /** Whether the beam has ever cut: death is then no proof. */
  truncated = false
  halted = false
  /** Configurations made, for the budget and for statistics. */
  steps = 0
  /** Most configurations alive at once. */
  peak = 1

  // A configuration is a row: its state, then a bit per slot.
  #words = 1
  #stride = 2
  #rows: Int32Array
  #count = 1
  #next: Int32Array
  #nextCount = 0
  #work: Int32Array
  #workCount = 0

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
  #readMask = new Int32Array(1)
  #pendingMask = new Int32Array(1)

  #nextSeen = new RowSet()
  #workSeen = new RowSet()

  constructor(machine: Machine, width: number, halt: Halt, states: readonly number[] = [0]) {
    this.#machine = machine
    this.#width = width
    this.#halt = halt
    this.#rows = new Int32Array(2 * Math.max(64, states.length))
    this.#next = new Int32Array(128)
    this.#work = new Int32Array(128)
    for (let i = 0; i < states.length; i++) this.#rows[2 * i] = states[i]!
    this.#count = states.length
  }

  get count(): number {
    return this.#count
  }

  /** The states of the configurations, each once. */
  states(): number[] {
    const found = new Set<number>()
    for (let i = 0; i < this.#count; i++) found.add(this.#rows[i * this.#stride]!)
    return [...found]
  }

  /** A frontier that goes on from here by itself. It shares the machine, so it must end before this one goes on. */
  fork(): Frontier {
    const fork = new Frontier(this.#machine, this.#width, this.#halt)
    fork.#words = this.#words
    fork.#stride = this.#stride
    fork.#rows = this.#rows.slice()
    fork.#count = this.#count
    fork.#next = new Int32Array(64 * this.#stride)
    fork.#work = new Int32Array(64 * this.#stride)
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

  /** Calls have new numbers. */
  renumberCalls(numberOf: (call: number) => number): void {
    for (const slot of this.#open) this.#slotCall[slot] = numberOf(this.#slotCall[slot]!)
    this.#compact()
  }

  /** The calls of open operations. */
  openCalls(): number[] {
    return this.#open.map((slot) => this.#slotCall[slot]!)
  }

  /** After a death: the states of every configuration that was looked at, each once. */
  explored(): number[] {
    const found = new Set<number>()
    for (let i = 0; i < this.#workCount; i++) found.add(this.#work[i * this.#stride]!)
    return [...found]
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
    if (read) {
      const stride = this.#stride
      for (let i = 0, at = 0; i < this.#count; i++, at += stride) {
        if (this.#machine.next(this.#rows[at]!, call) === this.#rows[at]) this.#rows[at + 1 + word]! |= bit
      }
    }
    return slot
  }

  /** The operation in this slot returns. False when nothing could follow: see `truncated` and `halted`. */
  complete(slot: number): boolean {
    const stride = this.#stride
    const word = 1 + (slot >> 5)
    const bit = 1 << (slot & 31)
    this.#nextCount = 0
    this.#workCount = 0
    this.#nextSeen.clear()
    this.#workSeen.clear()
    for (let i = 0; i < this.#count; i++) {
      const at = i * stride
      if ((this.#rows[at + word]! & bit) !== 0) this.#keep(this.#rows, at, word, bit)
      else this.#queue(this.#rows, at)
    }
    for (let i = 0; i < this.#workCount; i++) {
      this.#extend(i, word, bit)
      if ((++this.#extended & 0xff) === 0 && this.#halt()) {
        this.halted = true
        return false
      }
    }
    this.#release(slot, word - 1, bit)
    const swap = this.#rows
    this.#rows = this.#next
    this.#next = swap
    this.#count = this.#nextCount
    if (this.#count > 1) this.#prune()
    if (this.#count > this.peak) this.peak = this.#count
    if (this.#machine.load > this.#loadLimit) this.#compact()
    return this.#count > 0
  }

  #loadLimit = 1 << 16
  #extended = 0

  /** Every successor of one queued configuration. */
  #extend(index: number, word: number, bit: number): void {
    const stride = this.#stride
    const machine = this.#machine
    for (let o = 0; o < this.#open.length; o++) {
      const slot = this.#open[o]!
      const at = index * stride
      if (this.#slotRead[slot] === 1) continue
      if (((this.#work[at + 1 + (slot >> 5)]! >> (slot & 31)) & 1) === 1) continue
      const elder = this.#elderTwin[slot]!
      if (elder >= 0 && ((this.#work[at + 1 + (elder >> 5)]! >> (elder & 31)) & 1) === 0) continue
      const answer = machine.next(this.#work[at]!, this.#slotCall[slot]!)
      if (answer === ILLEGAL) continue
      if (answer > ILLEGAL) {
        this.#step(index, slot, answer, word, bit)
        continue
      }
      for (const to of machine.branchesOf(answer)) this.#step(index, slot, to, word, bit)
    }
  }

  #step(index: number, slot: number, to: number, word: number, bit: number): void {
    this.steps++
    const stride = this.#stride
    this.#reserveWork()
    const work = this.#work
    const at = this.#workCount * stride
    work.copyWithin(at, index * stride, (index + 1) * stride)
    work[at + 1 + (slot >> 5)]! |= 1 << (slot & 31)
    if (work[at] !== to) {
      work[at] = to
      for (let o = 0; o < this.#open.length; o++) {
        const read = this.#open[o]!
        if (this.#slotRead[read] === 0) continue
        if (this.#machine.next(to, this.#slotCall[read]!) === to) work[at + 1 + (read >> 5)]! |= 1 << (read & 31)
      }
    }
    if ((work[at + word]! & bit) !== 0) {
      this.#keep(work, at, word, bit)
      return
    }
    if (this.#workSeen.add(work, this.#workCount, stride)) this.#workCount++
  }

  /** Copies a row into the next frontier with the returned operation's bit cleared, unless it is there already. */
  #keep(from: Int32Array, at: number, word: number, bit: number): void {
    const stride = this.#stride
    if ((this.#nextCount + 1) * stride > this.#next.length) this.#next = doubled(this.#next)
    const to = this.#nextCount * stride
    for (let k = 0; k < stride; k++) this.#next[to + k] = from[at + k]!
    this.#next[to + word]! &= ~bit
    if (this.#nextSeen.add(this.#next, this.#nextCount, stride)) this.#nextCount++
  }

  #queue(from: Int32Array, at: number): void {
    const stride = this.#stride
    this.#reserveWork()
    const to = this.#workCount * stride
    for (let k = 0; k < stride; k++) this.#work[to + k] = from[at + k]!
    if (this.#workSeen.add(this.#work, this.#workCount, stride)) this.#workCount++
  }

  #reserveWork(): void {
    if ((this.#workCount + 1) * this.#stride > this.#work.length) this.#work = doubled(this.#work)
  }

  /** Drops dominated configurations, then cuts to the beam: those that used least come first. */
  #prune(): void {
    const stride = this.#stride
    const rows = this.#rows
    const cost = new Float64Array(this.#count)
    for (let i = 0; i < this.#count; i++) {
      let pending = 0
      let required = 0
      let reads = 0
      for (let w = 0; w < this.#words; w++) {
        const bits = rows[i * stride + 1 + w]!
        pending += popCount(bits & this.#pendingMask[w]!)
        reads += popCount(bits & this.#readMask[w]!)
        required += popCount(bits & ~this.#pendingMask[w]! & ~this.#readMask[w]!)
      }
      cost[i] = pending * 1e6 + required * 1e3 - reads
    }
    const order = Array.from(cost.keys()).sort((left, right) => cost[left]! - cost[right]! || left - right)
    const groups = new Map<number, number[]>()
    const kept: number[] = []
    for (const i of order) {
      const at = i * stride
      let hash = rows[at]!
      for (let w = 0; w < this.#words; w++) {
        hash = Math.imul(hash ^ (rows[at + 1 + w]! & ~this.#pendingMask[w]! & ~this.#readMask[w]!), 0x9e3779b1)
        hash ^= hash >>> 15
      }
      const group = groups.get(hash)
      if (group === undefined) groups.set(hash, [i])
      else if (group.some((other) => this.#dominates(other * stride, at))) continue
      else group.push(i)
      kept.push(i)
      if (kept.length >= this.#width) break
    }
    if (kept.length === this.#count) return
    if (kept.length >= this.#width) this.truncated = true
    const next = this.#next.length < kept.length * stride ? new Int32Array(rows.length) : this.#next
    for (let k = 0; k < kept.length; k++) {
      next.set(rows.subarray(kept[k]! * stride, (kept[k]! + 1) * stride), k * stride)
    }
    this.#next = rows
    this.#rows = next
    this.#count = kept.length
  }

  #dominates(better: number, worse: number): boolean {
    const rows = this.#rows
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
    this.#slotCall = doubled(this.#slotCall)
    this.#slotReturn = doubled(this.#slotReturn)
    this.#elderTwin = doubled(this.#elderTwin)
    const read = new Uint8Array(2 * this.#slotRead.length)
    read.set(this.#slotRead)
    this.#slotRead = read
  }

  #moreWords(): void {
    const old = this.#stride
    this.#words++
    this.#stride++
    const rows = new Int32Array(Math.max(64, 2 * this.#count) * this.#stride)
    for (let i = 0; i < this.#count; i++) rows.set(this.#rows.subarray(i * old, (i + 1) * old), i * this.#stride)
    this.#rows = rows
    this.#readMask = Int32Array.from([...this.#readMask, 0])
    this.#pendingMask = Int32Array.from([...this.#pendingMask, 0])
  }

  /** Lets the machine forget the states that no configuration holds. */
  #compact(): void {
    const live = this.states()
    const renamed = new Map(this.#machine.compact(live).map((id, i) => [live[i]!, id]))
    for (let i = 0; i < this.#count; i++) {
      this.#rows[i * this.#stride] = renamed.get(this.#rows[i * this.#stride]!)!
    }
    this.#loadLimit = Math.max(1 << 16, 4 * this.#machine.load)
  }
}

/** A set of rows of one array, by content: open addressing over their numbers. */
class RowSet {
  #table = new Int32Array(256)
  #size = 0

  clear(): void {
    if (this.#size === 0) return
    if (this.#table.length > 4096 && this.#size * 16 < this.#table.length) this.#table = new Int32Array(256)
    else this.#table.fill(0)
    this.#size = 0
  }

  /** Adds row number `index`; false if an equal one is there. Rows are numbered from 0 in the order of being added. */
  add(rows: Int32Array, index: number, stride: number): boolean {
    if (2 * (this.#size + 1) > this.#table.length) this.#grow(rows, stride)
    const table = this.#table
    const mask = table.length - 1
    const base = index * stride
    let slot = hashRow(rows, base, stride) & mask
    for (;;) {
      const other = table[slot]!
      if (other === 0) break
      const at = (other - 1) * stride
      let k = 0
      while (k < stride && rows[at + k] === rows[base + k]) k++
      if (k === stride) return false
      slot = (slot + 1) & mask
    }
    table[slot] = index + 1
    this.#size++
    return true
  }

  #grow(rows: Int32Array, stride: number): void {
    const old = this.#table
    this.#table = new Int32Array(2 * old.length)
    const mask = this.#table.length - 1
    for (const entry of old) {
      if (entry === 0) continue
      let slot = hashRow(rows, (entry - 1) * stride, stride) & mask
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask
      this.#table[slot] = entry
    }
  }
}

function hashRow(rows: Int32Array, base: number, stride: number): number {
  let hash = 0x2c1b3c6d
  for (let k = 0; k < stride; k++) {
    hash = Math.imul(hash ^ rows[base + k]!, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(2 * array.length)
  result.set(array)
  return result
}

function popCount(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
