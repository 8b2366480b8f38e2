/** Dragging on the overview: a new window, the window moved, or one of its edges. */
import type {Span} from '../data/time.ts'
import {timeScale} from '../paint/scale.ts'
import type {Store} from '../store.ts'

const EDGE_PX = 6

type Grip = 'new' | 'move' | 'from' | 'to'

export function brush(canvas: HTMLCanvasElement, store: Store): () => void {
  const abort = new AbortController()
  const {signal} = abort
  const scaleNow = () => timeScale(store.full, canvas.clientWidth)
  const xOf = (event: MouseEvent) => event.clientX - canvas.getBoundingClientRect().left
  let drag: {grip: Grip; startNs: number; span: Span} | undefined

  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      const x = xOf(event)
      drag = {grip: gripAt(x), startNs: scaleNow().ns(x), span: store.view.value}
      canvas.setPointerCapture(event.pointerId)
    },
    {signal},
  )
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const x = xOf(event)
      if (drag === undefined) {
        canvas.style.cursor = {new: 'crosshair', move: 'grab', from: 'ew-resize', to: 'ew-resize'}[gripAt(x)]
        return
      }
      store.look(moved(drag, scaleNow().ns(x)))
    },
    {signal},
  )
  canvas.addEventListener('pointerup', () => (drag = undefined), {signal})
  canvas.addEventListener('pointercancel', () => (drag = undefined), {signal})
  canvas.addEventListener('dblclick', () => store.look(store.full), {signal})
  return () => abort.abort()

  function gripAt(x: number): Grip {
    const {fromNs, toNs} = store.view.value
    if (fromNs <= store.full.fromNs && toNs >= store.full.toNs) return 'new'
    const scale = scaleNow()
    const [left, right] = [scale.x(fromNs), scale.x(toNs)]
    if (Math.abs(x - left) <= EDGE_PX) return 'from'
    if (Math.abs(x - right) <= EDGE_PX) return 'to'
    return x > left && x < right ? 'move' : 'new'
  }
}

function moved({grip, startNs, span}: {grip: Grip; startNs: number; span: Span}, ns: number): Span {
  if (grip === 'move') return {fromNs: span.fromNs + ns - startNs, toNs: span.toNs + ns - startNs}
  if (grip === 'from') return ordered(ns, span.toNs)
  return grip === 'to' ? ordered(span.fromNs, ns) : ordered(startNs, ns)
}

function ordered(left: number, right: number): Span {
  return {fromNs: Math.min(left, right), toNs: Math.max(left, right)}
}
