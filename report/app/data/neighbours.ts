/** What stands beside an operation: those that ran at the same time, and its place in a partial linearization. */
import {OUTCOME} from '../../payload.ts'
import type {Case} from './cases.ts'
import type {Table} from './table.ts'

/** An operation whose outcome is unknown is a neighbour of those that began up to so long after it, ns. */
const OPEN_NS = 5e9

/** Operations on the same key whose intervals overlap this one's. */
export function concurrentWith(table: Table, row: number, limit: number): {rows: number[]; more: number} {
  const [startNs, endNs] = [table.startNs[row]!, table.endNs[row]!]
  const key = table.columns.key[row]!
  const rows: number[] = []
  let more = 0
  // What began before this had ended by then, whatever it was.
  const first = firstAfter(table, startNs - Math.max(table.longestNs, OPEN_NS) - 1)
  for (let other = first; other < table.rows && table.startNs[other]! <= endNs; other++) {
    if (other === row || table.columns.key[other] !== key) continue
    // Unknown ones stay possible for ever; only those that began shortly before are neighbours.
    if (
      table.outcome(other) === OUTCOME.info ? table.startNs[other]! < startNs - OPEN_NS : table.endNs[other]! < startNs
    )
      continue
    if (rows.length < limit) rows.push(other)
    else more++
  }
  return {rows, more}
}

/** The first row that began after this moment. */
export function firstAfter({rows, startNs}: Table, ns: number): number {
  let [low, high] = [0, rows]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (startNs[middle]! <= ns) low = middle + 1
    else high = middle
  }
  return low
}

/** Operations that began between two moments, the ends left out. */
export function countBetween(table: Table, fromNs: number, toNs: number): number {
  return Math.max(0, firstAfter(table, toNs - 1) - firstAfter(table, fromNs))
}

/** The state before and after this op in the longest partial linearization that holds it. */
export function stepsOf(each: Case | undefined, index: number): {before: string; after: string} | undefined {
  for (const steps of each?.counterexample?.linearizations ?? []) {
    const at = steps.findIndex((step) => step.index === index)
    if (at >= 0) return {before: at === 0 ? 'start' : steps[at - 1]!.state, after: steps[at]!.state}
  }
  return undefined
}
