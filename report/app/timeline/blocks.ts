/**
 * What a stretch of a lane's rows looks like when it is narrower than a pixel: the worst rank in it, and when the last of
 * it ended. A window with a million operations is then drawn block by block, not row by row.
 */
import type {Table} from '../data/table.ts'
import {rankOf} from './rank.ts'

/** Rows in a block. */
export const BLOCK_ROWS = 16

export interface Blocks {
  readonly ranks: Uint8Array
  readonly endNs: Float64Array
}

/** By lane, for this mask of found rows. */
const known = new WeakMap<Uint32Array, {readonly mask: Uint8Array | undefined; readonly blocks: Blocks}>()

/** The blocks of a lane's rows, worked out once for each search. */
export function blocksOf(table: Table, rows: Uint32Array, mask: Uint8Array | undefined): Blocks {
  const before = known.get(rows)
  if (before !== undefined && before.mask === mask) return before.blocks
  const count = Math.ceil(rows.length / BLOCK_ROWS)
  const blocks = {ranks: new Uint8Array(count), endNs: new Float64Array(count)}
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!
    const block = Math.floor(place / BLOCK_ROWS)
    const rank = rankOf(table, mask, row)
    if (rank > blocks.ranks[block]!) blocks.ranks[block] = rank
    if (table.endNs[row]! > blocks.endNs[block]!) blocks.endNs[block] = table.endNs[row]!
  }
  known.set(rows, {mask, blocks})
  return blocks
}
