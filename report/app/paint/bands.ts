/** Faults, drawn the same way in every chart: a tint over what they overlap, edges, and a hatch when nobody saw them bite. */
import type {PayloadFault} from '../../payload.ts'
import type {TimeScale} from './scale.ts'
import {faultColour} from './theme.ts'

export interface Band {
  readonly at: number
  readonly fault: PayloadFault
  readonly left: number
  readonly right: number
}

/** The faults within the window, where they are. */
export function bandsIn(faults: readonly PayloadFault[], scale: TimeScale): Band[] {
  const bands: Band[] = []
  for (const [at, fault] of faults.entries()) {
    const endNs = fault.endNs ?? Number.POSITIVE_INFINITY
    if (endNs < scale.span.fromNs || fault.startNs > scale.span.toNs) continue
    const left = Math.max(scale.left, scale.x(fault.startNs))
    const right = Math.min(scale.right, Number.isFinite(endNs) ? scale.x(endNs) : scale.right)
    bands.push({at, fault, left, right: Math.max(right, left + 1)})
  }
  return bands
}

/** Tints the whole height under the marks of a chart. */
export function tintBands(
  context: CanvasRenderingContext2D,
  bands: readonly Band[],
  top: number,
  height: number,
  strength = 1,
): void {
  for (const band of bands) {
    context.fillStyle = band.fault.verified ? faultColour(band.fault.fault) : '#888888'
    context.globalAlpha = 0.055 * strength
    context.fillRect(band.left, top, band.right - band.left, height)
    context.globalAlpha = 0.28 * strength
    context.fillRect(band.left, top, 1, height)
    context.fillRect(band.right - 1, top, 1, height)
  }
  context.globalAlpha = 1
}

/** Diagonal strokes inside a rectangle: the mark of a fault that no probe confirmed, and of nodes that are down. */
export function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  for (let at = x - height - (x % 5); at < x + width; at += 5) {
    context.moveTo(at, y + height)
    context.lineTo(at + height, y)
  }
  context.stroke()
  context.restore()
}
