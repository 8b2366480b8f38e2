/** Wheel, drag, click and double click on a canvas with the shared time axis. */
import type {Signal} from '@preact/signals'
import {timeScale} from '../paint/scale.ts'
import type {Store} from '../store.ts'
import {type Hit, hitTest, type Pointed} from './hit.ts'
import type {TimelineLayout} from './layout.ts'

/** A press that moves less than this is a click. */
const CLICK_PX = 4

export function gestures(
  canvas: HTMLCanvasElement,
  store: Store,
  scroll: Signal<number>,
  pointed: Signal<Pointed | undefined>,
  layoutFor: (height: number) => TimelineLayout,
): () => void {
  const abort = new AbortController()
  const {signal} = abort
  const place = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect()
    return {x: event.clientX - box.left, y: event.clientY - box.top}
  }
  const scaleNow = () => timeScale(store.view.value, canvas.clientWidth)
  const hitAt = (x: number, y: number): Hit | undefined => {
    const layout = layoutFor(canvas.clientHeight)
    return hitTest(store, layout, scaleNow(), Math.min(scroll.value, layout.scrollRange), x, y)
  }
  const scrollBy = (pixels: number) => {
    const {scrollRange} = layoutFor(canvas.clientHeight)
    scroll.value = Math.min(Math.max(0, scroll.value + pixels), scrollRange)
  }

  let drag: {x: number; y: number; scroll: number; fromNs: number; toNs: number; moved: boolean} | undefined
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      const {x, y} = place(event)
      drag = {x, y, scroll: scroll.value, ...store.view.value, moved: false}
      canvas.setPointerCapture(event.pointerId)
    },
    {signal},
  )
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const {x, y} = place(event)
      store.cursorNs.value = scaleNow().ns(x)
      if (drag === undefined) {
        const hit = hitAt(x, y)
        pointed.value = hit === undefined ? undefined : {hit, x, y}
        canvas.style.cursor = hit === undefined ? '' : 'pointer'
        return
      }
      if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < CLICK_PX) return
      drag.moved = true
      pointed.value = undefined
      canvas.style.cursor = 'grabbing'
      const {left, right} = scaleNow()
      const byNs = ((drag.x - x) / (right - left)) * (drag.toNs - drag.fromNs)
      store.look({fromNs: drag.fromNs + byNs, toNs: drag.toNs + byNs})
      scroll.value = drag.scroll
      scrollBy(drag.y - y)
    },
    {signal},
  )
  canvas.addEventListener(
    'pointerup',
    (event) => {
      const {x, y} = place(event)
      if (drag !== undefined && !drag.moved) {
        const hit = hitAt(x, y)
        store.selection.value = hit === undefined ? undefined : hit
      }
      drag = undefined
      canvas.style.cursor = ''
    },
    {signal},
  )
  canvas.addEventListener('pointercancel', () => (drag = undefined), {signal})
  canvas.addEventListener(
    'pointerleave',
    () => {
      pointed.value = undefined
      store.cursorNs.value = undefined
    },
    {signal},
  )
  canvas.addEventListener('dblclick', (event) => store.zoom(0.25, scaleNow().ns(place(event).x)), {signal})
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const unit = event.deltaMode === 1 ? 16 : 1
      if (event.shiftKey) return scrollBy((event.deltaY || event.deltaX) * unit)
      const {fromNs, toNs} = store.view.value
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const byNs = ((event.deltaX * unit) / canvas.clientWidth) * (toNs - fromNs)
        return store.look({fromNs: fromNs + byNs, toNs: toNs + byNs})
      }
      store.zoom(Math.exp(event.deltaY * unit * 0.0016), scaleNow().ns(place(event).x))
    },
    {signal, passive: false},
  )
  return () => abort.abort()
}
