/**
 * Values as histories carry them: what JSON can say, integers beyond 2^53 (as bigint), sets, and EDN literals that JSON
 * has no form for (`core/format/edn.ts`). Checkers compare values by `valueKey` and print them with `showValue`.
 */

import {EdnLiteral} from './edn-literal.ts'

/** What `valueKey` answers: usable in a `Map` or `Set`, and with `===`. */
export type ValueKey = string | number | bigint | boolean | null

/** A key that is equal exactly for equal values. Cheap for numbers and strings; composite values become canonical text. */
export function valueKey(value: unknown): ValueKey {
  switch (typeof value) {
    case 'number':
      // `===` says of no NaN that it is another's equal, nor its own.
      return Number.isNaN(value) ? `\0${value}` : exactNumber(value)
    case 'boolean':
      return value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case 'string':
      // Composite values use NUL as their first character; a string that starts so is told apart from them.
      return value.charCodeAt(0) === 0 ? `\0"${value}` : value
    case 'undefined':
      return null
    default:
      return value === null ? null : `\0${canonical(value)}`
  }
}

/** Whether two values are the same: deep, and regardless of the order of object fields and set elements. */
export function sameValue(left: unknown, right: unknown): boolean {
  return left === right || valueKey(left) === valueKey(right)
}

/** A number, whole ones beyond 2^53 as bigint: one client may tell 2^60 as the one and another as the other. */
export function exactNumber(value: number): number | bigint {
  return (value | 0) === value || Number.isSafeInteger(value) || !Number.isInteger(value) ? value : BigInt(value)
}

function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return `${exactNumber(value)}`
  if (typeof value !== 'object') return `${value}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value instanceof Set) return `#{${Array.from(value, canonical).sort().join(',')}}`
  if (value instanceof EdnLiteral) return value.edn
  const json = (value as {toJSON?: unknown}).toJSON
  if (typeof json === 'function') return canonical(json.call(value))
  const fields = value as Record<string, unknown>
  const names = Object.keys(fields).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(fields[name])}`).join(',')}}`
}

/** Texts that would read as something that is no text. */
const LOOKS_OTHERWISE = /^([+-]?\d+(\.\d+)?([eE][+-]?\d+)?|nil|null|nothing|true|false)$/

/** A value in a sentence: `3`, `nothing`, `"a b"`, `[1 2 3]`, `{a: 1}`; long ones are cut, with how much is missing. */
export function showValue(value: unknown, maxItems = 12): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') {
    // What `valueKey` makes of a composite value.
    if (value.charCodeAt(0) === 0) return value.slice(1)
    return /^(:[\w.+*/!?-]+|[\w.:+-]+)$/.test(value) && !LOOKS_OTHERWISE.test(value) ? value : JSON.stringify(value)
  }
  if (typeof value !== 'object') return `${value}`
  if (Array.isArray(value)) return `[${showList(value, maxItems)}]`
  if (value instanceof Set) return `{${showList([...value], maxItems)}}`
  const edn = (value as {edn?: unknown}).edn
  if (typeof edn === 'string') return edn
  const entries = Object.entries(value)
  const shown = entries.slice(0, maxItems).map(([name, field]) => `${showName(name)}: ${showValue(field, maxItems)}`)
  if (entries.length > maxItems) shown.push(`… ${entries.length - maxItems} more`)
  return `{${shown.join(', ')}}`
}

/** A field name in a sentence: a key that has its EDN text as its name is told as that. */
export function showName(name: string): string {
  return name.startsWith('#edn ') ? name.slice('#edn '.length) : name
}

/** Whether a value is a map: an object of names, and nothing else that is an object in memory. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Set) &&
    !(value instanceof EdnLiteral)
  )
}

/** Items of a list in a sentence, without brackets: `1 2 3 … 40 more`. */
export function showList(items: readonly unknown[], maxItems = 12): string {
  const shown = items.slice(0, maxItems).map((item) => (item === null ? 'nil' : showValue(item, maxItems)))
  if (items.length > maxItems) shown.push(`… ${items.length - maxItems} more`)
  return shown.join(' ')
}

/** The elements of what a read returned: an array or a set; undefined where it is neither (a read of nothing is empty). */
export function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (value instanceof Set) return [...value]
  return value === null ? [] : undefined
}
