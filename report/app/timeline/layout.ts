/** Where things are in the timeline: the axis, one row per kind of fault, then the lanes, which scroll. */
import type {PayloadFault} from '../../payload.ts'

export const AXIS_HEIGHT = 24
export const FAULT_ROW_HEIGHT = 20
const LANE_MIN = 22
const LANE_MAX = 40

export interface TimelineLayout {
  /** Names of the faults, one row each. */
  readonly faultRows: readonly string[]
  readonly lanesTop: number
  readonly laneHeight: number
  readonly lanes: number
  /** How far the lanes can scroll, CSS pixels. */
  readonly scrollRange: number
}

export function timelineLayout(faults: readonly PayloadFault[], lanes: number, height: number): TimelineLayout {
  const faultRows = [...new Set(faults.map((fault) => fault.fault))]
  const lanesTop = AXIS_HEIGHT + faultRows.length * FAULT_ROW_HEIGHT + (faultRows.length > 0 ? 8 : 0)
  const room = Math.max(0, height - lanesTop - 8)
  const laneHeight = Math.max(LANE_MIN, Math.min(LANE_MAX, Math.floor(room / Math.max(1, lanes))))
  return {faultRows, lanesTop, laneHeight, lanes, scrollRange: Math.max(0, lanes * laneHeight - room)}
}
