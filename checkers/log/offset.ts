/** Offsets of a log: whole numbers, beyond 2^53 as bigint, as the formats give them. */

import {exactNumber} from '../../core/value.ts'

export type Offset = number | bigint

/** An offset from an answer; undefined for anything else. */
export function offsetOf(value: unknown): Offset | undefined {
  if (typeof value === 'bigint' && value >= 0n) return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return Number.isInteger(value) && (value as number) >= 0 ? exactNumber(value as number) : undefined
}

/** A negative number stands for an offset that nobody knows: Kafka's clients answer -1 where no acknowledgement is asked for. */
export function isUntold(value: unknown): boolean {
  return (typeof value === 'bigint' || Number.isInteger(value)) && (value as Offset) < 0
}

/** The offset after this one. */
export function nextOffset(offset: Offset): Offset {
  return typeof offset === 'bigint' || offset === Number.MAX_SAFE_INTEGER ? BigInt(offset) + 1n : offset + 1
}

/** The offset before this one. */
export function previousOffset(offset: Offset): Offset {
  return typeof offset === 'bigint' ? offset - 1n : offset - 1
}

export function laterOf(left: Offset, right: Offset): Offset {
  return left < right ? right : left
}

/** For sorting. */
export function compareOffsets(left: Offset, right: Offset): number {
  return left < right ? -1 : left > right ? 1 : 0
}
