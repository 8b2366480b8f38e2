/** The rows of the network track: one per node (who led, who was down), one per link that some fault touched. */
import type {EventMark, Leadership, Payload, PayloadFault} from '../../payload.ts'
import type {TimeScale} from '../paint/scale.ts'

/** A fault where it acts. */
export interface Strip {
  readonly at: number
  readonly fault: PayloadFault
}

export interface NodeRow {
  readonly node: string
  readonly leaderships: readonly Leadership[]
  readonly marks: readonly EventMark[]
  /** Faults aimed at this node itself: killed, paused, clock skewed. */
  readonly strips: readonly Strip[]
}

export interface LinkRow {
  readonly label: string
  readonly strips: readonly Strip[]
}

export interface Rows {
  readonly nodes: readonly NodeRow[]
  readonly links: readonly LinkRow[]
}

export function rowsOf({nodes, leaderships, marks, faults}: Payload): Rows {
  const strips = faults.map((fault, at) => ({fault, at}))
  return {
    nodes: nodes.map((node) => ({
      node,
      leaderships: leaderships.filter((leadership) => leadership.node === node),
      marks: marks.filter((mark) => mark.node === node),
      strips: strips.filter(({fault}) => fault.links.length === 0 && fault.victims.includes(node)),
    })),
    links: linkRows(strips),
  }
}

/** How far from an event, in pixels, it is still meant. */
const NEAR = 4

/** The events at a place of a node's row. */
export function marksNear(marks: readonly EventMark[], scale: TimeScale, x: number): EventMark[] {
  return marks.filter(({timeNs}) => Math.abs(scale.x(timeNs) - x) <= NEAR)
}

/** Directed links, two that always suffered together as one row. */
function linkRows(strips: readonly Strip[]): LinkRow[] {
  const byLink = new Map<string, {from: string; to: string; strips: Strip[]}>()
  for (const strip of strips) {
    for (const {from, to} of strip.fault.links) {
      const name = `${from} ${to}`
      const row = byLink.get(name) ?? {from, to, strips: []}
      if (!row.strips.includes(strip)) row.strips.push(strip)
      byLink.set(name, row)
    }
  }
  const rows: LinkRow[] = []
  for (const [name, {from, to, strips: own}] of byLink) {
    const back = byLink.get(`${to} ${from}`)
    const alike =
      back !== undefined && back.strips.length === own.length && back.strips.every((strip) => own.includes(strip))
    if (!alike) rows.push({label: `${from} → ${to}`, strips: own})
    else if (name < `${to} ${from}`) rows.push({label: `${from} ↔ ${to}`, strips: own})
  }
  return rows.sort((left, right) => left.label.localeCompare(right.label, 'en', {numeric: true}))
}
