/**
 * Writes values of which many are equal (a compare-and-set of few values, asked and answered) only once within a chunk: a
 * direct-mapped table remembers where the last value with each hash of its bytes begins.
 */
import type {Values} from './values.ts'

const SLOTS = 2048
/** Longer values hardly repeat. */
const LONGEST = 64
const EMPTY = -1

export class RepeatedValues {
  readonly #values: Values
  readonly #starts = new Int32Array(SLOTS).fill(EMPTY)
  readonly #lengths = new Uint8Array(SLOTS)

  constructor(values: Values) {
    this.#values = values
  }

  /** Where a value equal to this one begins. */
  write(value: unknown): number {
    const values = this.#values
    const start = values.length
    values.write(value)
    const size = values.length - start
    if (size > LONGEST) return start
    const {bytes} = values
    let hash = size
    for (let i = start; i < values.length; i++) hash = Math.imul(hash, 31) + bytes[i]!
    const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1)
    const known = this.#starts[slot]!
    if (known !== EMPTY && this.#lengths[slot] === size) {
      let same = 0
      while (same < size && bytes[known + same] === bytes[start + same]) same++
      if (same === size) {
        values.length = start
        return known
      }
    }
    this.#starts[slot] = start
    this.#lengths[slot] = size
    return start
  }

  /** Forgets all: another chunk begins. */
  clear(): void {
    this.#starts.fill(EMPTY)
  }
}
