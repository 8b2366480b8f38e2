/**
 * A dot per operation: when it was asked, how long it took, how it ended. The dots are written straight into pixels, one
 * pass whatever their number.
 */
import {useMemo} from 'preact/hooks'
import {firstAfter} from '../data/neighbours.ts'
import type {Table} from '../data/table.ts'
import {duration, moment} from '../data/time.ts'
import {bandsIn, tintBands} from '../paint/bands.ts'
import {Canvas, type Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {type TimeScale, timeScale} from '../paint/scale.ts'
import {type Palette, palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'

const TOP = 8
const BOTTOM = 10

interface Range {
  readonly low: number
  readonly high: number
}

export function Scatter({store}: {readonly store: Store}) {
  const range = useMemo(() => decades(store.report.table), [store])
  const attach = useMemo(() => (canvas: HTMLCanvasElement) => picking(canvas, store, range), [store, range])
  return (
    <figure class="chart">
      <figcaption>
        Latency of every operation
        <ul class="legend">
          <li>
            <i class="dot ok" /> ok
          </li>
          <li>
            <i class="dot fail" /> failed
          </li>
          <li>
            <i class="dot info" /> unknown (until the client gave up)
          </li>
        </ul>
      </figcaption>
      <div class="scatter">
        <Canvas
          class="fill"
          role="img"
          aria-label="Latency of every operation over time, logarithmic"
          attach={attach}
          paint={(surface) => draw(surface, store, range, palette.value)}
        />
        <Canvas class="fill passive" paint={(surface) => cursor(surface, store, range, palette.value)} />
      </div>
    </figure>
  )
}

function draw(surface: Surface, store: Store, range: Range, colours: Palette): void {
  const {context, width, height, ratio} = surface
  const scale = timeScale(store.view.value, width)
  tintBands(context, bandsIn(store.report.payload.faults, scale), TOP, height - TOP - BOTTOM)
  context.font = FONT.axis
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (let decade = range.low; decade <= range.high; decade++) {
    const y = Math.round(yOf(10 ** decade, range, height)) + 0.5
    context.fillStyle = colours.faint
    context.fillRect(scale.left, y, scale.right - scale.left, 1)
    context.fillStyle = colours.dim
    context.fillText(duration(10 ** decade).replace(/\.0+ /, ' '), scale.left - 10, y)
  }
  dots(context, store, scale, range, height, ratio, colours)
}

/** Failures and unknowns are drawn larger, and after the rest. */
function dots(
  context: CanvasRenderingContext2D,
  store: Store,
  scale: TimeScale,
  range: Range,
  height: number,
  ratio: number,
  colours: Palette,
): void {
  const {table} = store.report
  const width = Math.max(1, Math.round((scale.right + 8) * ratio))
  const rows = Math.max(1, Math.round(height * ratio))
  const image = new ImageData(width, rows)
  const pixels = new Uint32Array(image.data.buffer)
  const inks = [inkOf(colours.accent), inkOf(colours.fail), inkOf(colours.info)]
  // Where there are more dots than can be told apart, each is fainter, so that crowds still have a shape.
  const alpha = Math.round(Math.max(26, Math.min(110, 3e6 / table.rows)))
  const place = (row: number, size: number, gain: number) => {
    const startNs = table.startNs[row]!
    const x = Math.round(scale.x(startNs) * ratio)
    const y = Math.round(yOf(table.endNs[row]! - startNs, range, height) * ratio)
    stamp(pixels, width, rows, x, y, Math.round(size * ratio), inks[table.outcome(row)]!, gain)
  }
  const troubled: number[] = []
  for (let row = firstAfter(table, scale.span.fromNs - 1); row < table.rows; row++) {
    if (table.startNs[row]! > scale.span.toNs) break
    if (table.isOpen(row)) continue
    if (table.outcome(row) === 0) place(row, 2, alpha)
    else troubled.push(row)
  }
  for (const row of troubled) place(row, 3, 110)
  const layer = new OffscreenCanvas(width, rows)
  layer.getContext('2d')?.putImageData(image, 0, 0)
  context.drawImage(layer, 0, 0, width / ratio, rows / ratio)
}

/** Denser where dots lie over each other. */
function stamp(
  pixels: Uint32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  size: number,
  ink: number,
  gain: number,
): void {
  for (let dy = 0; dy < size; dy++) {
    const line = y + dy
    if (line < 0 || line >= height) continue
    for (let dx = 0; dx < size; dx++) {
      const at = line * width + x + dx
      const alpha = Math.min(255, (pixels[at]! >>> 24) + gain)
      pixels[at] = ((alpha << 24) | ink) >>> 0
    }
  }
}

/** `#rrggbb` as the blue, green and red bytes of a little-endian pixel. */
function inkOf(colour: string): number {
  const value = Number.parseInt(colour.slice(1), 16)
  return ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)
}

function decades(table: Table): Range {
  const low = Math.max(table.shortestNs, 100)
  const high = Math.max(table.longestNs, 100)
  return {
    low: Math.floor(Math.log10(Math.min(low, 1e9))),
    high: Math.max(6, Math.ceil(Math.log10(Math.max(high, 1e3)))),
  }
}

function yOf(ns: number, {low, high}: Range, height: number): number {
  const share = (Math.log10(Math.max(ns, 100)) - low) / Math.max(1, high - low)
  return TOP + (1 - share) * (height - TOP - BOTTOM)
}

function cursor({context, width, height}: Surface, store: Store, range: Range, colours: Palette): void {
  const scale = timeScale(store.view.value, width)
  const ns = store.cursorNs.value
  if (ns !== undefined && ns >= scale.span.fromNs && ns <= scale.span.toNs) {
    context.fillStyle = colours.dim
    context.globalAlpha = 0.6
    context.fillRect(Math.round(scale.x(ns)), TOP, 1, height - TOP - BOTTOM)
    context.globalAlpha = 1
    context.font = FONT.axis
    context.fillText(moment(ns, scale.span.toNs - scale.span.fromNs), Math.round(scale.x(ns)) + 6, TOP + 8)
  }
  const selection = store.selection.value
  if (selection?.kind !== 'op' || store.report.table.isOpen(selection.row)) return
  const {startNs, endNs} = store.report.table
  const startOf = startNs[selection.row]!
  if (startOf < scale.span.fromNs || startOf > scale.span.toNs) return
  context.strokeStyle = colours.text
  context.lineWidth = 2
  context.beginPath()
  context.arc(scale.x(startOf) + 1, yOf(endNs[selection.row]! - startOf, range, height) + 1, 6, 0, Math.PI * 2)
  context.stroke()
}

/** Pointer, click and wheel. */
function picking(canvas: HTMLCanvasElement, store: Store, range: Range): () => void {
  const abort = new AbortController()
  const {signal} = abort
  const scaleNow = () => timeScale(store.view.value, canvas.clientWidth)
  canvas.addEventListener('pointermove', (event) => (store.cursorNs.value = scaleNow().ns(event.offsetX)), {signal})
  canvas.addEventListener('pointerleave', () => (store.cursorNs.value = undefined), {signal})
  canvas.addEventListener(
    'click',
    (event) => {
      const row = nearest(store, scaleNow(), range, canvas.clientHeight, event.offsetX, event.offsetY)
      if (row !== undefined) store.selection.value = {kind: 'op', row}
    },
    {signal},
  )
  canvas.addEventListener(
    'wheel',
    (event) => {
      // The charts scroll as a page; zooming needs a modifier here.
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      store.zoom(Math.exp(event.deltaY * 0.0016), scaleNow().ns(event.offsetX))
    },
    {signal, passive: false},
  )
  return () => abort.abort()
}

function nearest(
  store: Store,
  scale: TimeScale,
  range: Range,
  height: number,
  x: number,
  y: number,
): number | undefined {
  const {table} = store.report
  let best: number | undefined
  let bestDistance = 10
  for (let row = 0; row < table.rows; row++) {
    if (table.isOpen(row)) continue
    const dx = scale.x(table.startNs[row]!) - x
    if (dx < -10 || dx > 10) continue
    const distance = Math.hypot(dx, yOf(table.endNs[row]! - table.startNs[row]!, range, height) - y)
    if (distance < bestDistance) {
      best = row
      bestDistance = distance
    }
  }
  return best
}
