/**
 * JSON whose numbers survive. Ids of 64 bits are common among Maelstrom nodes, and 1 and 1.0 are different values to
 * Maelstrom, but `JSON.parse` would make one of two of them. Text that holds no such number takes the fast way.
 */
import {EdnLiteral} from '../../core/edn-literal.ts'
import {setField} from '../../core/own-field.ts'

/** Digits that may be too many for a number of JavaScript, a fraction or an exponent. In a string they only cost time. */
const DELICATE = /\d{16}|\d[.eE]/

/**
 * Parses one JSON text. Whole numbers beyond 2^53 become bigint; a number whose spelling would change (1.0, 1e2) is kept as
 * an `EdnLiteral` with that spelling. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return DELICATE.test(text) ? new Exact(text).value() : value
}

/** The text of a value that `parseJson` or a client made. Undefined fields are left out. */
export function printJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (value instanceof EdnLiteral) return value.edn
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${printJson(field)}`).join(',')}}`
}

/** Whether a value is an object of JSON: fields by name. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof EdnLiteral)
}

const TOKEN = /\s*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]:,"]+)/y

/** Goes through text that `JSON.parse` has accepted, so nothing needs to be checked. */
class Exact {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    const token = this.#take()
    if (token === '{') return this.#object()
    if (token === '[') return this.#array()
    const parsed: unknown = JSON.parse(token)
    if (typeof parsed !== 'number' || String(parsed) === token) return parsed
    return /^-?\d+$/.test(token) ? BigInt(token) : new EdnLiteral(token)
  }

  #object(): unknown {
    const fields: Record<string, unknown> = {}
    if (this.#peek() === '}') this.#take()
    else {
      do {
        const name = JSON.parse(this.#take()) as string
        this.#take()
        setField(fields, name, this.value())
      } while (this.#take() === ',')
    }
    return fields
  }

  #array(): unknown[] {
    const items: unknown[] = []
    if (this.#peek() === ']') this.#take()
    else {
      do items.push(this.value())
      while (this.#take() === ',')
    }
    return items
  }

  #peek(): string {
    const at = this.#at
    const token = this.#take()
    this.#at = at
    return token
  }

  #take(): string {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text) as RegExpExecArray
    this.#at = TOKEN.lastIndex
    return match[1] as string
  }
}
