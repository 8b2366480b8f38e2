/**
 * What a history can hold: text, numbers, truth values, null, lists, sets and plain objects of them. A client that answers with
 * anything else would be judged by what is left of it in the file, or not at all.
 */
import {EdnLiteral} from '../core/edn-literal.ts'

/** Deeper than this is taken for a circle. */
const DEEPEST = 64

/** Why this answer cannot be recorded, in words; undefined where it can. */
export function unrecordable(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > DEEPEST) return 'something circular'
  if (Array.isArray(value) || value instanceof Set) return firstOf(value, depth)
  if (value instanceof EdnLiteral) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && !isForeignPlain(prototype)) {
    const {name} = (value as {constructor?: {name?: string}}).constructor ?? {}
    return `an object of the class ${name ?? 'without a name'}`
  }
  return firstOf(Object.values(value), depth)
}

function firstOf(values: Iterable<unknown>, depth: number): string | undefined {
  for (const value of values) {
    const why = unrecordable(value, depth + 1)
    if (why !== undefined) return why
  }
  return undefined
}

/** The prototype of plain objects of another realm, such as those of a module that was loaded in a context of its own. */
function isForeignPlain(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty')
}
