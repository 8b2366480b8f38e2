/** What stands beside an operation: those that ran at the same time, and its place in a partial linearization. */
import type {Case} from './cases.ts'
import type {Table} from './table.ts'

/** Operations on the same key whose intervals overlap this one's. */
export function concurrentWith(table: Table, row: number, limit: number): {rows: number[]; more: number} {
  const [startNs, endNs] = [table.startNs[row]!, table.endNs[row]!]
  const key = table.columns.key[row]!
  const rows: number[] = []
  let more = 0
  for (let other = 0; other < table.rows && table.startNs[other]! <= endNs; other++) {
    if (other === row || table.columns.key[other] !== key) continue
    const stillOpen = table.outcome(other) === 2
    if (!stillOpen && table.endNs[other]! < startNs) continue
    // Unknown ones stay possible for ever; only those that began shortly before are neighbours.
    if (stillOpen && table.endNs[other]! < startNs - 1e9) continue
    if (rows.length < limit) rows.push(other)
    else more++
  }
  return {rows, more}
}

/** Operations that began between two moments, the ends left out. */
export function countBetween({rows, startNs}: Table, fromNs: number, toNs: number): number {
  const firstAfter = (ns: number) => {
    let [low, high] = [0, rows]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (startNs[middle]! <= ns) low = middle + 1
      else high = middle
    }
    return low
  }
  return Math.max(0, firstAfter(toNs - 1) - firstAfter(fromNs))
}

/** The state before and after this op in the longest partial linearization that holds it. */
export function stepsOf(each: Case | undefined, index: number): {before: string; after: string} | undefined {
  for (const steps of each?.counterexample?.linearizations ?? []) {
    const at = steps.findIndex((step) => step.index === index)
    if (at >= 0) return {before: at === 0 ? 'start' : steps[at - 1]!.state, after: steps[at]!.state}
  }
  return undefined
}
