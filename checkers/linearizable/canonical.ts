/**
 * Equality of JSON values as a map key. Values come from many parsers, so `{a: 1, b: 2}` and `{b: 2, a: 1}` must be one
 * value, `1` and `"1"` two, and a big integer equal to the same small one.
 */

import {EdnLiteral} from '../../core/edn-literal.ts'
import {exactNumber, showName} from '../../core/value.ts'

/** A key that two values share exactly when they are equal; numbers stand for themselves. */
export function canonical(value: unknown): string | number {
  switch (typeof value) {
    case 'number': {
      const exact = exactNumber(value)
      return typeof exact === 'number' ? exact : `${exact}`
    }
    case 'string':
      return `"${value}`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`
    case 'undefined':
      return 'null'
    default:
      return value === null ? 'null' : canonicalText(value)
  }
}

function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Set) return `#{${[...value].map(canonicalText).sort().join(',')}}`
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    const parts = entries.map(([name, item]) => `${canonicalText(name)}:${canonicalText(item)}`)
    return `{${parts.sort().join(',')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(canonical(value))
}

/** A value for a person, on one line. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(describeValue).join(' ')}]`
  if (value instanceof Set) return `{${[...value].map(describeValue).join(' ')}}`
  if (value instanceof EdnLiteral) return value.edn
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return `{${entries.map(([name, item]) => `${showName(String(name))}: ${describeValue(item)}`).join(', ')}}`
}

/** Longer texts are told by their ends. */
const LONG = 72

/** A value in a sentence: as `describeValue` has it, but of a long text only the ends, and how long it is. */
export function shortValue(value: unknown): string {
  const text = describeValue(value)
  if (text.length <= LONG) return text
  // Where texts grow, it is the end that tells them apart.
  return `${text.slice(0, LONG / 4)}…${text.slice(-LONG / 2)} (${text.length} characters)`
}

/** Numbers values as they come: equal values share a number. */
export class Interner {
  readonly values: unknown[] = []
  readonly #numbers = new Map<string | number, number>()

  idOf(value: unknown): number {
    const key = canonical(value)
    let id = this.#numbers.get(key)
    if (id === undefined) {
      id = this.values.length
      this.#numbers.set(key, id)
      this.values.push(value)
    }
    return id
  }

  /** The number of a value that has one. */
  lookUp(value: unknown): number | undefined {
    return this.#numbers.get(canonical(value))
  }
}
