/**
 * Paints the timeline. A bar narrower than a pixel and a half is merged with its neighbours into one column per pixel, in
 * the colour of the worst among them, so the cost follows the screen and the number of rows in the window, with no object
 * and no path per operation.
 */

import {OUTCOME} from '../../payload.ts'
import {lowerBound} from '../data/table.ts'
import {moment, ticks} from '../data/time.ts'
import {type Band, bandsIn, hatch, tintBands} from '../paint/bands.ts'
import type {Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {GUTTER, type TimeScale, timeScale} from '../paint/scale.ts'
import {faultColour, type Palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {AXIS_HEIGHT, FAULT_ROW_HEIGHT, type TimelineLayout} from './layout.ts'

/** What a merged column shows; the largest wins. */
const RANK = {hidden: 0, read: 1, ok: 2, fail: 3, info: 4, match: 5, bad: 6} as const
const LABEL_FROM_PX = 40
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

export function drawTimeline(surface: Surface, scene: Scene): void {
  const {context, width, height} = surface
  const {layout, store, scale} = scene
  const bands = bandsIn(store.report.payload.faults, scale)
  const bottom = Math.min(height, layout.lanesTop + layout.lanes * layout.laneHeight)
  drawAxis(context, scene, bottom)
  tintBands(context, bands, AXIS_HEIGHT, bottom - AXIS_HEIGHT)
  context.save()
  context.beginPath()
  context.rect(0, layout.lanesTop, width, height - layout.lanesTop)
  context.clip()
  for (let lane = 0; lane < layout.lanes; lane++) {
    const top = layout.lanesTop + lane * layout.laneHeight - scene.scroll
    if (top + layout.laneHeight < layout.lanesTop || top > height) continue
    drawLane(context, scene, lane, top, width)
  }
  context.restore()
  drawFaultRows(context, scene, bands)
  context.fillStyle = scene.palette.line
  context.fillRect(0, layout.lanesTop - 4, width, 1)
}

function drawAxis(context: CanvasRenderingContext2D, {scale, palette}: Scene, bottom: number): void {
  context.font = FONT.axis
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  for (const tick of ticks(scale.span, (scale.right - scale.left) / 110)) {
    const x = Math.round(scale.x(tick.ns)) + 0.5
    context.fillStyle = palette.faint
    context.fillRect(x, AXIS_HEIGHT - 4, 1, bottom - AXIS_HEIGHT + 4)
    context.fillStyle = palette.dim
    context.fillText(tick.label, x, AXIS_HEIGHT / 2)
  }
}

function drawFaultRows(context: CanvasRenderingContext2D, {layout, palette}: Scene, bands: readonly Band[]): void {
  context.font = FONT.axis
  context.textBaseline = 'middle'
  for (const [at, name] of layout.faultRows.entries()) {
    const top = AXIS_HEIGHT + at * FAULT_ROW_HEIGHT
    context.textAlign = 'left'
    context.fillStyle = palette.muted
    context.fillText(shorten(name, GUTTER - 30, 6), 16, top + FAULT_ROW_HEIGHT / 2)
    for (const band of bands) if (band.fault.fault === name) drawBandLabel(context, band, top, palette)
  }
}

function drawBandLabel(context: CanvasRenderingContext2D, band: Band, top: number, palette: Palette): void {
  const width = band.right - band.left
  const [y, height] = [top + 3, FAULT_ROW_HEIGHT - 6]
  const colour = band.fault.verified ? faultColour(band.fault.fault) : '#888888'
  context.globalAlpha = 0.34
  context.fillStyle = colour
  roundRect(context, band.left, y, width, height, 3)
  context.fill()
  context.globalAlpha = 1
  if (!band.fault.verified) hatch(context, band.left, y, width, height, palette.dim)
  context.fillStyle = colour
  context.fillRect(band.left, y, 2, height)
  if (width < LABEL_FROM_PX) return
  context.fillStyle = palette.text
  context.textAlign = 'left'
  context.fillText(
    shorten(band.fault.description || band.fault.fault, width - 14, 5.7),
    band.left + 7,
    y + height / 2 + 0.5,
  )
}

function drawLane(context: CanvasRenderingContext2D, scene: Scene, at: number, top: number, width: number): void {
  const {store, scale, palette, layout} = scene
  const {table} = store.report
  const lane = table.lanes[at]!
  const height = layout.laneHeight
  context.fillStyle = palette.faint
  context.fillRect(GUTTER, top + height - 0.5, width - GUTTER, 1)
  context.font = FONT.lane
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillStyle = palette.text
  context.fillText(lane.label, 16, top + height / 2)
  context.fillStyle = palette.dim
  context.textAlign = 'right'
  context.fillText(shorten(lane.node, 46, 7), GUTTER - 14, top + height / 2)

  context.save()
  context.beginPath()
  context.rect(scale.left, top, width - scale.left, height)
  context.clip()
  drawBars(context, scene, lane.rows, top + 3.5, height - 7)
  context.restore()
}

/** The bars of one lane: first the rows that overlap the window, then what is highlighted, on top. */
function drawBars(context: CanvasRenderingContext2D, scene: Scene, rows: Uint32Array, y: number, height: number): void {
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

/** The pointer's moment, over everything. */
export function drawCursor(surface: Surface, store: Store, palette: Palette): void {
  const ns = store.cursorNs.value
  if (ns === undefined) return
  const scale = timeScale(store.view.value, surface.width)
  const x = Math.round(scale.x(ns)) + 0.5
  if (x < scale.left || x > scale.right) return
  const {context, height} = surface
  context.strokeStyle = palette.dim
  context.setLineDash([2, 3])
  context.beginPath()
  context.moveTo(x, AXIS_HEIGHT)
  context.lineTo(x, height)
  context.stroke()
  context.setLineDash([])
  const label = moment(ns, scale.span.toNs - scale.span.fromNs)
  context.font = FONT.axis
  const width = context.measureText(label).width + 12
  const left = Math.min(Math.max(x - width / 2, scale.left), scale.right - width)
  context.fillStyle = palette.text
  roundRect(context, left, 3, width, AXIS_HEIGHT - 7, 4)
  context.fill()
  context.fillStyle = palette.bg
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillText(label, left + 6, AXIS_HEIGHT / 2)
}

/** As much of a text as fits, with an ellipsis. */
export function shorten(text: string, width: number, perCharacter: number): string {
  const room = Math.floor(width / perCharacter)
  if (text.length <= room) return text
  return room < 2 ? '' : `${text.slice(0, room - 1)}…`
}

export function roundRect(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath()
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2))
}
