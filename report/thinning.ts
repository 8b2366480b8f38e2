/**
 * Keeps a page openable: within 5 MB if shortening long values and logs achieves that, within 25 MB in any case, at the
 * price of operations that are no part of the evidence. The page says what it leaves out; history.jsonl has everything.
 */
import {touches} from './evidence.ts'
import type {Span} from './logs.ts'
import type {Row} from './tabulate.ts'

export const SOFT_LIMIT_BYTES = 5 * 1024 * 1024
export const HARD_LIMIT_BYTES = 25 * 1024 * 1024

/** How much of everything a page carries. */
export interface Thinning {
  /** Characters per value. */
  readonly textLimit: number
  readonly logBytesPerNode: number
  /** How far around the evidence everything is kept, ns. */
  readonly marginNs: number
  /** The share of the operations further away that is kept. */
  readonly share: number
}

export const FULL: Thinning = {textLimit: 2000, logBytesPerNode: 512 * 1024, marginNs: 2e9, share: 1}

/** Values and logs as the second attempt has them. */
const SHORT: Thinning = {...FULL, textLimit: 200, logBytesPerNode: 96 * 1024}

/**
 * What to try next after a page of `bytes`, or undefined when that is good enough. `longest` are the sizes of the longest
 * value and the longest log in it: there is no use in shortening what is short.
 */
export function thinner(
  last: Thinning,
  bytes: number,
  longest: {readonly text: number; readonly log: number},
  soft = SOFT_LIMIT_BYTES,
  hard = HARD_LIMIT_BYTES,
): Thinning | undefined {
  if (bytes <= soft) return undefined
  const shortens = longest.text > SHORT.textLimit || longest.log > SHORT.logBytesPerNode
  if (last === FULL && shortens) return SHORT
  if (bytes <= hard) return undefined
  if (last.share < 0.001) return undefined
  return {
    textLimit: 80,
    logBytesPerNode: 32 * 1024,
    marginNs: last.marginNs / 2,
    share: last.share * Math.min(0.8, (hard / bytes) * 0.9),
  }
}

/** The rows to show: the evidence and its neighbourhood whole, and an even share of the rest. */
export function thin(
  rows: readonly Row[],
  share: number,
  evidence: ReadonlySet<number>,
  whole: readonly Span[],
): readonly Row[] {
  if (share >= 1) return rows
  let owed = 0
  return rows.filter((row) => {
    if (touches(evidence, row)) return true
    const {timeNs} = row.invoke
    if (whole.some((span) => timeNs >= span.fromNs && timeNs <= span.toNs)) return true
    owed += share
    if (owed < 1) return false
    owed -= 1
    return true
  })
}
