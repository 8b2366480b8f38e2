/** The whole run at a glance: how busy, what failed, which faults, where the evidence is; and the window of every tab. */
import {useMemo} from 'preact/hooks'
import type {Table} from '../data/table.ts'
import {ticks} from '../data/time.ts'
import {bandsIn} from '../paint/bands.ts'
import {Canvas, type Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {timeScale} from '../paint/scale.ts'
import {faultColour, type Palette, palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {brush} from './brush.ts'

const BINS = 480
const TOP = 14
const BARS = 24
const FAULTS = 6

export function Minimap({store}: {readonly store: Store}) {
  const bins = useMemo(() => binned(store), [store])
  const attach = useMemo(() => (canvas: HTMLCanvasElement) => brush(canvas, store), [store])
  const reset = store.view.value.fromNs > store.full.fromNs || store.view.value.toNs < store.full.toNs
  return (
    <div class="minimap">
      <Canvas
        class="fill"
        role="img"
        aria-label="Overview of the run; drag to choose the window of time"
        attach={attach}
        paint={(surface) => draw(surface, store, bins, palette.value)}
      />
      {reset && (
        <button type="button" class="quiet reset" title="Show the whole run (0)" onClick={() => store.look(store.full)}>
          Whole run
        </button>
      )}
    </div>
  )
}

interface Bins {
  readonly calm: Uint32Array
  readonly troubled: Uint32Array
  readonly highest: number
}

/** Operations per slice of time, those that succeeded and those that did not. */
function binned(store: Store): Bins {
  const {table} = store.report
  const {fromNs, toNs} = store.full
  const calm = new Uint32Array(BINS)
  const troubled = new Uint32Array(BINS)
  const perNs = BINS / (toNs - fromNs)
  for (let row = 0; row < table.rows; row++) {
    const bin = Math.min(BINS - 1, Math.floor((table.startNs[row]! - fromNs) * perNs))
    if (table.outcome(row) === 0) calm[bin]!++
    else troubled[bin]!++
  }
  let highest = 1
  for (let bin = 0; bin < BINS; bin++) highest = Math.max(highest, calm[bin]! + troubled[bin]!)
  return {calm, troubled, highest}
}

function draw(surface: Surface, store: Store, bins: Bins, colours: Palette): void {
  const {context, width, height} = surface
  const scale = timeScale(store.full, width)
  context.font = FONT.small
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillStyle = colours.dim
  context.fillText('overview', 16, TOP + BARS / 2)
  context.textAlign = 'center'
  for (const tick of ticks(store.full, (scale.right - scale.left) / 130)) {
    context.fillText(tick.label, scale.x(tick.ns), 6)
  }
  const slot = (scale.right - scale.left) / BINS
  for (let bin = 0; bin < BINS; bin++) {
    const x = scale.left + bin * slot
    const calm = (bins.calm[bin]! / bins.highest) * BARS
    const troubled = bins.troubled[bin] === 0 ? 0 : Math.max(1.5, (bins.troubled[bin]! / bins.highest) * BARS)
    context.fillStyle = colours['ok-read']
    context.fillRect(x, TOP + BARS - calm, Math.max(1, slot - 0.5), calm)
    context.fillStyle = colours.info
    context.fillRect(x, TOP + BARS - calm - troubled, Math.max(1, slot - 0.5), troubled)
  }
  for (const band of bandsIn(store.report.payload.faults, scale)) {
    context.fillStyle = faultColour(band.fault.fault)
    context.globalAlpha = band.fault.verified ? 0.9 : 0.35
    context.fillRect(band.left, TOP + BARS + 3, band.right - band.left, FAULTS)
  }
  context.globalAlpha = 1
  drawPins(context, store.report.table, store, scale.x, colours)
  drawWindow(surface, store, scale.x, height, colours)
}

function drawPins(
  context: CanvasRenderingContext2D,
  table: Table,
  store: Store,
  x: (ns: number) => number,
  colours: Palette,
): void {
  const found = store.matches.value
  if (found !== undefined) {
    context.fillStyle = colours.match
    let last = -1
    for (const row of found) {
      const at = Math.round(x(table.startNs[row]!))
      if (at !== last) context.fillRect(at, TOP, 1, BARS)
      last = at
    }
  }
  context.fillStyle = colours.bad
  const pins = store.impossible.size > 0 ? store.impossible : store.evidence
  for (const row of pins) {
    const at = x(table.startNs[row]!)
    context.fillRect(at - 0.5, TOP - 2, 1, BARS + 4)
    context.beginPath()
    context.moveTo(at - 4, TOP - 6)
    context.lineTo(at + 4, TOP - 6)
    context.lineTo(at, TOP + 1)
    context.fill()
  }
}

function drawWindow(
  {context, width}: Surface,
  store: Store,
  x: (ns: number) => number,
  height: number,
  colours: Palette,
): void {
  const {fromNs, toNs} = store.view.value
  const [left, right] = [x(fromNs), Math.max(x(toNs), x(fromNs) + 2)]
  const whole = fromNs <= store.full.fromNs && toNs >= store.full.toNs
  if (!whole) {
    context.globalAlpha = 0.62
    context.fillStyle = colours.bg
    const from = timeScale(store.full, width).left
    context.fillRect(from, TOP - 2, left - from, height)
    context.fillRect(right, TOP - 2, width - right, height)
    context.globalAlpha = 1
  }
  context.strokeStyle = whole ? colours.line : colours.accent
  context.lineWidth = 1
  context.strokeRect(Math.round(left) + 0.5, TOP - 1.5, Math.round(right - left) - 1, height - TOP - 1)
  if (whole) return
  context.fillStyle = colours.accent
  for (const edge of [left, right]) context.fillRect(Math.round(edge) - 1.5, TOP + 8, 3, 14)
}
