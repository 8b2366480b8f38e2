/** Paints the timeline: axis, faults, a lane per worker; the bars of a lane are in `bars.ts`. */
import {moment, ticks} from '../data/time.ts'
import {type Band, bandsIn, hatch, tintBands} from '../paint/bands.ts'
import type {Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {timeScale} from '../paint/scale.ts'
import {roundRect, shorten} from '../paint/shapes.ts'
import {faultColour, type Palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {drawBars, LABEL_FROM_PX, type Scene} from './bars.ts'
import {AXIS_HEIGHT, FAULT_ROW_HEIGHT} from './layout.ts'

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

function drawFaultRows(
  context: CanvasRenderingContext2D,
  {layout, palette, scale}: Scene,
  bands: readonly Band[],
): void {
  context.font = FONT.axis
  context.textBaseline = 'middle'
  for (const [at, name] of layout.faultRows.entries()) {
    const top = AXIS_HEIGHT + at * FAULT_ROW_HEIGHT
    context.textAlign = 'left'
    context.fillStyle = palette.muted
    context.fillText(shorten(name, scale.left - 30, 6), 16, top + FAULT_ROW_HEIGHT / 2)
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
  context.fillRect(scale.left, top + height - 0.5, width - scale.left, 1)
  context.font = FONT.lane
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillStyle = palette.text
  context.fillText(lane.label, 16, top + height / 2)
  context.fillStyle = palette.dim
  context.textAlign = 'right'
  context.fillText(shorten(lane.node, 46, 7), scale.left - 14, top + height / 2)

  context.save()
  context.beginPath()
  context.rect(scale.left, top, width - scale.left, height)
  context.clip()
  drawBars(context, scene, lane.rows, top + 3.5, height - 7)
  context.restore()
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
