/**
 * Columns of integers. Large ones live in shared memory, for a reason that has nothing to do with sharing: V8 counts
 * ordinary buffers as memory pressure and answers every few dozen MB with a full collection, which takes seconds while the
 * ops of a million transactions are alive. Shared buffers are not counted.
 */

import {scratch8, scratch32} from './scratch.ts'

/** From so many bytes on. */
const LARGE_BYTES = 1 << 16

/** A column of 32-bit integers, all zero. */
export function int32(length: number): Int32Array {
  return 4 * length < LARGE_BYTES ? new Int32Array(length) : new Int32Array(new SharedArrayBuffer(4 * length))
}

/** A column of bytes, all zero. */
export function uint8(length: number): Uint8Array {
  return length < LARGE_BYTES ? new Uint8Array(length) : new Uint8Array(new SharedArrayBuffer(length))
}

/** Likewise for columns that stay in this thread: small ones have no buffer of their own. */
export function column32(length: number): Int32Array {
  return 4 * length < LARGE_BYTES ? scratch32(length) : int32(length)
}

export function column8(length: number): Uint8Array {
  return length < LARGE_BYTES ? scratch8(length) : uint8(length)
}

/** These integers as a column of bytes. */
export function uint8Of(values: Int32Array): Uint8Array {
  const column = uint8(values.length)
  column.set(values)
  return column
}

/** The first `length` entries of a column, in memory of their own. */
export function copyOf(column: Int32Array, length: number): Int32Array {
  const copy = int32(length)
  copy.set(column.subarray(0, length))
  return copy
}

/** The offsets of consecutive runs: `counts[i]` items of run i begin at the result's i-th entry; the last is the total. */
export function offsetsOf(counts: Int32Array): Int32Array {
  const offsets = int32(counts.length + 1)
  for (let i = 0; i < counts.length; i++) offsets[i + 1] = offsets[i]! + counts[i]!
  return offsets
}
