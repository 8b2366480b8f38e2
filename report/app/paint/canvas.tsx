/**
 * A canvas that follows its element's size and the screen's pixels, and repaints at most once a frame, whenever a signal
 * that its painter reads has changed.
 */
import {effect} from '@preact/signals'
import type {CanvasHTMLAttributes} from 'preact'
import {useEffect, useRef} from 'preact/hooks'

export interface Surface {
  readonly context: CanvasRenderingContext2D
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly ratio: number
}

export type Painter = (surface: Surface) => void

interface Props extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'ref'> {
  readonly paint: Painter
  /** Called with the element once it exists; what it returns runs when it goes. */
  readonly attach?: (canvas: HTMLCanvasElement) => (() => void) | undefined
}

export function Canvas({paint, attach, ...rest}: Props) {
  const ref = useRef<HTMLCanvasElement>(null)
  const painter = useRef(paint)
  painter.current = paint
  const repaint = useRef<() => void>(() => {})

  useEffect(() => {
    const canvas = ref.current as HTMLCanvasElement
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    let stop: (() => void) | undefined
    let frame = 0
    const run = () => {
      frame = 0
      stop?.()
      let first = true
      // The painter runs inside an effect so that its signals are known; the effect only asks for the next frame.
      stop = effect(() => {
        if (first) paintOnce(canvas, context, painter.current)
        else ask()
        first = false
      })
    }
    const ask = () => {
      if (frame === 0) frame = requestAnimationFrame(run)
    }
    repaint.current = ask
    const observer = new ResizeObserver(ask)
    observer.observe(canvas)
    run()
    const detach = attach?.(canvas)
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
      stop?.()
      detach?.()
    }
  }, [attach])

  useEffect(() => repaint.current())
  // What has no label is drawn over or under something that has one.
  return <canvas ref={ref} aria-hidden={rest['aria-label'] === undefined} {...rest} />
}

function paintOnce(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, paint: Painter): void {
  const ratio = devicePixelRatio || 1
  const {clientWidth: width, clientHeight: height} = canvas
  if (width === 0 || height === 0) return
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth
    canvas.height = pixelHeight
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  paint({context, width, height, ratio})
}
