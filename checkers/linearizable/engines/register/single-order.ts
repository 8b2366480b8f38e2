/**
 * One order of a register's operations, followed as far as it goes. This is the search of `search.ts` with a single
 * configuration and the first move that is possible, and so without rows, copies and comparisons: for a long valid history it
 * costs a fraction of a beam. Where the order ends, one of the latest choices is made otherwise, the last first; where none of them
 * helps, a beam is led over the place from a little earlier, and what it found is followed on. (Harvey & Ginsberg 1995, "Limited
 * discrepancy search": a good heuristic is wrong seldom, so one change is usually enough. It is also cheaper for a process that
 * checks one history and ends: the code that follows is compiled already, that of the beams is not.)
 *
 * Every move is one of the search's, so an order that reaches the end proves *valid*; that none was found says nothing. What
 * is chosen, and why it seldom ends: reads take effect as soon as they can; writes hide before the write in view where they
 * can, since that leaves everything else as it was; and before the state goes, those cas from it are used up that return soon:
 * the others are left, since a read may need what they leave.
 */
import {column8} from '../../../columns/column.ts'
import {NEVER} from '../../trace.ts'
import type {Halt} from '../frontier.ts'
import {refuteNear} from './abstraction.ts'
import {CAS, NOT, READ, type RegisterColumns, WRITE} from './columns.ts'
import {Operations} from './operation-set.ts'
import {type Place, Places} from './places.ts'
import type {Snapshot} from './search.ts'
import {Sweep} from './sweep.ts'

/** Events between the places that one can go back to. */
const EVERY = 64
/** Beams that lead over a place: how wide, from how many events before. */
const BEAMS = [
  {width: 4, before: 64},
  {width: 8, before: 128},
  {width: 32, before: 256},
  {width: 32, before: 1024},
  {width: 64, before: 2048},
]
/** After so many of them in vain the place is looked at by abstraction: wider ones take longer, and here may be no way at all. */
const BEAMS_BEFORE_LOOK = 3
/** It looks at what happened from at most so many events before. */
const LOOK_FROM = 512
/** Events after the place for which a beam goes on. */
const BEYOND = 16
/** A cas is used up with the state if it returns within so many events; in an epoch of the past, within so many. */
const SOON_IN_VIEW = 60
const SOON_HIDDEN = 20
/** Choices up to so many events before the place are made otherwise, the last so many of them. */
const RECONSIDERED_EVENTS = 48
const RECONSIDERED = 64
/** All that is followed in vain for this comes to at most so many times the way, and a little. */
const IN_VAIN = 2
const LEAST_IN_VAIN = 1 << 14
/** Of so many events so far, one place may need a beam; where more do, a beam from the beginning is cheaper. */
const EVENTS_PER_BEAM = 256
const LEAST_BEAMS = 4

export class SingleOrder {
  readonly #columns: RegisterColumns
  readonly #halt: Halt
  /** Made when a beam is needed for the first time. */
  #sweep: Sweep | undefined
  readonly #done: Uint8Array
  /** What has not returned; what of it has not taken effect. */
  readonly #open: Operations
  readonly #waiting: Operations
  #state = 0
  /** The event at which a plain write was last executed in view. */
  #lastWrite = -1
  readonly #places = new Places()
  #beams = 0
  /** Where it proved, on the way, that there is no order: the event at which that is certain. */
  refuted: number | undefined
  #choices = 0
  /** Those made otherwise, by number, ascending; and where in that list the next one is. */
  #otherwise: readonly number[] = []
  #nextOtherwise = 0
  /** From this event on, the way is that of the choices; before, a beam found some of it. */
  #chosenFrom = 0
  #inVain = 0

  constructor(columns: RegisterColumns, halt: Halt) {
    this.#columns = columns
    this.#halt = halt
    this.#done = column8(columns.size)
    this.#open = new Operations(columns.size)
    this.#waiting = new Operations(columns.size)
  }

  get steps(): number {
    return this.#sweep?.search.steps ?? 0
  }

  /** Whether an order was found. */
  isFound(): boolean {
    const {events} = this.#columns
    this.#mark(0)
    for (let at = 0; at < events.length; ) {
      const death = this.#goOn(at)
      if (death < 0) return true
      if (++this.#beams > LEAST_BEAMS + death / EVENTS_PER_BEAM) return false
      at = this.#leadOver(death)
      if (at < 0) return false
    }
    return true
  }

  /** Follows from this event, choosing otherwise where the way ends; gives the event at which nothing helps, or -1. */
  #goOn(from: number): number {
    let death = this.#follow(from)
    while (death >= 0) {
      const next = this.#reconsider(death)
      if (next === death) return death
      death = next
    }
    return -1
  }

  /** Makes one of the latest choices otherwise; gives the event at which the way ends then: this one if nothing helps. */
  #reconsider(death: number): number {
    const place = this.#places.goBackTo(Math.max(this.#chosenFrom, death - RECONSIDERED_EVENTS))
    const made = this.#otherwise
    const first = Math.max(place.choices, this.#choices - RECONSIDERED)
    for (let choice = this.#choices - 1; choice >= first; choice--) {
      if (this.#inVain > LEAST_IN_VAIN + IN_VAIN * death) break
      this.#otherwise = [...made.filter((other) => other >= place.choices && other < choice), choice]
      this.#stand(place)
      const end = this.#follow(place.at)
      if (end < 0 || end > death + BEYOND) return end
      this.#inVain += end - place.at
      this.#places.goBackTo(place.at)
    }
    this.#otherwise = made
    return death
  }

  /** Whether to choose as usual. */
  #asUsual(): boolean {
    if (this.#choices++ !== this.#otherwise[this.#nextOtherwise]) return true
    this.#nextOtherwise++
    return false
  }

  /** Goes on from this event; gives the one at which there is no move, or -1. */
  #follow(from: number): number {
    const {events, kind, sees, mattersUntil} = this.#columns
    const done = this.#done
    for (let at = from; at < events.length; at++) {
      if (at % EVERY === 0 && at > this.#places.last.at) this.#mark(at)
      const operation = events[at]! >> 1
      if ((events[at]! & 1) === 0) {
        if (mattersUntil[operation]! < 0) continue
        this.#open.add(operation)
        const is = kind[operation]!
        const looksRight = is === READ ? sees[operation] === this.#state : is === NOT && sees[operation] !== this.#state
        done[operation] = looksRight ? 1 : 0
        if (!looksRight) this.#waiting.add(operation)
      } else {
        if (done[operation] === 0 && !this.#force(operation, at)) return at
        this.#open.remove(operation)
      }
    }
    return -1
  }

  /** A move by which the returning operation takes effect. */
  #force(operation: number, now: number): boolean {
    const {kind, sees, invokeAt} = this.#columns
    const is = kind[operation]!
    const hides = invokeAt[operation]! < this.#lastWrite
    if (is === WRITE) {
      if (hides && this.#isNeeded(operation) !== this.#asUsual()) this.#hide(operation, now)
      else this.#write(operation, now)
      return true
    }
    if (is === NOT) return false
    const wanted = sees[operation]!
    if (is === CAS && this.#state === wanted) return this.#swap(operation, NEVER)
    if (hides) {
      const writer = this.#find(WRITE, -1, wanted, this.#lastWrite)
      if (writer >= 0 && this.#asUsual()) {
        this.#hide(writer, now)
        // With the writer, whoever waited for its value and for what followed it.
        return this.#done[operation] === 1
      }
    }
    const step = this.#find(CAS, this.#state, wanted, NEVER)
    if (step >= 0 && step !== operation) this.#swap(step, NEVER)
    else {
      const writer = this.#find(WRITE, -1, wanted, NEVER)
      if (writer >= 0) this.#write(writer, now)
      else if (!this.#writeBefore(wanted, operation, now)) return false
    }
    return this.#done[operation] === 1 || (is === CAS && this.#state === wanted && this.#swap(operation, NEVER))
  }

  /** Whether somebody waits for the value of this write who came too late to see it hidden, and no other write has it. */
  #isNeeded(writer: number): boolean {
    const {kind, sees, leaves, invokeAt} = this.#columns
    const value = leaves[writer]!
    const {items, count} = this.#waiting
    let waits = false
    for (let i = 0; i < count; i++) {
      const operation = items[i]!
      const is = kind[operation]!
      if (is === WRITE) {
        if (leaves[operation] === value && operation !== writer) return false
      } else if ((is === READ || is === CAS) && sees[operation] === value && invokeAt[operation]! >= this.#lastWrite)
        waits = true
    }
    return waits
  }

  /** A write in view and a cas from what it leaves to the wanted value. */
  #writeBefore(wanted: number, reader: number, now: number): boolean {
    const {kind, sees, leaves} = this.#columns
    const {items, count} = this.#waiting
    for (let i = 0; i < count; i++) {
      const step = items[i]!
      if (step === reader || kind[step] !== CAS || leaves[step] !== wanted) continue
      const writer = this.#find(WRITE, -1, sees[step]!, NEVER)
      if (writer < 0) continue
      this.#write(writer, now)
      return this.#done[step] === 1 || this.#swap(step, NEVER)
    }
    return false
  }

  /** A waiting operation of this kind from one value (-1: any) to another, invoked before `before`: the first to return. */
  #find(wantedKind: number, from: number, to: number, before: number): number {
    const {kind, sees, leaves, invokeAt, returnAt} = this.#columns
    const {items, count} = this.#waiting
    let best = -1
    let bestReturn = 0
    for (let i = 0; i < count; i++) {
      const operation = items[i]!
      if (kind[operation] !== wantedKind || invokeAt[operation]! >= before) continue
      if (to >= 0 && leaves[operation] !== to) continue
      if (from >= 0 && sees[operation] !== from) continue
      if (best >= 0 && returnAt[operation]! >= bestReturn) continue
      best = operation
      bestReturn = returnAt[operation]!
    }
    return best
  }

  /** The write, and an epoch of what was waiting for it, take effect just before the last write in view. */
  #hide(writer: number, now: number): void {
    const before = this.#lastWrite
    this.#finish(writer)
    let value = this.#columns.leaves[writer]!
    this.#see(value, before)
    for (;;) {
      const step = this.#find(CAS, value, -1, before)
      if (step < 0 || this.#columns.returnAt[step]! > now + SOON_HIDDEN || !this.#asUsual()) return
      this.#swap(step, before)
      value = this.#columns.leaves[step]!
    }
  }

  /** The state is used up by cas that return soon, and then written over. */
  #write(writer: number, now: number): void {
    for (;;) {
      const step = this.#find(CAS, this.#state, -1, NEVER)
      if (step < 0 || this.#columns.returnAt[step]! > now + SOON_IN_VIEW || !this.#asUsual()) break
      this.#swap(step, NEVER)
    }
    this.#finish(writer)
    this.#lastWrite = now
    this.#state = this.#columns.leaves[writer]!
    this.#see(this.#state, NEVER)
  }

  /** In place, or in an epoch of the past. */
  #swap(operation: number, before: number): true {
    this.#finish(operation)
    const left = this.#columns.leaves[operation]!
    if (before === NEVER) this.#state = left
    this.#see(left, before)
    return true
  }

  #finish(operation: number): void {
    this.#done[operation] = 1
    this.#waiting.remove(operation)
  }

  /** Whoever waited for this value, of those invoked before `before`, has seen it. */
  #see(value: number, before: number): void {
    const {kind, sees, invokeAt} = this.#columns
    const {items} = this.#waiting
    for (let i = this.#waiting.count - 1; i >= 0; i--) {
      const operation = items[i]!
      const is = kind[operation]!
      if ((is === READ ? sees[operation] === value : is === NOT && sees[operation] !== value) === false) continue
      if (invokeAt[operation]! < before) this.#finish(operation)
    }
  }

  #mark(at: number): void {
    const {returnAt, mattersUntil} = this.#columns
    const {items} = this.#open
    // What is pending and no longer matters is left behind.
    for (let i = this.#open.count - 1; i >= 0; i--) {
      const operation = items[i]!
      if (returnAt[operation] !== NEVER || mattersUntil[operation]! >= at) continue
      this.#open.remove(operation)
      if (this.#done[operation] === 0) this.#waiting.remove(operation)
    }
    this.#places.mark(at, this.#choices, this.#state, this.#lastWrite, this.#open, this.#done)
  }

  /** As it was there. */
  #stand({choices, state, lastWrite, open, count}: Place): void {
    this.#choices = choices
    const next = this.#otherwise.findIndex((choice) => choice >= choices)
    this.#nextOtherwise = next < 0 ? this.#otherwise.length : next
    this.#state = state
    this.#lastWrite = lastWrite
    this.#open.clear()
    this.#waiting.clear()
    for (let i = 0; i < count; i++) this.#seat(open[i]! >> 1, open[i]! & 1)
  }

  #seat(operation: number, done: number): void {
    this.#done[operation] = done
    this.#open.add(operation)
    if (done === 0) this.#waiting.add(operation)
  }

  /** A beam from before the event to beyond it; gives where the order goes on, or -1. */
  #leadOver(death: number): number {
    this.#sweep ??= new Sweep(this.#columns, 1, this.#halt)
    const sweep = this.#sweep
    const end = Math.min(this.#columns.events.length, death + BEYOND)
    let furthest = death
    for (const [tried, {width, before}] of BEAMS.entries()) {
      if (tried === BEAMS_BEFORE_LOOK) {
        const {at, open, count} = this.#places.goBackTo(death - LOOK_FROM)
        const operations = Array.from(open.subarray(0, count), (known) => known >> 1)
        this.refuted = refuteNear(this.#columns, furthest, this.#halt, {at, operations})
        if (this.refuted !== undefined) return -1
      }
      const place = this.#places.goBackTo(death - before)
      sweep.restore(place.at, this.#snapshotOf(place))
      sweep.search.width = width
      if (!sweep.run(end)) {
        if (sweep.search.halted) return -1
        furthest = Math.max(furthest, sweep.at)
        continue
      }
      this.#adopt(sweep.search.save())
      this.#chosenFrom = end
      this.#mark(end)
      return end
    }
    return -1
  }

  #snapshotOf({state, lastWrite, open, count}: Place): Snapshot {
    const {kind, sees, leaves, invokeAt, returnAt} = this.#columns
    const words = Math.max(1, (count + 31) >> 5)
    const rows = new Int32Array(2 + words)
    rows[0] = state
    rows[1] = lastWrite
    const saved: number[] = []
    for (let slot = 0; slot < count; slot++) {
      const operation = open[slot]! >> 1
      const isPending = returnAt[operation] === NEVER
      saved.push(slot, operation, kind[operation]!, sees[operation]!, leaves[operation]!)
      saved.push(invokeAt[operation]!, returnAt[operation]!, isPending ? 1 : 0)
      if ((open[slot]! & 1) === 1) rows[2 + (slot >> 5)]! |= 1 << (slot & 31)
    }
    const operations = {words, used: count, free: [], open: Int32Array.from(saved)}
    return {rows, count: 1, truncated: true, operations}
  }

  /** Goes on with one of the configurations that a beam has found. */
  #adopt({rows, operations: {open}}: Snapshot): void {
    this.#open.clear()
    this.#waiting.clear()
    this.#state = rows[0]!
    this.#lastWrite = rows[1]!
    for (let k = 0; k < open.length; k += 8) {
      const slot = open[k]!
      this.#seat(open[k + 1]!, (rows[2 + (slot >> 5)]! >> (slot & 31)) & 1)
    }
    this.#otherwise = []
    this.#nextOtherwise = 0
  }
}
