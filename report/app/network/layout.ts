/** Where the rows of the network track are, CSS pixels from its top. */
import type {Rows} from './rows.ts'

export const AXIS = 24
export const HEADING = 28
export const NODE_ROW = 34
export const LINK_ROW = 20

/** How much of a node's row, from below, its events take. */
const MARKS = 9

/** Whether this far below the first node's row there are events, not what happened to a node. */
export function isOnMarks(y: number): boolean {
  return y >= 0 && y % NODE_ROW >= NODE_ROW - MARKS
}

export function heightOf(rows: Rows): number {
  const links = rows.links.length === 0 ? 0 : HEADING + rows.links.length * LINK_ROW
  return AXIS + HEADING + rows.nodes.length * NODE_ROW + links + 16
}
