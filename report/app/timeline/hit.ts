/** What is under the pointer in the timeline. */
import {lowerBound} from '../data/table.ts'
import {bandsIn} from '../paint/bands.ts'
import type {TimeScale} from '../paint/scale.ts'
import type {Store} from '../store.ts'
import {AXIS_HEIGHT, FAULT_ROW_HEIGHT, type TimelineLayout} from './layout.ts'

/** How far beside a bar still means it, CSS pixels. */
const REACH_PX = 4

export type Hit =
  | {readonly kind: 'op'; readonly row: number /** Others within the same pixel. */; readonly more: number}
  | {readonly kind: 'fault'; readonly at: number}

/** What the pointer is on, and where it is within the timeline, CSS pixels. */
export interface Pointed {
  readonly hit: Hit
  readonly x: number
  readonly y: number
}

export function hitTest(
  store: Store,
  layout: TimelineLayout,
  scale: TimeScale,
  scroll: number,
  x: number,
  y: number,
): Hit | undefined {
  if (x < scale.left - REACH_PX) return undefined
  if (y < layout.lanesTop - 4) return faultAt(store, layout, scale, x, y)
  const lane = store.report.table.lanes[Math.floor((y - layout.lanesTop + scroll) / layout.laneHeight)]
  return lane === undefined ? undefined : operationAt(store, scale, lane.rows, x)
}

function faultAt(store: Store, layout: TimelineLayout, scale: TimeScale, x: number, y: number): Hit | undefined {
  const name = layout.faultRows[Math.floor((y - AXIS_HEIGHT) / FAULT_ROW_HEIGHT)]
  const band = bandsIn(store.report.payload.faults, scale).find(
    (each) => each.fault.fault === name && x >= each.left - 2 && x <= each.right + 2,
  )
  return band === undefined ? undefined : {kind: 'fault', at: band.at}
}

/** The operation under x, or the nearest within reach; one that proves something before any other. */
function operationAt(store: Store, scale: TimeScale, rows: Uint32Array, x: number): Hit | undefined {
  const {table} = store.report
  const fromNs = scale.ns(x - REACH_PX)
  const toNs = scale.ns(x + REACH_PX)
  let best: number | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  let within = 0
  for (let place = Math.max(0, lowerBound(rows, table.startNs, fromNs) - 1); place < rows.length; place++) {
    const row = rows[place]!
    if (table.startNs[row]! > toNs) break
    if (table.endNs[row]! < fromNs) continue
    const [left, right] = [scale.x(table.startNs[row]!), scale.x(table.endNs[row]!)]
    const distance = store.impossible.has(row) ? -1 : x < left ? left - x : x > right ? x - right : 0
    if (Math.abs(left - x) < 1) within++
    if (distance < bestDistance) {
      best = row
      bestDistance = distance
    }
  }
  return best === undefined ? undefined : {kind: 'op', row: best, more: Math.max(0, within - 1)}
}
