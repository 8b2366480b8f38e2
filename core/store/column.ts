/**
 * A column of numbers in the least memory that holds them exactly: a base, and what is added to it, in 0, 1, 2, 4 or 8 bytes.
 *
 * It lives in shared memory for a reason that has nothing to do with sharing: V8 counts ordinary buffers as memory pressure
 * and answers with full collections. Shared buffers are not counted.
 */

/** The number at i is base + items[i]. */
export interface Column {
  readonly base: number
  readonly items: Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array
}

/** A column that can still be written, of numbers as they are. */
export interface WideColumn extends Column {
  readonly items: Int32Array | Float64Array
  /** Whether there may be anything in it: fractions, zero with a sign. If not, only whole numbers. */
  readonly any: boolean
}

/** Of 32-bit integers, of whole numbers, or of any numbers. */
export function wideColumn(length: number, of: 'int32' | 'whole' | 'any'): WideColumn {
  if (of === 'int32') return {base: 0, items: new Int32Array(length), any: false}
  return {base: NEUTRAL, items: new Float64Array(length), any: of === 'any'}
}

/** Adding 0 would make 0 of -0; adding -0 changes nothing. */
const NEUTRAL = -0

/** The first `length` numbers of a column, made small. */
export function narrowed({items: numbers, any}: WideColumn, length: number): Column {
  const [least, most] = any && !areWhole(numbers, length) ? EVERYTHING : boundsOf(numbers, length)
  const range = most - least
  if (range === 0) return {base: least, items: zeros(length)}
  if (range <= 0xff) return {base: least, items: less(numbers, least, new Uint8Array(shared(length)))}
  if (range <= 0xffff) return {base: least, items: less(numbers, least, new Uint16Array(shared(2 * length)))}
  if (range <= 0xffffffff) return {base: least, items: less(numbers, least, new Uint32Array(shared(4 * length)))}
  const items = new Float64Array(shared(8 * length))
  items.set(numbers.subarray(0, length))
  return {base: NEUTRAL, items}
}

function boundsOf(numbers: Int32Array | Float64Array, length: number): readonly [least: number, most: number] {
  let least = numbers[0]!
  let most = least
  for (let i = 1; i < length; i++) {
    const number = numbers[i]!
    if (number < least) least = number
    else if (number > most) most = number
  }
  return [least, most]
}

/** Whether all are integers that can be counted from each other exactly. */
function areWhole(numbers: Int32Array | Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const number = numbers[i]!
    if (Math.floor(number) !== number || (number === 0 && Object.is(number, -0))) return false
    if (number > Number.MAX_SAFE_INTEGER || number < Number.MIN_SAFE_INTEGER) return false
  }
  return true
}

const EVERYTHING = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const

/** Where every number is the base. */
const nothing = new Map<number, Uint8Array>()

function less<Items extends Uint8Array | Uint16Array | Uint32Array>(
  numbers: Int32Array | Float64Array,
  base: number,
  items: Items,
): Items {
  for (let i = 0; i < items.length; i++) items[i] = numbers[i]! - base
  return items
}

function zeros(length: number): Uint8Array {
  let items = nothing.get(length)
  if (items === undefined) nothing.set(length, (items = new Uint8Array(length)))
  return items
}

function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes)
}
