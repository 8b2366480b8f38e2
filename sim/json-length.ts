/** How long a value is as JSON, without writing it out: what a message weighs on a narrow link. */
import type {Json} from '../core/node.ts'

/** Characters of `JSON.stringify(value)`. */
export function jsonLength(value: Json): number {
  if (typeof value === 'string') return textLength(value)
  if (typeof value === 'number') return numberLength(value)
  if (typeof value === 'boolean') return value ? 4 : 5
  if (value === null) return 4
  let length = 2
  let parts = 0
  if (Array.isArray(value)) {
    for (const part of value as readonly Json[]) length += jsonLength(part)
    parts = value.length
  } else {
    const fields = value as {readonly [field: string]: Json | undefined}
    for (const field in fields) {
      const part = fields[field]
      if (part === undefined) continue
      length += textLength(field) + 1 + jsonLength(part)
      parts++
    }
  }
  return parts > 1 ? length + parts - 1 : length
}

/** Quotes included. Whatever may have to be escaped is left to JSON itself. */
function textLength(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 34 || code === 92 || code >= 0xd800) return JSON.stringify(text).length
  }
  return text.length + 2
}

function numberLength(number: number): number {
  if (!Number.isInteger(number) || number < 0 || number >= 1e15) return JSON.stringify(number).length
  let length = 1
  for (let bound = 10; number >= bound; bound *= 10) length++
  return length
}
