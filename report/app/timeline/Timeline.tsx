/** Every operation of the run, a lane per worker, under the faults. Wheel zooms, drag pans, a click opens the details. */
import {computed, signal} from '@preact/signals'
import {useMemo} from 'preact/hooks'
import {Canvas} from '../paint/canvas.tsx'
import {timeScale} from '../paint/scale.ts'
import {palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {drawCursor, drawTimeline} from './draw.ts'
import {gestures} from './gestures.ts'
import type {Pointed} from './hit.ts'
import {timelineLayout} from './layout.ts'
import {OperationTable} from './OperationTable.tsx'
import {Toolbar} from './Toolbar.tsx'
import {Tooltip} from './Tooltip.tsx'

export function Timeline({store}: {readonly store: Store}) {
  const local = useMemo(
    () => ({scroll: signal(0), pointed: signal<Pointed | undefined>(undefined), asTable: signal(false)}),
    [],
  )
  const mask = useMemo(() => computed(() => maskOf(store)), [store])
  const {payload, table} = store.report
  const layoutFor = (height: number) => timelineLayout(payload.faults, table.lanes.length, height)
  const attach = useMemo(
    () => (canvas: HTMLCanvasElement) => gestures(canvas, store, local.scroll, local.pointed, layoutFor),
    [store],
  )
  return (
    <section class="view timeline" aria-label="Timeline of operations">
      <Toolbar store={store} asTable={local.asTable} />
      {local.asTable.value ? (
        <OperationTable store={store} />
      ) : (
        <div class="stage">
          <Canvas
            class="fill"
            paint={(surface) => {
              const layout = layoutFor(surface.height)
              const scroll = Math.min(local.scroll.value, layout.scrollRange)
              const scale = timeScale(store.view.value, surface.width)
              const selection = store.selection.value
              const selected = selection?.kind === 'op' ? selection.row : -1
              drawTimeline(surface, {store, layout, scale, palette: palette.value, scroll, mask: mask.value, selected})
            }}
          />
          <Canvas
            class="fill"
            role="application"
            tabIndex={0}
            aria-label="Timeline. Left and right step through operations, up and down change the lane, plus and minus zoom."
            attach={attach}
            paint={(surface) => drawCursor(surface, store, palette.value)}
          />
          {table.rows === 0 && <p class="empty">The history holds no client operation.</p>}
          <Tooltip store={store} pointed={local.pointed} />
        </div>
      )}
    </section>
  )
}

function maskOf(store: Store): Uint8Array | undefined {
  const matches = store.matches.value
  if (matches === undefined) return undefined
  const mask = new Uint8Array(store.report.table.rows)
  for (const row of matches) mask[row] = 1
  return mask
}
