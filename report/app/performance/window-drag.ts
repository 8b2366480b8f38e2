/** A drag across a chart sets the window for every tab; the pointer's moment is the cursor of every chart. */
import {type Signal, signal} from '@preact/signals'
import type {Span} from '../data/time.ts'
import {timeScale} from '../paint/scale.ts'
import type {Store} from '../store.ts'

/** A press that moves less than this selects nothing. */
const LEAST_PX = 4

export interface WindowDrag {
  /** What is being selected. */
  readonly selected: Signal<Span | undefined>
  attach(canvas: HTMLCanvasElement): () => void
}

export function windowDrag(store: Store): WindowDrag {
  const selected = signal<Span | undefined>(undefined)
  return {selected, attach: (canvas) => follow(canvas, store, selected)}
}

function follow(canvas: HTMLCanvasElement, store: Store, selected: Signal<Span | undefined>): () => void {
  const abort = new AbortController()
  const {signal: until} = abort
  const momentAt = (x: number) => timeScale(store.view.value, canvas.clientWidth).ns(x)
  let fromX: number | undefined
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      fromX = event.offsetX
      canvas.setPointerCapture(event.pointerId)
    },
    {signal: until},
  )
  canvas.addEventListener(
    'pointermove',
    (event) => {
      store.cursorNs.value = momentAt(event.offsetX)
      if (fromX === undefined || Math.abs(event.offsetX - fromX) < LEAST_PX) return
      const [left, right] = [Math.min(fromX, event.offsetX), Math.max(fromX, event.offsetX)]
      selected.value = {fromNs: momentAt(left), toNs: momentAt(right)}
    },
    {signal: until},
  )
  canvas.addEventListener(
    'pointerup',
    () => {
      fromX = undefined
      const span = selected.value
      selected.value = undefined
      if (span !== undefined) store.look(span)
    },
    {signal: until},
  )
  const leave = () => {
    store.cursorNs.value = undefined
  }
  canvas.addEventListener('pointerleave', leave, {signal: until})
  canvas.addEventListener(
    'pointercancel',
    () => {
      fromX = undefined
      selected.value = undefined
    },
    {signal: until},
  )
  return () => abort.abort()
}
