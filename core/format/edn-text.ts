/**
 * EDN text of values, and the field names by which objects stand for EDN maps. A map's key may be any value of a history (an
 * account, a partition, an element), and an object has only names. So:
 *
 *     key     :a    9     "a b"   "9"      "a"      [1 2]     nil           2/4           other strings
 *     name    a     9     a b     "9"      "a"      [1 2]     #edn nil      #edn 1/2      as they are
 *
 * where the names of the fourth and fifth have the quotes in them: JSON cannot tell the key "9" from 9, and EDN can. What a
 * name may stand for says `map-keys.ts`.
 */
import {EdnLiteral} from '../edn-literal.ts'
import {EdnBytes, EdnError, isKeywordName} from './edn-bytes.ts'
import {wholeNumber} from './whole-number.ts'

/** What stands before the text of a key that is no keyword, number, string or vector. */
const OTHER = '#edn '

/** The field name that stands for a key of a map. */
export function keyName(key: unknown): string {
  if (typeof key === 'bigint' || Number.isInteger(key)) return `${key}`
  if (typeof key === 'string')
    return key.startsWith(':') && isKeywordName(key.slice(1)) ? key.slice(1) : stringName(key)
  if (Array.isArray(key)) return ednOf(key)
  // A string that would read as a keyword: a string all the same.
  if (key instanceof EdnLiteral && key.edn.startsWith('"')) return stringName(JSON.parse(key.edn) as string)
  return `${OTHER}${ednOf(key)}`
}

/** The field name that stands for a string. */
export function stringName(key: string): string {
  return kindOfName(key) === 'string' ? key : JSON.stringify(key)
}

/** How a field name is written as a key of an EDN map. */
export function kindOfName(name: string): 'integer' | 'keyword' | 'text' | 'string' {
  if (/^(0|-?[1-9]\d*)$/.test(name)) return 'integer'
  if (isKeywordName(name)) return 'keyword'
  const isText = name.startsWith('"') || name.startsWith('[') || name.startsWith(OTHER)
  const value = isText ? valueOfText(name.startsWith(OTHER) ? name.slice(OTHER.length) : name) : undefined
  // What a reader would give another name must not be written as text.
  return value !== undefined && keyName(value) === name ? 'text' : 'string'
}

/** The one value that this is the EDN text of; undefined where it is none. */
function valueOfText(text: string): unknown {
  if (text === '') return undefined
  const edn = ednBytes()
  edn.reset(Buffer.from(text))
  try {
    const value = edn.value()
    return edn.at === edn.end ? value : undefined
  } catch (error) {
    if (error instanceof EdnError) return undefined
    throw error
  }
}

/** What a field name stands for where EDN was read. JSON may have meant something else by it: `map-keys.ts`. */
export function keyNamed(name: string): unknown {
  const kind = kindOfName(name)
  if (kind === 'integer') return wholeNumber(name)
  if (kind === 'keyword') return `:${name}`
  return kind === 'string' ? name : valueOfText(name.startsWith(OTHER) ? name.slice(OTHER.length) : name)
}

/** A reader of EDN values, maps among them. */
export function ednBytes(): EdnBytes {
  return new EdnBytes(keyName, stringName)
}

/** A field name as a key of an EDN map. */
export function ednKey(name: string): string {
  const kind = kindOfName(name)
  if (kind === 'keyword') return `:${name}`
  if (kind === 'string') return JSON.stringify(name)
  return name.startsWith(OTHER) ? name.slice(OTHER.length) : name
}

/** EDN text of any value of a history. */
export function ednOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return '##NaN'
      return Number.isFinite(value) ? `${value}` : value > 0 ? '##Inf' : '##-Inf'
    case 'bigint':
    case 'boolean':
      return `${value}`
    case 'string':
      return value.startsWith(':') && isKeywordName(value.slice(1)) ? value : JSON.stringify(value)
    case 'object': {
      if (value === null) return 'nil'
      if (Array.isArray(value)) return `[${value.map(ednOf).join(' ')}]`
      if (value instanceof Set) return `#{${Array.from(value, ednOf).join(' ')}}`
      if (value instanceof EdnLiteral) return value.edn
      const entries = Object.entries(value).filter(([, field]) => field !== undefined)
      return `{${entries.map(([name, field]) => `${ednKey(name)} ${ednOf(field)}`).join(', ')}}`
    }
    default:
      return 'nil'
  }
}
