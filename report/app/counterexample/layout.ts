/**
 * Places a handful of operations so that every label can be read. The axis is warped: events keep their order and nothing
 * else, and a bar grows until its text and its linearization points fit (the greedy scan of Porcupine's visualiser, A.
 * Athalye). On the plain axis distances are times.
 */

export interface Placed {
  readonly row: number
  readonly lane: number
  readonly x: number
  readonly width: number
  /** It never ended: drawn open to the right edge. */
  readonly open: boolean
}

export interface Point {
  readonly row: number
  readonly x: number
  /** Counted from 1. */
  readonly step: number
}

export interface Diagram {
  readonly boxes: readonly Placed[]
  readonly points: readonly Point[]
  readonly width: number
  /** Where a moment is on this axis. */
  x(ns: number): number
}

export interface DrawnOperation {
  readonly row: number
  readonly lane: number
  readonly startNs: number
  /** Infinity where it is unknown. */
  readonly endNs: number
  /** CSS pixels that its label needs on the bar. */
  readonly labelWidth: number
  /** CSS pixels that the line below the bar needs; it may run past its end. */
  readonly captionWidth: number
}

const GAP = 16
const POINT_GAP = 26
const PADDING = 14

/** `order`: rows as the partial linearization takes them. Grows to `room` when there is more than it needs. */
export function warpedDiagram(operations: readonly DrawnOperation[], order: readonly number[], room: number): Diagram {
  const startX = new Map<number, number>()
  const endX = new Map<number, number>()
  const points: Point[] = []
  const marks: {ns: number; x: number}[] = []
  let x = 0
  let lastPoint = 0
  const placePointsUpTo = (row: number | undefined) => {
    const until = row === undefined ? order.length : order.indexOf(row) + 1
    for (let step = points.length; step < until; step++) {
      const at = Math.max(lastPoint + POINT_GAP, (startX.get(order[step]!) ?? x) + PADDING)
      points.push({row: order[step]!, x: at, step: step + 1})
      lastPoint = at
    }
  }
  for (const event of eventsOf(operations)) {
    x += GAP
    const {operation} = event
    if (event.kind === 'start') startX.set(operation.row, x)
    else {
      placePointsUpTo(operation.row)
      const own = points.find((point) => point.row === operation.row)
      x = Math.max(x, startX.get(operation.row)! + operation.labelWidth, own === undefined ? 0 : own.x + PADDING)
      endX.set(operation.row, x)
    }
    marks.push({ns: event.ns, x})
  }
  placePointsUpTo(undefined)
  const needed = Math.max(
    x + GAP,
    lastPoint + POINT_GAP,
    ...operations.map((each) => startX.get(each.row)! + (endX.has(each.row) ? 0 : each.labelWidth + 20)),
  )
  // Text has a fixed size: only bars and gaps are stretched, and no further than the captions leave room.
  const limits = operations.map((each) => (room - each.captionWidth) / startX.get(each.row)!)
  const stretch = Math.max(1, Math.min((room - GAP) / needed, ...limits))
  const width = Math.max(
    room,
    needed * stretch,
    ...operations.map((each) => startX.get(each.row)! * stretch + each.captionWidth),
  )
  const scaled = (places: ReadonlyMap<number, number>) => new Map([...places].map(([row, at]) => [row, at * stretch]))
  const stretched = marks.map((mark) => ({ns: mark.ns, x: mark.x * stretch}))
  return {
    boxes: boxesOf(operations, scaled(startX), scaled(endX), width),
    points: points.map((point) => ({...point, x: point.x * stretch})),
    width,
    x: (ns) => interpolate(stretched, ns, width),
  }
}

export function realTimeDiagram(
  operations: readonly DrawnOperation[],
  order: readonly number[],
  width: number,
): Diagram {
  const starts = operations.map((operation) => operation.startNs)
  const ends = operations.map((operation) => (Number.isFinite(operation.endNs) ? operation.endNs : operation.startNs))
  const fromNs = Math.min(...starts)
  const spanNs = Math.max(1, Math.max(...ends) - fromNs)
  // The last bars leave room for what is written below them.
  const limits = operations.map((each) => ((width - 2 * GAP - each.captionWidth) * spanNs) / (each.startNs - fromNs))
  const reach = Math.max(width / 3, Math.min(width - 4 * GAP, ...limits))
  const x = (ns: number) => GAP + ((ns - fromNs) / spanNs) * reach
  const startX = new Map(operations.map((operation) => [operation.row, x(operation.startNs)]))
  const endX = new Map(
    operations
      .filter((operation) => Number.isFinite(operation.endNs))
      .map((operation) => [operation.row, Math.max(x(operation.endNs), x(operation.startNs) + 3)]),
  )
  const points: Point[] = []
  for (const [step, row] of order.entries()) {
    const at = Math.max((points.at(-1)?.x ?? 0) + 1, (startX.get(row) ?? 0) + 1)
    points.push({row, x: Math.min(at, endX.get(row) ?? width), step: step + 1})
  }
  const clamp = (ns: number) => Math.min(width, Math.max(0, x(ns)))
  return {boxes: boxesOf(operations, startX, endX, width), points, width, x: clamp}
}

function boxesOf(
  operations: readonly DrawnOperation[],
  startX: ReadonlyMap<number, number>,
  endX: ReadonlyMap<number, number>,
  width: number,
): Placed[] {
  return operations.map(({row, lane}) => {
    const x = startX.get(row)!
    const end = endX.get(row)
    return {row, lane, x, width: (end ?? width) - x, open: end === undefined}
  })
}

interface Event {
  readonly ns: number
  readonly kind: 'start' | 'end'
  readonly operation: DrawnOperation
}

/** Starts and ends by time. Of two at once the start comes first: what touches counts as concurrent. */
function eventsOf(operations: readonly DrawnOperation[]): Event[] {
  const events = operations.flatMap((operation): Event[] => {
    const start: Event = {ns: operation.startNs, kind: 'start', operation}
    return Number.isFinite(operation.endNs) ? [start, {ns: operation.endNs, kind: 'end', operation}] : [start]
  })
  return events.sort(
    (left, right) =>
      left.ns - right.ns ||
      Number(left.kind === 'end') - Number(right.kind === 'end') ||
      left.operation.row - right.operation.row,
  )
}

function interpolate(marks: readonly {ns: number; x: number}[], ns: number, width: number): number {
  const after = marks.findIndex((mark) => mark.ns >= ns)
  if (after < 0) return width
  if (after === 0) return marks[0]!.ns === ns ? marks[0]!.x : 0
  const [left, right] = [marks[after - 1]!, marks[after]!]
  return left.x + ((ns - left.ns) / Math.max(1, right.ns - left.ns)) * (right.x - left.x)
}
