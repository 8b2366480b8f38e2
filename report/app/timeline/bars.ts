/**
 * The bars of a lane. A bar narrower than a pixel and a half is merged with its neighbours into one column per pixel, in
 * the colour of the worst among them, so the cost follows the screen and the number of rows in the window, with no object
 * and no path per operation.
 */
import {OUTCOME} from '../../payload.ts'
import {lowerBound} from '../data/table.ts'
import {FONT} from '../paint/font.ts'
import type {TimeScale} from '../paint/scale.ts'
import {roundRect, shorten} from '../paint/shapes.ts'
import type {Palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {BLOCK_ROWS, blocksOf} from './blocks.ts'
import type {TimelineLayout} from './layout.ts'
import {RANK, rankOf} from './rank.ts'

/** A bar narrower than this has no label. */
export const LABEL_FROM_PX = 40
const CHARACTER_PX = 6.65

export interface Scene {
  readonly store: Store
  readonly layout: TimelineLayout
  readonly scale: TimeScale
  readonly palette: Palette
  readonly scroll: number
  /** 1 for rows that the search found; undefined without a search. */
  readonly mask: Uint8Array | undefined
  /** The selected row, or -1. */
  readonly selected: number
}

/** The bars of one lane: first the rows that overlap the window, then what is highlighted, on top. */
export function drawBars(
  context: CanvasRenderingContext2D,
  scene: Scene,
  rows: Uint32Array,
  y: number,
  height: number,
): void {
  const {store, scale, palette, mask} = scene
  const {table} = store.report
  const colours = [palette.line, palette['ok-read'], palette.ok, palette.fail, palette.info, palette.match, palette.bad]
  const run = new Run(context, colours, palette.calm, y, height)
  const blocks = blocksOf(table, rows, mask)
  let place = Math.max(0, lowerBound(rows, table.startNs, scale.span.fromNs) - 1)
  while (place < rows.length) {
    const row = rows[place]!
    const startNs = table.startNs[row]!
    if (startNs > scale.span.toNs) break
    const left = scale.x(startNs)
    if (place % BLOCK_ROWS === 0) {
      const block = place / BLOCK_ROWS
      if (scale.x(blocks.endNs[block]!) - left < 1) {
        const count = Math.min(BLOCK_ROWS, rows.length - place)
        run.add(Math.floor(left), blocks.ranks[block]!, count)
        place += count
        continue
      }
    }
    place++
    const right = scale.x(table.endNs[row]!)
    const rank = store.impossible.has(row) ? RANK.bad : rankOf(table, mask, row)
    if (right - left < 1.5) run.add(Math.floor(left), rank, 1)
    else {
      run.flush()
      drawBar(context, scene, row, rank, left, right, y, height)
    }
  }
  run.flush()
  for (const row of highlightsOf(scene, rows)) drawHighlight(context, scene, row, y, height)
}

/** What no order explains, and what is selected, of this lane and in sight. */
function highlightsOf({store, scale, selected}: Scene, rows: Uint32Array): number[] {
  const {table} = store.report
  return [...new Set([...store.impossible, selected])].filter(
    (row) =>
      row >= 0 &&
      rows[table.place[row]!] === row &&
      table.startNs[row]! <= scale.span.toNs &&
      table.endNs[row]! >= scale.span.fromNs,
  )
}

/** Neighbouring pixel columns of one colour, painted at once. */
class Run {
  readonly #context: CanvasRenderingContext2D
  readonly #colours: readonly string[]
  readonly #calm: string
  readonly #y: number
  readonly #height: number
  #from = -1
  #to = -1
  #rank = 0
  #rows = 0

  constructor(context: CanvasRenderingContext2D, colours: readonly string[], calm: string, y: number, height: number) {
    this.#context = context
    this.#colours = colours
    this.#calm = calm
    this.#y = y
    this.#height = height
  }

  /** So many rows within this column, the worst of which has this rank. */
  add(column: number, rank: number, rows: number): void {
    if (this.#from >= 0 && column <= this.#to) {
      if (rank > this.#rank && column === this.#to && this.#from < column) {
        this.#to = column - 1
        this.flush()
        this.#from = this.#to = column
      }
      this.#rank = Math.max(this.#rank, rank)
      this.#rows += rows
    } else if (this.#from >= 0 && column === this.#to + 1 && rank === this.#rank) {
      this.#to = column
      this.#rows += rows
    } else {
      this.flush()
      this.#from = this.#to = column
      this.#rank = rank
      this.#rows = rows
    }
  }

  flush(): void {
    if (this.#from < 0) return
    const width = this.#to - this.#from + 1
    // A crowd in which all went well is toned down, so that what did not stands out.
    const isCrowd = this.#rank <= RANK.ok && this.#rank !== RANK.hidden && this.#rows > width * 1.5
    this.#context.fillStyle = isCrowd ? this.#calm : this.#colours[this.#rank]!
    this.#context.fillRect(this.#from, this.#y, width, this.#height)
    this.#from = -1
    this.#rows = 0
  }
}

function drawBar(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  rank: number,
  left: number,
  right: number,
  y: number,
  height: number,
): void {
  const {palette, scale, store} = scene
  const {table} = store.report
  const colours = [palette.line, palette['ok-read'], palette.ok, palette.fail, palette.info, palette.match, palette.bad]
  const from = Math.max(left, scale.left - 10)
  const to = Math.min(right, scale.right + 20)
  const width = Math.max(1, to - from)
  const outcome = table.outcome(row)
  context.fillStyle = context.strokeStyle = colours[rank]!
  if (outcome === OUTCOME.fail && rank !== RANK.bad) {
    // Failed: it certainly did not happen, so nothing but an outline.
    context.lineWidth = 1
    context.setLineDash([3, 2])
    roundRect(context, from + 0.5, y + 0.5, Math.max(1, width - 1), height - 1, 3)
    context.stroke()
    context.setLineDash([])
  } else if (outcome === OUTCOME.info && rank !== RANK.bad) openArrow(context, from, to, y, height)
  else {
    // A pixel of air, so that operations in a row can be told apart.
    roundRect(context, from, y, width > 4 ? width - 1 : width, height, width > 6 ? 3 : 1)
    context.fill()
  }
  if (width < LABEL_FROM_PX) return
  context.fillStyle = inkOn(rank, outcome, palette)
  context.font = FONT.bar
  context.textAlign = 'left'
  const shown = Math.max(from, scale.left)
  context.fillText(shorten(table.words(row, true), to - shown - 12, CHARACTER_PX), shown + 6, y + height / 2 + 0.5)
}

/** The colour in which a bar's label can be read. */
function inkOn(rank: number, outcome: number, palette: Palette): string {
  if (rank === RANK.bad) return palette['bad-text']
  if (outcome === OUTCOME.info) return palette.text
  if (rank === RANK.hidden || outcome === OUTCOME.fail) return palette.muted
  return rank === RANK.ok ? palette['ok-text'] : palette['read-text']
}

/** Unknown outcome: a bar without an end, because it may take effect at any later time. */
function openArrow(context: CanvasRenderingContext2D, from: number, to: number, y: number, height: number): void {
  const middle = y + height / 2
  context.globalAlpha = 0.3
  context.fillRect(from, y, to - from, height)
  context.globalAlpha = 1
  context.fillRect(from, y, 2, height)
  context.lineWidth = 1.25
  context.setLineDash([4, 3])
  context.beginPath()
  context.moveTo(from, y + 0.5)
  context.lineTo(to, y + 0.5)
  context.moveTo(from, y + height - 0.5)
  context.lineTo(to, y + height - 0.5)
  context.stroke()
  context.setLineDash([])
  context.beginPath()
  context.moveTo(to, y)
  context.lineTo(to + 6, middle)
  context.lineTo(to, y + height)
  context.stroke()
}

function drawHighlight(context: CanvasRenderingContext2D, scene: Scene, row: number, y: number, height: number): void {
  const {store, scale, palette} = scene
  const {table} = store.report
  const left = Math.max(scale.x(table.startNs[row]!), scale.left - 10)
  const width = Math.max(3, Math.min(scale.x(table.endNs[row]!), scale.right + 20) - left)
  if (store.impossible.has(row)) {
    context.fillStyle = palette.bad
    if (width < 8) context.fillRect(left - 1, y, Math.max(3, width), height)
    context.beginPath()
    context.moveTo(left - 4, y - 3.5)
    context.lineTo(left + 4, y - 3.5)
    context.lineTo(left, y + 2.5)
    context.fill()
  }
  if (row !== scene.selected) return
  context.strokeStyle = palette.text
  context.lineWidth = 2
  roundRect(context, left - 2, y - 2, width + 4, height + 4, 4)
  context.stroke()
}
