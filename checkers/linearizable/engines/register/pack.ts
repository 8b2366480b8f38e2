/**
 * Registers as flat numbers: noted while the record is split, without an object per operation, and packed into one array
 * that can be shared with another thread. For models whose calls have the standard shape (`StandardWords`); the others go
 * through `traceOf` and `registerColumns`, which agree with this (see pack.test.ts).
 *
 * A packed register is: operations, events, values, whether there are negations; then the kinds of its operations, what they
 * see, what they leave; then its events.
 */

import type {ScannedOp} from '../../../../core/store/op-store.ts'
import {column8, column32} from '../../../columns/column.ts'
import {scratch8, scratch32} from '../../../columns/scratch.ts'
import {canonical} from '../../canonical.ts'
import type {StandardWords} from '../../model.ts'
import {INFO, type Scribe, type Track} from '../../split.ts'
import {NEVER, type TrustFailure} from '../../trace.ts'
import {CAS, NOT, READ, type RegisterColumns, WRITE, withNeeds} from './columns.ts'

/** Left out: it failed, and that tells nothing. */
const DROPPED = 4
/** A function that is not among the words. */
const FOREIGN = 5

/**
 * Whole numbers, the usual values, are looked up in an array while it stays in proportion to what was seen: at most so many
 * places for each value. The others are looked up in a map.
 */
const PLACES_PER_VALUE = 8
const LEAST_PLACES = 128

/** Per operation: its kind, the value seen and the value left, as numbers that all objects share. */
export interface RegisterNotes {
  readonly kind: Uint8Array
  readonly sees: Int32Array
  readonly leaves: Int32Array
}

/** Notes registers. */
export class RegisterScribe implements Scribe<RegisterNotes> {
  readonly #words: StandardWords
  readonly #trust: TrustFailure | undefined
  /** By small whole number: 1 + the number that stands for it; 0 for none yet. */
  #small = scratch32(LEAST_PLACES)
  readonly #others = new Map<string | number, number>()
  #values = 0
  /** The number of the value that registers begin with. */
  readonly initial: number

  constructor(words: StandardWords, initial: unknown, trust: TrustFailure | undefined) {
    this.#words = words
    this.#trust = trust
    this.initial = this.#numberOf(initial)
  }

  notes(size: number): RegisterNotes {
    return {kind: column8(size), sees: column32(size), leaves: column32(size)}
  }

  invoke({kind, sees, leaves}: RegisterNotes, operation: number, {f, value}: ScannedOp): void {
    const {read, write, cas} = this.#words
    sees[operation] = -1
    leaves[operation] = -1
    if (f === read) kind[operation] = READ
    else if (f === write) {
      kind[operation] = WRITE
      leaves[operation] = this.#numberOf(value)
    } else if (f === cas) {
      const pair = Array.isArray(value) ? (value as readonly unknown[]) : []
      const from = this.#numberOf(pair[0])
      const to = this.#numberOf(pair[1])
      // One that changes nothing is a read.
      kind[operation] = from === to ? READ : CAS
      sees[operation] = from
      if (from !== to) leaves[operation] = to
    } else kind[operation] = FOREIGN
  }

  complete({kind, sees, leaves}: RegisterNotes, operation: number, {type, f, value, error}: ScannedOp): void {
    // A completion may call itself something else: what was asked for counts.
    const isRead = kind[operation] === READ && sees[operation] === -1
    if (type === 'ok') {
      if (isRead) sees[operation] = this.#numberOf(value)
      return
    }
    const reported = kind[operation] !== WRITE && this.#trust !== undefined && this.#trust({f, error})
    if (kind[operation] === FOREIGN) return
    leaves[operation] = -1
    if (!reported) kind[operation] = DROPPED
    else if (isRead) sees[operation] = this.initial
    else kind[operation] = NOT
  }

  arranged({kind, sees, leaves}: RegisterNotes, place: Int32Array): RegisterNotes {
    const arranged = this.notes(place.length)
    for (let operation = 0; operation < place.length; operation++) {
      const to = place[operation]!
      arranged.kind[to] = kind[operation]!
      arranged.sees[to] = sees[operation]!
      arranged.leaves[to] = leaves[operation]!
    }
    return arranged
  }

  /** How many values there were. */
  get values(): number {
    return this.#values
  }

  /** Equal values share a number; numbers are dense, in the order of appearance. */
  #numberOf(value: unknown): number {
    const key = typeof value === 'number' && (value | 0) === value ? value : canonical(value)
    const isWhole = typeof key === 'number' && key >= 0 && (key | 0) === key
    if (isWhole && key < this.#small.length) {
      const known = this.#small[key]!
      if (known > 0) return known - 1
    }
    let number = this.#others.get(key)
    if (number !== undefined) return number
    number = this.#values++
    if (isWhole && this.#hasPlace(key)) this.#small[key] = number + 1
    else this.#others.set(key, number)
    return number
  }

  #hasPlace(key: number): boolean {
    if (key < this.#small.length) return true
    if (key >= PLACES_PER_VALUE * this.#values) return false
    const grown = scratch32(2 * key)
    grown.set(this.#small)
    this.#small = grown
    return true
  }
}

export const HEADER = 4

/** How many numbers a track may take at most. */
export function packedLength(track: Track): number {
  return HEADER + 3 * track.size + track.eventCount
}

/** Packs registers one after another, each with value numbers of its own. */
export class Packer {
  readonly #initial: number
  // By shared number: the register that gave it a number of its own last, and that number. Never cleared.
  #stamps = scratch32(64)
  #numbers = scratch32(64)
  #stamp = 0
  #values = 0
  /** By operation of the track: its number in the register; -1 for left out. */
  #kept = scratch32(64)

  constructor(scribe: RegisterScribe) {
    this.#initial = scribe.initial
  }

  /** Writes the register into `out` at `at`; gives where it ends. Undefined on a function that is not in the words. */
  pack(track: Track, out: Int32Array, at: number): number | undefined {
    const {size, first, outcome, events} = track
    const {kind, sees, leaves} = track.notes as RegisterNotes
    if (size > this.#kept.length) this.#kept = scratch32(2 * size)
    const kept = this.#kept
    this.#stamp++
    this.#values = 0
    this.#ownNumber(this.#initial)
    let negations = 0
    let count = 0
    for (let operation = 0; operation < size; operation++) {
      const is = kind[first + operation]!
      if (is === FOREIGN) return undefined
      kept[operation] = isLeftOut(is, outcome[operation]!, sees[first + operation]!) ? -1 : count++
    }
    const from = at + HEADER
    for (let operation = 0; operation < size; operation++) {
      const number = kept[operation]!
      if (number < 0) continue
      const noted = first + operation
      if (kind[noted] === NOT) negations = 1
      out[from + number] = kind[noted]!
      out[from + count + number] = sees[noted]! < 0 ? -1 : this.#ownNumber(sees[noted]!)
      out[from + 2 * count + number] = leaves[noted]! < 0 ? -1 : this.#ownNumber(leaves[noted]!)
    }
    const firstEvent = from + 3 * count
    let to = firstEvent
    for (let i = 0; i < events.length; i++) {
      const number = kept[events[i]! >> 1]!
      if (number >= 0) out[to++] = 2 * number + (events[i]! & 1)
    }
    out[at] = count
    out[at + 1] = to - firstEvent
    out[at + 2] = this.#values
    out[at + 3] = negations
    return to
  }

  #ownNumber(shared: number): number {
    if (shared >= this.#stamps.length) this.#grow(shared)
    if (this.#stamps[shared] === this.#stamp) return this.#numbers[shared]!
    this.#stamps[shared] = this.#stamp
    return (this.#numbers[shared] = this.#values++)
  }

  #grow(shared: number): void {
    const size = Math.max(shared + 1, 2 * this.#stamps.length)
    const stamps = scratch32(size)
    stamps.set(this.#stamps)
    this.#stamps = stamps
    const numbers = scratch32(size)
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }
}

/** Where the packed register at `at` ends. */
export function packedEnd(packed: Int32Array, at: number): number {
  return at + HEADER + 3 * packed[at]! + packed[at + 1]!
}

/** The columns of the packed register at `at`. */
export function unpack(packed: Int32Array, at: number): RegisterColumns {
  const size = packed[at]!
  const eventCount = packed[at + 1]!
  const kind = scratch8(size)
  const sees = scratch32(size)
  const leaves = scratch32(size)
  const invokeAt = scratch32(size)
  const returnAt = scratch32(size).fill(NEVER)
  let from = at + HEADER
  for (let i = 0; i < size; i++, from++) {
    kind[i] = packed[from]!
    sees[i] = packed[from + size]!
    leaves[i] = packed[from + 2 * size]!
  }
  from += 2 * size
  const events = packed.subarray(from, from + eventCount)
  for (let position = 0; position < eventCount; position++) {
    const event = events[position]!
    if ((event & 1) === 0) invokeAt[event >> 1] = position
    else returnAt[event >> 1] = position
  }
  const values = packed[at + 2]!
  return withNeeds({size, kind, sees, leaves, invokeAt, returnAt, events, values, negations: packed[at + 3] === 1})
}

/**
 * The columns of the only register of a history: what was noted is numbered as they need it. Undefined on a function that is
 * not in the words.
 */
export function ownColumns(
  {size: noted, outcome, events: noticed, notes}: Track,
  values: number,
): RegisterColumns | undefined {
  const {kind: kinds, sees: seen, leaves: left} = notes as RegisterNotes
  const number = column32(noted)
  const kind = column8(noted)
  const sees = column32(noted)
  const leaves = column32(noted)
  let size = 0
  let negations = false
  for (let operation = 0; operation < noted; operation++) {
    const is = kinds[operation]!
    if (is === FOREIGN) return undefined
    if (isLeftOut(is, outcome[operation]!, seen[operation]!)) {
      number[operation] = -1
      continue
    }
    if (is === NOT) negations = true
    kind[size] = is
    sees[size] = seen[operation]!
    leaves[size] = left[operation]!
    number[operation] = size++
  }
  const invokeAt = column32(size)
  const returnAt = column32(size).fill(NEVER)
  const events = column32(noticed.length)
  let position = 0
  for (let i = 0; i < noticed.length; i++) {
    const operation = number[noticed[i]! >> 1]!
    if (operation < 0) continue
    const returns = noticed[i]! & 1
    if (returns === 0) invokeAt[operation] = position
    else returnAt[operation] = position
    events[position++] = 2 * operation + returns
  }
  const whole = size === noted
  return withNeeds({
    size,
    kind: whole ? kind : kind.subarray(0, size),
    sees: whole ? sees : sees.subarray(0, size),
    leaves: whole ? leaves : leaves.subarray(0, size),
    invokeAt,
    returnAt,
    events: whole ? events : events.subarray(0, position),
    values,
    negations,
  })
}

/** Failures that tell nothing, and reads of unknown outcome: they saw nothing. */
function isLeftOut(kind: number, outcome: number, sees: number): boolean {
  return kind === DROPPED || (kind === READ && outcome === INFO && sees < 0)
}
