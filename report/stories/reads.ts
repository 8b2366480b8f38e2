/**
 * All that was ever read of one list, the shortest first, so that it can be seen where reads part: in a sound history each
 * is the beginning of the next.
 */
import type {ReadsRow, ReadsTable} from '../payload.ts'
import type {Row} from '../tabulate.ts'
import {compact} from '../values.ts'
import {isRead, keyOf} from './cards.ts'

/** Different lists that are shown; those that deviate come first. */
const ROW_LIMIT = 60
/** Elements in a row that are the same are drawn up to here; of more, both ends. */
const RUN = 10
const ELEMENT_LIMIT = 24
/** Elements that are looked at; more cannot be read anyway. */
const LENGTH_LIMIT = 10_000

interface Seen {
  readonly elements: readonly string[]
  readonly index: number
  readonly process: string
  count: number
}

/** The table of a key; undefined where nobody read a list of it. */
export function readsTable(rows: readonly Row[], key: string): ReadsTable | undefined {
  const seen = new Map<string, Seen>()
  let reads = 0
  for (const {completion} of rows) {
    if (completion?.type !== 'ok' || !Array.isArray(completion.value)) continue
    for (const microOp of completion.value) {
      if (!isRead(microOp) || keyOf(microOp) !== key) continue
      const list = (microOp as readonly unknown[])[2]
      if (!Array.isArray(list)) continue
      reads++
      const elements = list.slice(0, LENGTH_LIMIT).map((element) => compact(element, ELEMENT_LIMIT))
      const text = elements.join(' ')
      const known = seen.get(text)
      if (known === undefined) {
        seen.set(text, {elements, index: completion.index, process: String(completion.process), count: 1})
      } else known.count++
    }
  }
  if (seen.size === 0) return undefined
  const byLength = [...seen.values()].sort((left, right) => left.elements.length - right.elements.length)
  const length = byLength.at(-1)!.elements.length
  // Of several longest lists the one that was read most often is taken for right: somebody has to be.
  const [longest] = byLength
    .filter(({elements}) => elements.length === length)
    .sort((left, right) => right.count - left.count)
  const drawn = byLength.map((each) => ({
    deviates: wrongIn(each, longest!).some(Boolean),
    row: rowOf(each, longest!),
  }))
  return {key, rows: kept(drawn), lists: seen.size, reads}
}

/** Of too many, those that deviate, and the longest of the others. */
function kept(drawn: readonly {readonly deviates: boolean; readonly row: ReadsRow}[]): ReadsRow[] {
  if (drawn.length <= ROW_LIMIT) return drawn.map(({row}) => row)
  const odd = drawn.filter(({deviates}) => deviates).slice(0, ROW_LIMIT - 2)
  const even = drawn.filter(({deviates}) => !deviates).slice(odd.length - ROW_LIMIT)
  return drawn.filter((each) => odd.includes(each) || even.includes(each)).map(({row}) => row)
}

/** By element: whether it differs from the longest list there, or was in this one before. */
function wrongIn({elements}: Seen, longest: Seen): boolean[] {
  const before = new Set<string>()
  return elements.map((element, at) => {
    const repeated = before.has(element)
    before.add(element)
    return repeated || element !== longest.elements[at]
  })
}

function rowOf(seen: Seen, longest: Seen): ReadsRow {
  const {elements, index, process, count} = seen
  const wrong = wrongIn(seen, longest)
  const cells: [string, 0 | 1 | 2][] = []
  for (let at = 0; at < elements.length; ) {
    let end = at
    while (end < elements.length && wrong[end] === wrong[at]) end++
    const run = elements.slice(at, end).map((text): [string, 0 | 1] => [text, wrong[at] ? 1 : 0])
    if (run.length <= RUN) cells.push(...run)
    else cells.push(...run.slice(0, 4), [`… ${run.length - 8} …`, 2], ...run.slice(-4))
    at = end
  }
  return {index, process, count, length: elements.length, cells}
}
