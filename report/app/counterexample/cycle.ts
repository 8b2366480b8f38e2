/**
 * A cycle of transactions as data and as places: cards on a ring, an arrow from the micro-operation that makes an order to
 * the one that it orders (Elle's picture, Kingsbury & Alvaro 2020), without a layout library, since a witness is a
 * shortest cycle and seldom has more than four transactions.
 */

export interface CycleNode {
  readonly name: string
  readonly index: number
  readonly process: string
  /** Its steps as text: `append x 1`. */
  readonly lines: readonly string[]
}

export interface CycleEdge {
  /** Positions among the nodes. */
  readonly from: number
  readonly to: number
  /** `ww`, `wr`, `rw`, `process`, `realtime`. */
  readonly type: string
  readonly key: string
  readonly because: string
  /** Positions among the lines of either end; -1 for the whole transaction. */
  readonly fromLine: number
  readonly toLine: number
}

export interface Cycle {
  readonly nodes: readonly CycleNode[]
  readonly edges: readonly CycleEdge[]
}

/** More than this is told in words only. */
const NODE_LIMIT = 8
const LINE_LIMIT = 8

/** Reads `{transactions: [{name, transaction: {index, process, value}}], steps: [{from, to, type, because, …}]}`. */
export function cycleOf(detail: unknown, words: (value: unknown) => string): Cycle | undefined {
  const {transactions, steps} = (detail ?? {}) as {transactions?: unknown; steps?: unknown}
  if (!Array.isArray(transactions) || !Array.isArray(steps)) return undefined
  if (transactions.length < 2 || transactions.length > NODE_LIMIT) return undefined
  const nodes = transactions.map((each) => nodeOf(each, words))
  const place = (name: unknown) => nodes.findIndex((node) => node?.name === name)
  const edges = steps.map((step: Record<string, unknown>): CycleEdge => {
    const line = (at: unknown) => (typeof at === 'number' && at < LINE_LIMIT ? at : -1)
    return {
      from: place(step['from']),
      to: place(step['to']),
      type: String(step['type'] ?? ''),
      key: step['key'] === undefined ? '' : words(step['key']),
      because: String(step['because'] ?? ''),
      fromLine: line(step['fromMicroOp']),
      toLine: line(step['toMicroOp']),
    }
  })
  const whole = nodes.every((node) => node !== undefined) && edges.every((edge) => edge.from >= 0 && edge.to >= 0)
  return whole ? {nodes: nodes as CycleNode[], edges} : undefined
}

function nodeOf(each: unknown, words: (value: unknown) => string): CycleNode | undefined {
  const {name, transaction} = (each ?? {}) as {name?: unknown; transaction?: Record<string, unknown>}
  const value = transaction?.['value']
  if (typeof name !== 'string' || !Array.isArray(value)) return undefined
  const lines = value
    .slice(0, LINE_LIMIT)
    .map((step) => (Array.isArray(step) ? step.map((part) => words(part)).join(' ') : words(step)))
  if (value.length > LINE_LIMIT) lines.push(`and ${value.length - LINE_LIMIT} more`)
  return {name, index: Number(transaction?.['index'] ?? -1), process: String(transaction?.['process'] ?? ''), lines}
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Arrow {
  /** An SVG path. */
  readonly path: string
  /** Where its label stands. */
  readonly x: number
  readonly y: number
  /** An SVG path too: the triangle at its end. */
  readonly head: string
}

export interface CycleDiagram {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly arrows: readonly Arrow[]
}

export const HEAD = 28
export const LINE = 20
const CHARACTER_PX = 7.3
const PADDING = 16
const HEAD_PX = 8
/** Room between the boxes for an arrow with its label. */
const BETWEEN = 130
const BETWEEN_ROWS = 64

export function placeCycle({nodes, edges}: Cycle, room: number): CycleDiagram {
  const sizes = nodes.map(({lines}) => ({
    width: Math.min(280, Math.max(130, ...lines.map((line) => line.length * CHARACTER_PX + 28))),
    height: HEAD + lines.length * LINE + 8,
  }))
  const [widest, tallest] = [Math.max(...sizes.map(({width}) => width)), Math.max(...sizes.map(({height}) => height))]
  // Two columns, down on the right and up on the left again: a ring that needs no more room than its cards.
  const rows = Math.ceil(nodes.length / 2)
  const width = Math.max(Math.min(room, 2 * widest + BETWEEN * 3), 2 * widest + BETWEEN + 2 * PADDING)
  const [left, right] = [PADDING + widest / 2, width - PADDING - widest / 2]
  const boxes = sizes.map((size, at): Box => {
    const onRight = at >= 1 && at <= rows
    const row = at === 0 ? 0 : onRight ? at - 1 : nodes.length - at
    return {...size, x: (onRight ? right : left) - size.width / 2, y: PADDING + row * (tallest + BETWEEN_ROWS)}
  })
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + PADDING
  return {width, height, boxes, arrows: edges.map((edge, at) => arrowOf(edge, at, boxes, width / 2))}
}

/** From the port of one line to the port of another, bent so that two arrows between the same cards stay apart. */
function arrowOf(edge: CycleEdge, at: number, boxes: readonly Box[], middle: number): Arrow {
  const [from, to] = [boxes[edge.from]!, boxes[edge.to]!]
  const rightOf = (box: Box) => box.x + box.width / 2 > middle
  const sameColumn = rightOf(from) === rightOf(to)
  // Every arrow runs in the aisle between the columns: it leaves and enters on the inner sides.
  const [out, into] = [rightOf(from) ? -1 : 1, rightOf(to) ? 1 : -1]
  const x1 = out > 0 ? from.x + from.width : from.x
  const tip = into > 0 ? to.x : to.x + to.width
  const x2 = tip - into * HEAD_PX
  const [y1, y2] = [portOf(from, edge.fromLine), portOf(to, edge.toLine)]
  const reach = sameColumn ? 70 : Math.max(40, Math.abs(x2 - x1) * 0.45)
  const bend = sameColumn ? 0 : at % 2 === 0 ? -26 : 26
  const [c1, c2] = [x1 + reach * out, x2 - reach * into]
  return {
    path: `M${x1} ${y1}C${c1} ${y1 + bend} ${c2} ${y2 + bend} ${x2} ${y2}`,
    head: `M${tip} ${y2}l${-into * HEAD_PX} -4v8z`,
    x: (x1 + 3 * c1 + 3 * c2 + x2) / 8,
    y: (y1 + 3 * (y1 + bend) + 3 * (y2 + bend) + y2) / 8,
  }
}

function portOf(box: Box, line: number): number {
  return line < 0 ? box.y + HEAD / 2 : box.y + HEAD + line * LINE + LINE / 2
}
