/**
 * A column of numbers in the least memory that holds them exactly: a base, and what is added to it, in 0, 1, 2, 4 or 8 bytes.
 *
 * It lives in shared memory for a reason that has nothing to do with sharing: V8 counts ordinary buffers as memory pressure
 * and answers with full collections. Shared buffers are not counted.
 */

/** The number at i is base + items[i]. */
export interface Column {
  readonly base: number
  readonly items: Uint8Array | Uint16Array | Uint32Array | Float64Array
}

/** Where every number is the base. */
const nothing = new Map<number, Uint8Array>()

/** The first `length` of these numbers, made small. */
export function columnOf(numbers: Float64Array, length: number): Column {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let whole = true
  for (let i = 0; i < length; i++) {
    const number = numbers[i]!
    if (number < least) least = number
    if (number > most) most = number
    if (Math.floor(number) !== number || (number === 0 && Object.is(number, -0))) whole = false
  }
  const exact = whole && Number.isSafeInteger(least) && Number.isSafeInteger(most)
  const range = exact ? most - least : Number.POSITIVE_INFINITY
  if (range === 0) return {base: least, items: zeros(length)}
  if (range <= 0xff) return {base: least, items: less(numbers, least, new Uint8Array(shared(length)))}
  if (range <= 0xffff) return {base: least, items: less(numbers, least, new Uint16Array(shared(2 * length)))}
  if (range <= 0xffffffff) return {base: least, items: less(numbers, least, new Uint32Array(shared(4 * length)))}
  const items = new Float64Array(shared(8 * length))
  items.set(numbers.subarray(0, length))
  // Adding 0 would make 0 of -0; adding -0 changes nothing.
  return {base: -0, items}
}

/** A column that can still be written, of numbers as they are. */
export function wideColumn(length: number): {readonly base: number; readonly items: Float64Array} {
  return {base: -0, items: new Float64Array(length)}
}

function less<Items extends Uint8Array | Uint16Array | Uint32Array>(
  numbers: Float64Array,
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
