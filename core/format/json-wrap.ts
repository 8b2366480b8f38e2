/**
 * How JSON carries what it has no form for: `{"#set": [1, 2]}` is a set, `{"#edn": "\\a"}` an EDN literal. An object that
 * happens to have exactly one such field is told apart by one more `#` (`{"##set": …}`).
 */

import {EdnLiteral} from '../edn-literal.ts'
import {characterOf, numberOf} from './edn-atoms.ts'
import {taggedText} from './edn-tags.ts'

/** Numbers that JSON cannot say. */
const SPECIAL: Readonly<Record<string, number>> = {
  '##NaN': Number.NaN,
  '##Inf': Number.POSITIVE_INFINITY,
  '##-Inf': Number.NEGATIVE_INFINITY,
}

const WRAPPED = /^#+(set|edn)$/

/** The value that a parsed object stands for; mostly itself. */
export function decodeWrapped(fields: Record<string, unknown>): unknown {
  let only: string | undefined
  for (const name in fields) {
    if (only !== undefined) return fields
    only = name
  }
  if (only === undefined || only.charCodeAt(0) !== 0x23 || !WRAPPED.test(only)) return fields
  const value = fields[only]
  if (only === '#set' && Array.isArray(value)) return new Set(value)
  if (only === '#edn' && typeof value === 'string') return SPECIAL[value] ?? atomOf(value)
  return only.startsWith('##') ? {[only.slice(1)]: value} : fields
}

/** An EDN literal in the spelling that the reader of EDN gives it. */
function atomOf(text: string): unknown {
  if (text.startsWith('\\')) return characterOf(text)
  return (/^[+-]?\d/.test(text) ? numberOf(text) : taggedText(text)) ?? new EdnLiteral(text)
}

/** JSON text of any value of a history. Undefined is written as null. */
export function jsonOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? `${value}` : `{"#edn":"${ednOfSpecial(value)}"}`
    case 'string':
      return plain(value) ? `"${value}"` : JSON.stringify(value)
    case 'boolean':
    case 'bigint':
      return `${value}`
    case 'object':
      return value === null ? 'null' : compositeOf(value)
    default:
      return 'null'
  }
}

function compositeOf(value: object): string {
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += i === 0 ? jsonOf(value[i]) : `,${jsonOf(value[i])}`
    return `${text}]`
  }
  if (value instanceof Set) return `{"#set":${jsonOf([...value])}}`
  if (value instanceof EdnLiteral) return `{"#edn":${JSON.stringify(value.edn)}}`
  const json = (value as {toJSON?: unknown}).toJSON
  if (typeof json === 'function') return jsonOf(json.call(value))
  const names = Object.keys(value)
  const [only] = names
  if (names.length === 1 && WRAPPED.test(only as string)) {
    return `{"#${only}":${jsonOf((value as Record<string, unknown>)[only as string])}}`
  }
  let text = '{'
  for (const name of names) {
    const field = (value as Record<string, unknown>)[name]
    if (field === undefined) continue
    text += `${text.length === 1 ? '' : ','}${plain(name) ? `"${name}"` : JSON.stringify(name)}:${jsonOf(field)}`
  }
  return `${text}}`
}

function ednOfSpecial(value: number): string {
  return Number.isNaN(value) ? '##NaN' : value > 0 ? '##Inf' : '##-Inf'
}

/** Whether a string stands for itself between quotes: short, printable ASCII, no quote or backslash. */
function plain(text: string): boolean {
  if (text.length > 32) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
  }
  return true
}
