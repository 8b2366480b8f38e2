/**
 * Registers as flat numbers: straight from the record's ops into one array that can be shared with another thread, without
 * an object per operation. For models whose calls have the standard shape (`StandardWords`); the others go through
 * `traceOf` and `registerColumns`, which agree with this (see pack.test.ts).
 *
 * A packed register is: operations, events, values, whether there are negations; then per operation its kind, what it sees
 * and what it leaves; then its events.
 */
import type {Op} from '../../../core/op.ts'
import {canonical} from '../canonical.ts'
import type {StandardWords} from '../model.ts'
import {FAIL, INFO, type Track} from '../split.ts'
import {NEVER, type TrustFailure} from '../trace.ts'
import {CAS, mattersUntil, NOT, READ, type RegisterColumns, WRITE} from './columns.ts'

const HEADER = 4

/** How many numbers a track may take at most. */
export function packedLength(track: Track): number {
  return HEADER + 3 * track.size + track.events.length
}

/** Small whole numbers, the usual values, are numbered by a table that all share and that is never cleared: each register has its stamp. */
const TABLE = 1 << 18
const stamps = new Int32Array(TABLE)
const numbers = new Int32Array(TABLE)
let stamp = 0

/** Packs registers one after another. */
export class Packer {
  readonly #words: StandardWords
  readonly #trust: TrustFailure | undefined
  readonly #initial: unknown
  #others = new Map<string | number, number>()
  /** Of the register that is being packed; packing is not interrupted. */
  #stamp = 0
  #values = 0
  /** By operation of the track: its number in the register; -1 for left out. */
  #kept = new Int32Array(1024)

  constructor(words: StandardWords, initial: unknown, trust: TrustFailure | undefined) {
    this.#words = words
    this.#initial = initial
    this.#trust = trust
  }

  /** Writes the register into `out` at `at`; gives where it ends. Undefined on a function that is not in the words. */
  pack(ops: readonly Op[], track: Track, out: Int32Array, at: number): number | undefined {
    const {size, invoke, complete, outcome, events} = track
    const {read, write, cas} = this.#words
    if (size > this.#kept.length) this.#kept = new Int32Array(2 * size)
    const kept = this.#kept
    this.#stamp = ++stamp
    this.#values = 0
    if (this.#others.size > 0) this.#others = new Map()
    this.#numberOf(this.#initial)
    let negations = 0
    let count = 0
    let to = at + HEADER
    for (let operation = 0; operation < size; operation++) {
      const asked = ops[invoke[operation]!]!
      const fate = outcome[operation]!
      kept[operation] = -1
      let kind: number
      let sees = -1
      let leaves = -1
      if (asked.f === read) {
        if (fate === INFO) continue
        if (fate === FAIL && !this.#trusted(ops, track, operation)) continue
        kind = READ
        sees = this.#numberOf(fate === FAIL ? this.#initial : (ops[complete[operation]!]!.value ?? null))
      } else if (asked.f === write) {
        if (fate === FAIL) continue
        kind = WRITE
        leaves = this.#numberOf(asked.value ?? null)
      } else if (asked.f === cas) {
        if (fate === FAIL && !this.#trusted(ops, track, operation)) continue
        const pair = Array.isArray(asked.value) ? (asked.value as readonly unknown[]) : []
        sees = this.#numberOf(pair[0])
        if (fate === FAIL) {
          kind = NOT
          negations = 1
        } else {
          leaves = this.#numberOf(pair[1])
          kind = CAS
          if (sees === leaves) {
            kind = READ
            leaves = -1
          }
        }
      } else return undefined
      kept[operation] = count++
      out[to++] = kind
      out[to++] = sees
      out[to++] = leaves
    }
    const firstEvent = to
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

  #trusted(ops: readonly Op[], track: Track, operation: number): boolean {
    if (this.#trust === undefined) return false
    return this.#trust({f: ops[track.invoke[operation]!]!.f, error: ops[track.complete[operation]!]!.error})
  }

  #numberOf(value: unknown): number {
    if (typeof value === 'number' && value >= 0 && value < TABLE && (value | 0) === value) {
      if (stamps[value] === this.#stamp) return numbers[value]!
      stamps[value] = this.#stamp
      return (numbers[value] = this.#values++)
    }
    const key = canonical(value)
    if (typeof key === 'number' && key >= 0 && key < TABLE && (key | 0) === key && typeof value !== 'number') {
      return this.#numberOf(key)
    }
    let id = this.#others.get(key)
    if (id === undefined) {
      id = this.#values++
      this.#others.set(key, id)
    }
    return id
  }
}

/** The columns of the packed register at `at`, and where the next one is. */
export function unpack(packed: Int32Array, at: number): {columns: RegisterColumns; next: number} {
  const size = packed[at]!
  const eventCount = packed[at + 1]!
  const kind = new Uint8Array(size)
  const sees = new Int32Array(size)
  const leaves = new Int32Array(size)
  const invokeAt = new Int32Array(size)
  const returnAt = new Int32Array(size).fill(NEVER)
  let from = at + HEADER
  for (let i = 0; i < size; i++) {
    kind[i] = packed[from++]!
    sees[i] = packed[from++]!
    leaves[i] = packed[from++]!
  }
  const events = packed.subarray(from, from + eventCount)
  for (let position = 0; position < eventCount; position++) {
    const event = events[position]!
    if ((event & 1) === 0) invokeAt[event >> 1] = position
    else returnAt[event >> 1] = position
  }
  const values = packed[at + 2]!
  const columns = {size, kind, sees, leaves, invokeAt, returnAt, events, values, negations: packed[at + 3] === 1}
  return {columns: {...columns, mattersUntil: mattersUntil(columns)}, next: from + eventCount}
}
