/**
 * Latency quantiles and rates per slice of time. Quantiles come from logarithmic histograms (1024 bins over ten decades,
 * 2.3 % wide), so a window of a million operations costs one pass and no sorting.
 */
import {firstAfter} from './neighbours.ts'
import type {Table} from './table.ts'
import type {Span} from './time.ts'

const BINS = 1024
const DECADES = 10
/** The lowest latency told apart, ns. */
const FLOOR_NS = 100

export const QUANTILES = [0.5, 0.95, 0.99] as const

export interface Series {
  /** Middle of each slice, seconds. */
  readonly timesS: number[]
  /** ms by quantile and slice; null where nothing succeeded. */
  readonly quantilesMs: (number | null)[][]
  /** Operations per second by function and outcome. */
  readonly rates: {readonly f: string; readonly outcome: number; readonly perS: number[]}[]
}

export function seriesOf(table: Table, span: Span, slices: number): Series {
  const {columns} = table
  const sliceNs = (span.toNs - span.fromNs) / slices
  const histogram = new Uint32Array(slices * BINS)
  const succeeded = new Uint32Array(slices)
  const kinds = table.facts.functions.length * 3
  const counts = new Uint32Array(kinds * slices)
  const totals = new Uint32Array(kinds)
  for (let row = firstAfter(table, span.fromNs - 1); row < table.rows; row++) {
    const startNs = table.startNs[row]!
    if (startNs >= span.toNs) break
    if (startNs < span.fromNs) continue
    const slice = Math.min(slices - 1, Math.floor((startNs - span.fromNs) / sliceNs))
    const outcome = table.outcome(row)
    const kind = columns.f[row]! * 3 + outcome
    counts[kind * slices + slice]!++
    totals[kind]!++
    if (outcome !== 0) continue
    histogram[slice * BINS + binOf(table.endNs[row]! - startNs)]!++
    succeeded[slice]!++
  }
  const rates = []
  for (let kind = 0; kind < kinds; kind++) {
    if (totals[kind] === 0) continue
    const perS = Array.from(counts.subarray(kind * slices, (kind + 1) * slices), (count) => (count / sliceNs) * 1e9)
    rates.push({f: table.facts.functions[Math.floor(kind / 3)]!, outcome: kind % 3, perS})
  }
  return {
    timesS: Array.from({length: slices}, (_, slice) => (span.fromNs + (slice + 0.5) * sliceNs) / 1e9),
    quantilesMs: QUANTILES.map((quantile) =>
      Array.from(succeeded, (count, slice) => quantileOf(histogram, slice, count, quantile)),
    ),
    rates,
  }
}

function binOf(ns: number): number {
  const bin = Math.floor((Math.log10(Math.max(ns, FLOOR_NS) / FLOOR_NS) / DECADES) * BINS)
  return Math.min(BINS - 1, bin)
}

function quantileOf(histogram: Uint32Array, slice: number, count: number, quantile: number): number | null {
  if (count === 0) return null
  const rank = Math.ceil(quantile * count)
  let seen = 0
  for (let bin = 0; bin < BINS; bin++) {
    seen += histogram[slice * BINS + bin]!
    if (seen >= rank) return (FLOOR_NS * 10 ** (((bin + 0.5) / BINS) * DECADES)) / 1e6
  }
  return null
}
