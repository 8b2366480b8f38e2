/**
 * Counting distinct histories. A fuzzer whose generator repeated itself once "passed" 430 000 histories and missed a real
 * bug; so what was seen before does not count here.
 */
import type {History} from '../../../core/history.ts'

/** A history on one line. */
export function textOf(record: History): string {
  return record.ops.map((op) => `${op.process}${op.type[0]}${op.f[0]}${JSON.stringify(op.value)}`).join(' ')
}

export class Distinct {
  readonly #seen = new Set<number>()

  get count(): number {
    return this.#seen.size
  }

  /** Whether this text is new. It is kept as 53 bits, so that millions fit: what collides counts as a repetition. */
  isNew(text: string): boolean {
    let low = 0x811c9dc5
    let high = 0x9e3779b9
    for (let i = 0; i < text.length; i++) {
      low = Math.imul(low ^ text.charCodeAt(i), 0x01000193)
      high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b) ^ (high >>> 15)
    }
    const before = this.#seen.size
    this.#seen.add((low >>> 0) + (high & 0x1fffff) * 0x100000000)
    return this.#seen.size > before
  }
}
