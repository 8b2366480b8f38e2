/**
 * A guess at an order. Each operation takes effect as late as it can: a read when the value
 * that it saw is there, a write when it returns or when somebody has to see its value. Where few operations overlap, as on one
 * key of many, that is nearly always an order, and one order is all that *valid* needs; where it is none, this says nothing.
 *
 * One pass, and no memory but a byte for each operation.
 */
import {scratch8} from '../../../columns/scratch.ts'
import {CAS, NOT, READ, type RegisterColumns, WRITE} from './columns.ts'
import {HEADER, packedEnd} from './pack.ts'

/** Guesses at one register after another, in the same memory. */
export class OrderGuess {
  #done = scratch8(64)
  // By operation, each from a place on in its array.
  #kinds: Int32Array | Uint8Array = new Int32Array(0)
  #seen: Int32Array = new Int32Array(0)
  #left: Int32Array = new Int32Array(0)
  #firstKind = 0
  #firstSeen = 0
  #firstLeft = 0
  /** Open operations that have not taken effect. */
  readonly #open: number[] = []
  /** The value that the register holds; value 0 is the initial one. */
  #state = 0

  /** Whether the guess explains the packed register at `at`. False says nothing. */
  explainsPacked(packed: Int32Array, at: number): boolean {
    const size = packed[at]!
    this.#kinds = packed
    this.#seen = packed
    this.#left = packed
    this.#firstKind = at + HEADER
    this.#firstSeen = this.#firstKind + size
    this.#firstLeft = this.#firstSeen + size
    return this.#explains(size, packed, this.#firstLeft + size, packedEnd(packed, at))
  }

  /** Whether the guess explains these columns. False says nothing. */
  explains({kind, sees, leaves, events, size}: RegisterColumns): boolean {
    this.#kinds = kind
    this.#seen = sees
    this.#left = leaves
    this.#firstKind = 0
    this.#firstSeen = 0
    this.#firstLeft = 0
    return this.#explains(size, events, 0, events.length)
  }

  #explains(size: number, events: Int32Array, from: number, end: number): boolean {
    if (size > this.#done.length) this.#done = scratch8(2 * size)
    else this.#done.fill(0, 0, size)
    this.#open.length = 0
    this.#state = 0
    for (let i = from; i < end; i++) {
      const operation = events[i]! >> 1
      if ((events[i]! & 1) === 0) this.#invoke(operation)
      else if (this.#done[operation] === 0 && !this.#force(operation)) return false
    }
    return true
  }

  #kind(operation: number): number {
    return this.#kinds[this.#firstKind + operation]!
  }

  #sees(operation: number): number {
    return this.#seen[this.#firstSeen + operation]!
  }

  #leaves(operation: number): number {
    return this.#left[this.#firstLeft + operation]!
  }

  #invoke(operation: number): void {
    // What only looks is done at the first moment at which it sees what it saw.
    if (this.#looksRight(operation)) this.#done[operation] = 1
    else this.#open.push(operation)
  }

  /** Whether it changes nothing, and saw what is there now. */
  #looksRight(operation: number): boolean {
    const kind = this.#kind(operation)
    if (kind === READ) return this.#sees(operation) === this.#state
    return kind === NOT && this.#sees(operation) !== this.#state
  }

  /** It returns, and has to have taken effect. */
  #force(operation: number): boolean {
    const kind = this.#kind(operation)
    if (kind === WRITE) return this.#apply(operation)
    const wanted = this.#sees(operation)
    if (kind !== NOT && wanted !== this.#state) {
      const writer = this.#openWriterOf(wanted, operation)
      if (writer < 0) return false
      this.#apply(writer)
    }
    if (kind === CAS) return this.#apply(operation)
    // A read was done with the write that it waited for. A refusal waits for anything else, which nobody promises.
    return this.#done[operation] === 1
  }

  /** An open operation that leaves this value now; -1 if there is none. The first to be invoked. */
  #openWriterOf(value: number, reader: number): number {
    for (const operation of this.#open) {
      if (operation === reader || this.#leaves(operation) !== value) continue
      const kind = this.#kind(operation)
      if (kind === WRITE || (kind === CAS && this.#sees(operation) === this.#state)) return operation
    }
    return -1
  }

  /** It takes effect now, and whoever waited to see its value has. */
  #apply(operation: number): boolean {
    this.#done[operation] = 1
    this.#state = this.#leaves(operation)
    const open = this.#open
    let kept = 0
    for (let i = 0; i < open.length; i++) {
      const other = open[i]!
      if (this.#done[other] === 0 && this.#looksRight(other)) this.#done[other] = 1
      if (this.#done[other] === 0) open[kept++] = other
    }
    open.length = kept
    return true
  }
}
