/** A claim that can be tested: where it is made, the command that tests it, and a measurement. */

import type {History} from '../../core/history.ts'
import {lowerMedian} from '../../core/median.ts'
import type {Operation} from '../../core/op.ts'

export interface Claim {
  readonly claim: string
  /** Who says so, or where it is read. */
  readonly said: string
  /** The line that shows the same. */
  readonly command: string
  measure(): Promise<Finding>
}

export interface Finding {
  /** `true`, `false`, or under which condition it is which. */
  readonly verdict: string
  /** What was measured, with figures. */
  readonly measured: string
}

/** Thrown by a claim that cannot be measured on this machine: its earlier row stays. */
export class NotHere extends Error {}

/** The middle of these, or NaN. */
export function median(values: readonly number[]): number {
  return lowerMedian(values) ?? Number.NaN
}

/** How long operations took that succeeded, ms. */
export function tookMs(history: History, wanted: (operation: Operation) => boolean): number[] {
  return [...history.operations]
    .filter((operation) => operation.outcome === 'ok' && !operation.final && wanted(operation))
    .map(({startNs, endNs}) => (endNs - startNs) / 1e6)
}

/** `12.3 %` */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`
}
