/**
 * Takes the fields out of a request body as Go's encoding/json would: names match in any case, null leaves a default
 * alone, and what does not fit is refused in Go's words.
 */
import {badBody} from './error.ts'
import {type Json, NumberText} from './json.ts'

export type Fields = Record<string, Json>

/** The fields of an object, `into` naming the place in Go's types for the error. */
export function objectOf(value: Json, into: string): Fields {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof NumberText) throw mismatch(value, into)
  return value
}

/** The value of a field, its name in any case; the last one counts. Null when absent. */
export function field(fields: Fields, name: string): Json {
  let found: Json = null
  for (const [key, value] of Object.entries(fields)) if (key.toLowerCase() === name && value !== null) found = value
  return found
}

export function stringField(fields: Fields, name: string, struct: string): string | undefined {
  const value = field(fields, name)
  if (value === null) return undefined
  if (typeof value !== 'string') throw mismatch(value, `struct field ${struct}.${name} of type string`)
  return value
}

export function booleanField(fields: Fields, name: string, struct: string): boolean | undefined {
  const value = field(fields, name)
  if (value === null) return undefined
  if (typeof value !== 'boolean') throw mismatch(value, `struct field ${struct}.${name} of type bool`)
  return value
}

/** A number of single precision. */
export function floatField(fields: Fields, name: string, struct: string): number | undefined {
  const into = `struct field ${struct}.${name} of type float32`
  const value = field(fields, name)
  if (value === null) return undefined
  if (!(value instanceof NumberText)) throw mismatch(value, into)
  const number = Math.fround(Number(value.text))
  if (!Number.isFinite(number)) throw mismatch(value, into, ` ${value.text}`)
  return number
}

/** A whole number, written as one, that JavaScript can hold exactly; the real server takes any int64. */
export function integerField(fields: Fields, name: string, struct: string): number | undefined {
  const into = `struct field ${struct}.${name} of type int64`
  const value = field(fields, name)
  if (value === null) return undefined
  if (!(value instanceof NumberText)) throw mismatch(value, into)
  const number = Number(value.text)
  if (!/^-?\d+$/.test(value.text) || !Number.isSafeInteger(number)) throw mismatch(value, into, ` ${value.text}`)
  return number
}

/** The error for a value that is not of the type `into` names. */
export function mismatch(value: Json, into: string, detail = '') {
  return badBody(`json: cannot unmarshal ${kindOf(value)}${detail} into Go ${into}`)
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'array'
  if (value instanceof NumberText) return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
