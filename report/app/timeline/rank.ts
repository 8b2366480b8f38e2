/** Which operation wins where several share a pixel: the worst, and what the reader searched for. */
import {OUTCOME} from '../../payload.ts'
import type {Table} from '../data/table.ts'

export const RANK = {hidden: 0, read: 1, ok: 2, fail: 3, info: 4, match: 5, bad: 6} as const

/** Without regard to evidence. `mask`: 1 for rows that the search found. */
export function rankOf(table: Table, mask: Uint8Array | undefined, row: number): number {
  if (mask !== undefined) return mask[row] === 1 ? RANK.match : RANK.hidden
  const outcome = table.outcome(row)
  if (outcome === OUTCOME.info) return RANK.info
  if (outcome === OUTCOME.fail) return RANK.fail
  return table.isRead(row) ? RANK.read : RANK.ok
}
