/**
 * What tests turn on to catch protocol code that works only because simulated messages are passed by reference: each
 * message must be plain JSON (a real host would write it as text) and is frozen, so that changing it throws, at the
 * sender as at the receiver.
 */
import type {Json} from '../core/node.ts'

/** Parts that were checked and frozen before: messages share them freely (log entries, say). */
const known = new WeakSet<object>()

/** Freezes a message or record all the way down. Throws TypeError at the first part that JSON would not carry. */
export function checked<T extends Json>(value: T): T {
  freeze(value, 'message')
  return value
}

function freeze(value: unknown, path: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}, which JSON does not carry`)
    return
  }
  if (typeof value !== 'object') throw new TypeError(`${path} is ${typeof value}, which JSON does not carry`)
  if (known.has(value)) return
  known.add(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) freeze(value[i], `${path}[${i}]`)
  } else {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError(`${path} is a ${value.constructor.name}, which JSON does not carry`)
    }
    for (const [field, part] of Object.entries(value)) freeze(part, `${path}.${field}`)
  }
  Object.freeze(value)
}
