/** A chart of lines on the shared time axis: fault bands below, a linked cursor, and a drag that sets the window. */
import {useMemo} from 'preact/hooks'
import {ticks} from '../data/time.ts'
import {bandsIn, tintBands} from '../paint/bands.ts'
import {Canvas, type Surface} from '../paint/canvas.tsx'
import {FONT} from '../paint/font.ts'
import {type TimeScale, timeScale} from '../paint/scale.ts'
import {type Palette, palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {type Heights, heightsOf} from './heights.ts'
import {windowDrag} from './window-drag.ts'

export interface Line {
  readonly label: string
  readonly colour: string
  /** By slice; null where there is none. */
  readonly values: readonly (number | null)[]
  readonly dash: readonly number[]
}

interface Props {
  readonly store: Store
  readonly title: string
  /** Middle of each slice, seconds. */
  readonly timesS: readonly number[]
  readonly lines: readonly Line[]
  readonly logarithmic?: boolean
  readonly format: (value: number) => string
}

const TOP = 8
const BOTTOM = 22

export function Lines({store, title, timesS, lines, format, logarithmic = false}: Props) {
  const heights = useMemo(() => heightsOf(lines, logarithmic), [lines, logarithmic])
  const drag = useMemo(() => windowDrag(store), [store])
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <Values store={store} timesS={timesS} lines={lines} format={format} />
      </figcaption>
      <div class="plot">
        <Canvas
          class="fill"
          role="img"
          aria-label={`${title}, over time: ${lines.map(({label}) => label).join(', ')}`}
          attach={drag.attach}
          paint={(surface) => draw(surface, store, timesS, lines, heights, format, palette.value)}
        />
        <Canvas class="fill passive" paint={(surface) => drawCursor(surface, store, drag.selected, palette.value)} />
        {lines.length === 0 && <p class="empty">No operation in this window.</p>}
      </div>
    </figure>
  )
}

/** The legend, with the values at the cursor. */
function Values({store, timesS, lines, format}: Pick<Props, 'store' | 'timesS' | 'lines' | 'format'>) {
  const ns = store.cursorNs.value
  const step = (timesS[1] ?? 0) - (timesS[0] ?? 0)
  const at = ns === undefined ? -1 : Math.round((ns / 1e9 - (timesS[0] ?? 0)) / Math.max(step, 1e-9))
  return (
    <ul class="legend">
      {lines.map(({label, colour, dash, values}) => {
        const value = values[at]
        return (
          <li key={label}>
            <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
              <line x1="0" x2="22" y1="4" y2="4" stroke={colour} stroke-width="2" stroke-dasharray={dash.join(' ')} />
            </svg>
            {label}
            {at >= 0 && <b>{value === undefined || value === null ? '–' : format(value)}</b>}
          </li>
        )
      })}
    </ul>
  )
}

function draw(
  surface: Surface,
  store: Store,
  timesS: readonly number[],
  lines: readonly Line[],
  heights: Heights,
  format: (value: number) => string,
  colours: Palette,
): void {
  const {context, width, height} = surface
  const scale = timeScale(store.view.value, width)
  const bottom = height - BOTTOM
  tintBands(context, bandsIn(store.report.payload.faults, scale), TOP, bottom - TOP)
  context.font = FONT.axis
  context.textBaseline = 'middle'
  const y = (value: number) => bottom - heights.share(value) * (bottom - TOP)
  context.textAlign = 'right'
  for (const value of heights.ticks) {
    const at = Math.round(y(value)) + 0.5
    context.fillStyle = colours.faint
    context.fillRect(scale.left, at, scale.right - scale.left, 1)
    context.fillStyle = colours.dim
    context.fillText(format(value), scale.left - 10, at)
  }
  context.textAlign = 'center'
  for (const {ns, label} of ticks(scale.span, (scale.right - scale.left) / 110)) {
    context.fillText(label, Math.round(scale.x(ns)), height - BOTTOM / 2)
  }
  for (const line of lines) drawLine(context, timesS, line, scale, y)
}

function drawLine(
  context: CanvasRenderingContext2D,
  timesS: readonly number[],
  {values, colour, dash}: Line,
  scale: TimeScale,
  y: (value: number) => number,
): void {
  context.strokeStyle = colour
  context.fillStyle = colour
  context.lineWidth = 1.5
  context.setLineDash([...dash])
  context.beginPath()
  let open = false
  values.forEach((value, at) => {
    if (value === null) {
      open = false
      return
    }
    const [x, top] = [scale.x(timesS[at]! * 1e9), y(value)]
    if (open) context.lineTo(x, top)
    else context.moveTo(x, top)
    // A value between two gaps is no line; it is a dot.
    if (!open && (values[at + 1] ?? null) === null) context.fillRect(x - 1.5, top - 1.5, 3, 3)
    open = true
  })
  context.stroke()
  context.setLineDash([])
}

function drawCursor(
  surface: Surface,
  store: Store,
  selected: ReturnType<typeof windowDrag>['selected'],
  colours: Palette,
): void {
  const {context, width, height} = surface
  const scale = timeScale(store.view.value, width)
  const span = selected.value
  if (span !== undefined) {
    context.fillStyle = colours.accent
    context.globalAlpha = 0.16
    context.fillRect(scale.x(span.fromNs), TOP, scale.x(span.toNs) - scale.x(span.fromNs), height - BOTTOM - TOP)
    context.globalAlpha = 1
  }
  const ns = store.cursorNs.value
  if (ns === undefined || ns < scale.span.fromNs || ns > scale.span.toNs) return
  context.fillStyle = colours.dim
  context.globalAlpha = 0.6
  context.fillRect(Math.round(scale.x(ns)), TOP, 1, height - BOTTOM - TOP)
  context.globalAlpha = 1
}
