/** Paints the network track. */
import {ticks} from '../data/time.ts'
import {bandsIn, hatch, tintBands} from '../paint/bands.ts'
import type {Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {type TimeScale, timeScale} from '../paint/scale.ts'
import {roundRect, shorten} from '../paint/shapes.ts'
import {faultColour, type Palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {AXIS, HEADING, LINK_ROW, NODE_ROW} from './layout.ts'
import type {LinkRow, NodeRow, Rows, Strip} from './rows.ts'

export function drawNetwork(surface: Surface, store: Store, rows: Rows, colours: Palette): void {
  const {context, width, height} = surface
  const scale = timeScale(store.view.value, width)
  axis(context, scale, colours, height)
  let top = AXIS
  heading(context, store.report.payload.leaderships.length > 0 ? 'Leaders and nodes' : 'Nodes', top, colours)
  top += HEADING
  const onLinks = store.report.payload.faults.filter((fault) => fault.links.length > 0)
  tintBands(context, bandsIn(onLinks, scale), top, rows.nodes.length * NODE_ROW)
  for (const row of rows.nodes) {
    nodeRow(context, row, top, scale, colours)
    top += NODE_ROW
  }
  if (rows.links.length > 0) {
    heading(context, 'Links', top, colours)
    top += HEADING
    for (const row of rows.links) {
      linkRow(context, row, top, scale, colours)
      top += LINK_ROW
    }
  }
  const cursor = store.cursorNs.value
  if (cursor === undefined) return
  context.fillStyle = colours.dim
  context.globalAlpha = 0.6
  context.fillRect(Math.round(scale.x(cursor)), AXIS, 1, height)
  context.globalAlpha = 1
}

function axis(context: CanvasRenderingContext2D, scale: TimeScale, colours: Palette, height: number): void {
  context.font = FONT.axis
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const tick of ticks(scale.span, (scale.right - scale.left) / 110)) {
    const x = Math.round(scale.x(tick.ns)) + 0.5
    context.fillStyle = colours.faint
    context.fillRect(x, AXIS - 4, 1, height)
    context.fillStyle = colours.dim
    context.fillText(tick.label, x, AXIS / 2)
  }
}

function heading(context: CanvasRenderingContext2D, text: string, top: number, colours: Palette): void {
  context.font = FONT.strong
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillStyle = colours.muted
  context.fillText(text, 16, top + HEADING / 2 + 2)
}

function nodeRow(
  context: CanvasRenderingContext2D,
  row: NodeRow,
  top: number,
  scale: TimeScale,
  colours: Palette,
): void {
  const [y, height] = [top + 6, NODE_ROW - 12]
  name(context, row.node, top + NODE_ROW / 2, scale, colours)
  context.fillStyle = colours.faint
  context.fillRect(scale.left, top + NODE_ROW / 2, scale.right - scale.left, 1)
  clipped(context, scale, () => {
    for (const leadership of row.leaderships) {
      if (leadership.endNs < scale.span.fromNs || leadership.startNs > scale.span.toNs) continue
      const left = Math.max(scale.x(leadership.startNs), scale.left - 8)
      const width = Math.max(2, Math.min(scale.x(leadership.endNs), scale.right) - left)
      context.fillStyle = colours.leader
      roundRect(context, left, y, width, height, 4)
      context.fill()
      if (width < 36) continue
      context.font = FONT.axis
      context.textAlign = 'left'
      context.fillStyle = colours['ok-text']
      const label =
        leadership.term === '' ? 'leader' : width > 96 ? `leader, term ${leadership.term}` : `t${leadership.term}`
      context.fillText(shorten(label, width - 10, 6), Math.max(left, scale.left) + 7, y + height / 2 + 0.5)
    }
    for (const strip of row.strips) drawStrip(context, strip, y, height, scale, colours, true)
    context.fillStyle = colours.dim
    for (const mark of row.marks) {
      if (mark.timeNs < scale.span.fromNs || mark.timeNs > scale.span.toNs) continue
      context.fillRect(Math.round(scale.x(mark.timeNs)), top + NODE_ROW - 6, 2, 5)
    }
  })
}

function linkRow(
  context: CanvasRenderingContext2D,
  row: LinkRow,
  top: number,
  scale: TimeScale,
  colours: Palette,
): void {
  name(context, row.label, top + LINK_ROW / 2, scale, colours)
  context.fillStyle = colours.faint
  context.fillRect(scale.left, top + LINK_ROW / 2, scale.right - scale.left, 1)
  clipped(context, scale, () => {
    for (const strip of row.strips) drawStrip(context, strip, top + 4, LINK_ROW - 8, scale, colours, false)
  })
}

function drawStrip(
  context: CanvasRenderingContext2D,
  strip: Strip,
  y: number,
  height: number,
  scale: TimeScale,
  colours: Palette,
  named: boolean,
): void {
  const band = bandsIn([strip.fault], scale)[0]
  if (band === undefined) return
  const width = band.right - band.left
  const colour = faultColour(strip.fault.fault)
  context.fillStyle = colour
  context.globalAlpha = named ? 0.42 : 0.75
  roundRect(context, band.left, y, width, height, 3)
  context.fill()
  context.globalAlpha = 1
  if (named || !strip.fault.verified) hatch(context, band.left, y, width, height, named ? colour : colours.bg)
  if (!named || width < 40) return
  context.font = FONT.strong
  context.textAlign = 'left'
  context.fillStyle = colours.text
  context.fillText(shorten(strip.fault.fault, width - 10, 6.2), band.left + 7, y + height / 2 + 0.5)
}

function name(context: CanvasRenderingContext2D, text: string, y: number, scale: TimeScale, colours: Palette): void {
  context.font = FONT.lane
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillStyle = colours.text
  context.fillText(shorten(text, scale.left - 24, 7.2), 16, y)
}

function clipped(context: CanvasRenderingContext2D, scale: TimeScale, paint: () => void): void {
  context.save()
  context.beginPath()
  context.rect(scale.left, 0, scale.right - scale.left, 1e6)
  context.clip()
  paint()
  context.restore()
}
