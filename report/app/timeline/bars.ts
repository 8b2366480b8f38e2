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
import type {TimelineLayout} from './layout.ts'

/** What a merged column shows; the largest wins. */
const RANK = {hidden: 0, read: 1, ok: 2, fail: 3, info: 4, match: 5, bad: 6} as const
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
  const {store, scale, palette} = scene
  const {table} = store.report
  const colours = [palette.line, palette['ok-read'], palette.ok, palette.fail, palette.info, palette.match, palette.bad]
  let runFrom = -1
  let runTo = -1
  let runRank = 0
  let runRows = 0
  const flush = () => {
    if (runFrom < 0) return
    // A crowd in which all went well is toned down, so that what did not stands out.
    const crowd = runRank <= RANK.ok && runRank !== RANK.hidden && runRows > (runTo - runFrom + 1) * 1.5
    context.fillStyle = crowd ? palette.calm : colours[runRank]!
    context.fillRect(runFrom, y, runTo - runFrom + 1, height)
    runFrom = -1
    runRows = 0
  }
  const first = Math.max(0, lowerBound(rows, table.startNs, scale.span.fromNs) - 1)
  const highlighted: number[] = []
  for (let place = first; place < rows.length; place++) {
    const row = rows[place]!
    const startNs = table.startNs[row]!
    if (startNs > scale.span.toNs) break
    const left = scale.x(startNs)
    const right = scale.x(table.endNs[row]!)
    const rank = rankOf(scene, row)
    if (rank === RANK.bad || row === scene.selected) highlighted.push(row)
    if (right - left >= 1.5) {
      flush()
      drawBar(context, scene, row, rank, left, right, y, height)
      continue
    }
    const column = Math.floor(left)
    if (column <= runTo && runFrom >= 0) {
      if (rank > runRank && column === runTo && runFrom < column) {
        runTo = column - 1
        flush()
        runFrom = runTo = column
      }
      runRank = Math.max(runRank, rank)
      runRows++
    } else if (column === runTo + 1 && rank === runRank && runFrom >= 0) {
      runTo = column
      runRows++
    } else {
      flush()
      runFrom = runTo = column
      runRank = rank
      runRows = 1
    }
  }
  flush()
  for (const row of highlighted) drawHighlight(context, scene, row, y, height)
}

function rankOf({store, mask}: Scene, row: number): number {
  const {table} = store.report
  if (store.impossible.has(row)) return RANK.bad
  if (mask !== undefined) return mask[row] === 1 ? RANK.match : RANK.hidden
  const outcome = table.outcome(row)
  if (outcome === OUTCOME.info) return RANK.info
  if (outcome === OUTCOME.fail) return RANK.fail
  return table.isRead(row) ? RANK.read : RANK.ok
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
