/**
 * Reads request bodies as Go's encoding/json would: the first JSON value counts and the rest is ignored, field names
 * match in any case, null leaves a default alone, and what does not fit is refused in Go's words.
 */
import {badBody} from './error.ts'

export type Fields = Record<string, unknown>

/** The first JSON value in the text. Throws ApiError 400. */
export function firstJson(text: string): unknown {
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) throw badBody('EOF')
  const end = endOfValue(text, start)
  const value = text.slice(start, end)
  try {
    return JSON.parse(value)
  } catch (error) {
    const {message} = error as Error
    const bad = /^Unexpected token '?(.)|^(?:Expected|Bad|Unexpected).*at position (\d+)/u.exec(message)
    const c = bad?.[1] ?? value[Number(bad?.[2] ?? value.length)]
    // Bad JSON is either cut short or has a character where none like it may be.
    if (c === undefined || /end of JSON input|Unterminated/.test(message)) throw badBody('unexpected EOF')
    throw badBody(
      `invalid character '${c}' ${/property name/.test(message) ? 'looking for beginning of object key string' : 'looking for beginning of value'}`,
    )
  }
}

/** Where the value that starts at `start` ends; the end of the text when it never does. */
function endOfValue(text: string, start: number): number {
  const first = text[start] as string
  if (!'{["'.includes(first)) {
    const length = text.slice(start).search(/[\s,\]}]/)
    return length < 0 ? text.length : start + Math.max(1, length)
  }
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const c = text[i]
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    if (depth === 0) return i + 1
  }
  return text.length
}

/** The fields of an object, `into` naming the place in Go's types for the error. */
export function objectOf(value: unknown, into: string): Fields {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(kindOf(value), into)
  return value as Fields
}

/** The value of a field, its name in any case; the last one counts. Undefined when absent or null. */
export function field(fields: Fields, name: string): unknown {
  let found: unknown
  for (const [key, value] of Object.entries(fields)) if (key.toLowerCase() === name && value !== null) found = value
  return found
}

export function stringField(fields: Fields, name: string, struct: string): string | undefined {
  return typedField<string>(fields, name, 'string', `struct field ${struct}.${name} of type string`)
}

export function booleanField(fields: Fields, name: string, struct: string): boolean | undefined {
  return typedField<boolean>(fields, name, 'boolean', `struct field ${struct}.${name} of type bool`)
}

export function numberField(fields: Fields, name: string, struct: string): number | undefined {
  return typedField<number>(fields, name, 'number', `struct field ${struct}.${name} of type float32`)
}

/** A whole number that JavaScript can hold exactly; the real server takes any int64. */
export function integerField(fields: Fields, name: string, struct: string): number | undefined {
  const into = `struct field ${struct}.${name} of type int64`
  const value = typedField<number>(fields, name, 'number', into)
  if (value !== undefined && !Number.isSafeInteger(value)) throw mismatch(`number ${value}`, into)
  return value
}

function typedField<T>(fields: Fields, name: string, type: string, into: string): T | undefined {
  const value = field(fields, name.slice(name.lastIndexOf('.') + 1))
  if (value === undefined) return undefined
  if (typeof value !== type) throw mismatch(kindOf(value), into)
  return value as T
}

export function mismatch(kind: string, into: string) {
  return badBody(`json: cannot unmarshal ${kind} into Go ${into}`)
}

export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}
