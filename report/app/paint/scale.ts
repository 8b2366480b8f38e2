/** The time axis that all charts share: the same gutter on the left, so that what happened at once stands in one column. */
import type {Span} from '../data/time.ts'

/** Room for lane names, CSS pixels; less of it on a narrow canvas. */
export function gutterFor(width: number): number {
  return width < 560 ? 76 : 116
}

/** Room on the right, so that what ends with the run does not touch the edge. */
export const MARGIN = 14

export interface TimeScale {
  readonly span: Span
  readonly left: number
  readonly right: number
  /** Where a moment is, CSS pixels. */
  x(ns: number): number
  /** The moment at a place. */
  ns(x: number): number
}

export function timeScale(span: Span, width: number, left = gutterFor(width), margin = MARGIN): TimeScale {
  const right = Math.max(left + 1, width - margin)
  const perNs = (right - left) / Math.max(1, span.toNs - span.fromNs)
  return {
    span,
    left,
    right,
    x: (ns) => left + (ns - span.fromNs) * perNs,
    ns: (x) => span.fromNs + (x - left) / perNs,
  }
}
