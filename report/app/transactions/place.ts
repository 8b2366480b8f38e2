/**
 * Where a story's cards and arrows stand: two columns, down on the right and up on the left again, with an aisle between
 * them in which all arrows run from the micro-operation that makes an order to the one that it orders (Elle's picture,
 * Kingsbury & Alvaro 2020). No layout library: a witness is a shortest cycle and seldom has more than four transactions,
 * and a ring of two hundred still needs no more than this.
 */
import type {Story, StoryArrow, StoryCard} from '../../payload.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Arrow {
  /** An SVG path. */
  readonly path: string
  /** An SVG path too: the triangle at its end. */
  readonly head: string
  readonly label: string
  /** Around the label. */
  readonly plate: Box
}

export interface StoryDiagram {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly arrows: readonly Arrow[]
}

export const HEAD = 28
export const LINE = 20
/** A monospaced character of a line. */
export const CHARACTER_PX = 7.3
const NARROWEST = 130
const WIDEST = 360
const PADDING = 16
const HEAD_PX = 8
/** Room between the columns for arrows with their labels. */
const AISLE = 190
const WIDE_AISLE = 360
const BETWEEN_ROWS = 34
/** How far the middle of an arrow is from the straight way. */
const BEND = 26
const LABEL_LIMIT = 24
const PLATE_HEIGHT = 18
/** Places along an arrow at which its label may stand, the best first. */
const LABEL_PLACES = [0.5, 0.38, 0.62, 0.27, 0.73, 0.18, 0.82]

export function placeStory({shape, cards, arrows}: Story, room: number): StoryDiagram {
  const sizes = cards.map(sizeOf)
  const rows = cards.map((_, at) => rowOf(shape, at, cards.length))
  const onRight = cards.map((_, at) => isRight(shape, at, cards.length))
  const widest = (right: boolean) =>
    Math.max(0, ...sizes.filter((_, at) => onRight[at] === right).map(({width}) => width))
  const [leftWidth, rightWidth] = [widest(false), widest(true)]
  const aisle = rightWidth === 0 ? 0 : arrows.length === 0 ? BETWEEN_ROWS : AISLE
  const least = leftWidth + rightWidth + aisle + 2 * PADDING
  const width = Math.max(least, Math.min(room, least - aisle + (arrows.length === 0 ? aisle : WIDE_AISLE)))
  const tops = rowTops(sizes, rows, shape === 'fan' ? onRight : undefined)
  const boxes = sizes.map((size, at): Box => {
    const x = onRight[at] ? width - PADDING - rightWidth : PADDING + leftWidth - size.width
    return {...size, x, y: tops[at]!}
  })
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + PADDING
  const plates: Box[] = []
  const drawn = arrows.map((arrow, at) => {
    const bend = shape === 'fan' ? 0 : at % 2 === 0 ? -BEND : BEND
    return arrowOf(arrow, bend, boxes, onRight, plates)
  })
  return {width, height, boxes, arrows: drawn}
}

/** A ring turns round at its last row; a fan has one card on the left. */
function rowOf(shape: Story['shape'], at: number, count: number): number {
  if (shape === 'fan') return Math.max(0, at - 1)
  return isRight(shape, at, count) ? at - 1 : at === 0 ? 0 : count - at
}

function isRight(shape: Story['shape'], at: number, count: number): boolean {
  return at > 0 && (shape === 'fan' || at <= Math.ceil(count / 2))
}

/** The top of each card. Rows are as high as their highest card; in a fan (`apart`) only the right column counts. */
function rowTops(
  sizes: readonly {readonly height: number}[],
  rows: readonly number[],
  apart: readonly boolean[] | undefined,
): number[] {
  const heights: number[] = []
  sizes.forEach(({height}, at) => {
    if (apart?.[at] === false && sizes.length > 2) return
    heights[rows[at]!] = Math.max(heights[rows[at]!] ?? 0, height)
  })
  const starts: number[] = []
  let top = PADDING
  for (const height of heights) {
    starts.push(top)
    top += (height ?? 0) + BETWEEN_ROWS
  }
  return rows.map((row) => starts[row]!)
}

function sizeOf(card: StoryCard): {width: number; height: number} {
  const widths = card.lines.map(
    ({text, note}) => (text.length + (note === undefined ? 0 : note.length + 2)) * CHARACTER_PX,
  )
  const head = headOf(card).length * 6.6 + card.name.length * 7.4 + 10
  return {
    width: Math.min(WIDEST, Math.max(NARROWEST, head + 24, ...widths.map((width) => width + 26))),
    height: HEAD + card.lines.length * LINE + 8,
  }
}

/** What stands beside a card's name: `#12 p3 failed`. */
export function headOf({index, process, outcome}: StoryCard): string {
  if (index === undefined) return ''
  const fate = outcome === 'fail' ? ' failed' : outcome === 'info' ? ' unknown' : ''
  return `#${index} p${process}${fate}`
}

/** From the port of one line to the port of another, bent so that two arrows between the same cards stay apart. */
function arrowOf(
  arrow: StoryArrow,
  bend: number,
  boxes: readonly Box[],
  onRight: readonly boolean[],
  plates: Box[],
): Arrow {
  const [from, to] = [boxes[arrow.from]!, boxes[arrow.to]!]
  const sameColumn = onRight[arrow.from] === onRight[arrow.to]
  // Every arrow runs in the aisle between the columns: it leaves and enters on the inner sides.
  const [out, into] = [onRight[arrow.from] ? -1 : 1, onRight[arrow.to] ? 1 : -1]
  const x1 = out > 0 ? from.x + from.width : from.x
  const tip = into > 0 ? to.x : to.x + to.width
  const x2 = tip - into * HEAD_PX
  const [y1, y2] = [portOf(from, arrow.fromLine), portOf(to, arrow.toLine)]
  const reach = sameColumn ? 76 : Math.max(40, Math.abs(x2 - x1) * 0.45)
  const xs = [x1, x1 + reach * out, x2 - reach * into, x2] as const
  const lift = sameColumn ? 0 : bend
  const ys = [y1, y1 + lift, y2 + lift, y2] as const
  const label = shortened(`${arrow.type}${arrow.key === '' ? '' : ` ${arrow.key}`}`)
  const places = LABEL_PLACES.map((t) => plateAt(bezier(xs, t), bezier(ys, t), label))
  const plate = places.find((place) => ![...boxes, ...plates].some((other) => overlap(place, other))) ?? places[0]!
  plates.push(plate)
  return {
    path: `M${xs[0]} ${ys[0]}C${xs[1]} ${ys[1]} ${xs[2]} ${ys[2]} ${xs[3]} ${ys[3]}`,
    head: `M${tip} ${y2}l${-into * HEAD_PX} -4v8z`,
    label,
    plate,
  }
}

function shortened(label: string): string {
  return label.length > LABEL_LIMIT ? `${label.slice(0, LABEL_LIMIT - 1)}…` : label
}

function plateAt(x: number, y: number, label: string): Box {
  const width = label.length * 6.8 + 14
  return {x: x - width / 2, y: y - PLATE_HEIGHT / 2, width, height: PLATE_HEIGHT}
}

function bezier([a, b, c, d]: readonly [number, number, number, number], t: number): number {
  const s = 1 - t
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d
}

function overlap(left: Box, right: Box): boolean {
  return (
    left.x < right.x + right.width &&
    right.x < left.x + left.width &&
    left.y < right.y + right.height &&
    right.y < left.y + left.height
  )
}

function portOf(box: Box, line: number): number {
  return line < 0 ? box.y + HEAD / 2 : box.y + HEAD + line * LINE + LINE / 2
}
