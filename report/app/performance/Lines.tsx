/** One uPlot chart on the shared time axis: fault bands below, a linked cursor, and a drag that sets the window. */
import {effect} from '@preact/signals'
import {useEffect, useRef} from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import {bandsIn, tintBands} from '../paint/bands.ts'
import {FONT} from '../paint/font.ts'
import {GUTTER, MARGIN, timeScale} from '../paint/scale.ts'
import {type Palette, palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'

export interface Line {
  readonly label: string
  readonly colour: string
  readonly values: readonly (number | null)[]
  readonly dash: readonly number[]
}

interface Props {
  readonly store: Store
  readonly title: string
  readonly timesS: readonly number[]
  readonly lines: readonly Line[]
  readonly logarithmic?: boolean
  readonly format: (value: number) => string
}

const HEIGHT = 176

export function Lines(props: Props) {
  const {store, title, timesS, lines, format, logarithmic = false} = props
  const ref = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  const shape = lines.map((line) => line.label).join('|')
  const colours = palette.value
  const data = [timesS, ...lines.map((line) => line.values)] as uPlot.AlignedData

  // Rebuilt when its lines or colours change; the data follow in the next effect.
  useEffect(() => {
    const element = ref.current as HTMLDivElement
    const plot = new uPlot(options(store, lines, format, logarithmic, colours, element.clientWidth), data, element)
    chart.current = plot
    const observer = new ResizeObserver(() => plot.setSize({width: element.clientWidth, height: HEIGHT}))
    observer.observe(element)
    const stop = effect(() => {
      const ns = store.cursorNs.value
      if (plot.cursor.event !== null && plot.cursor.event !== undefined && hovered(plot)) return
      plot.setCursor({left: ns === undefined ? -10 : plot.valToPos(ns / 1e9, 'x'), top: -10}, false)
    })
    return () => {
      stop()
      observer.disconnect()
      plot.destroy()
      chart.current = undefined
    }
  }, [store, shape, colours, logarithmic])

  useEffect(() => {
    const plot = chart.current
    if (plot === undefined) return
    plot.setData(data, true)
  })

  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={ref} class="plot" />
      {lines.length === 0 && <p class="empty">No operation in this window.</p>}
    </figure>
  )
}

function hovered(plot: uPlot): boolean {
  return plot.over.matches(':hover')
}

function options(
  store: Store,
  lines: readonly Line[],
  format: (value: number) => string,
  logarithmic: boolean,
  colours: Palette,
  width: number,
): uPlot.Options {
  const axis = {stroke: colours.dim, grid: {stroke: colours.faint, width: 1}, ticks: {show: false}, font: FONT.axis}
  return {
    width,
    height: HEIGHT,
    padding: [8, MARGIN, 0, 0],
    scales: {
      x: {time: false, range: () => [store.view.value.fromNs / 1e9, store.view.value.toNs / 1e9]},
      y: logarithmic ? {distr: 3, log: 10} : {range: (_, __, most) => [0, Math.max(1, most * 1.08)]},
    },
    series: [
      {label: 'time', value: (_, seconds) => (seconds === null ? '' : `${seconds.toFixed(2)} s`)},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: line.colour,
          width: 1.5,
          dash: [...line.dash],
          points: {show: false},
          spanGaps: false,
          value: (_, value) => (value === null || value === undefined ? '–' : format(value)),
        }),
      ),
    ],
    axes: [
      {...axis, size: 26, values: (_, values) => values.map((value) => `${Number(value.toFixed(6))}s`), space: 110},
      {
        ...axis,
        size: GUTTER,
        gap: 8,
        grid: {stroke: colours.faint, width: 1, filter: decadesOnly(logarithmic)},
        values: (_, values) =>
          values.map((value) => (value === null || !isRound(value, logarithmic) ? '' : format(value))),
      },
    ],
    cursor: {drag: {x: true, y: false, setScale: false}, points: {size: 6}, y: false},
    legend: {live: true},
    hooks: {
      drawClear: [(plot) => paintBands(plot, store)],
      setCursor: [
        (plot) => {
          if (!hovered(plot)) return
          const {left} = plot.cursor
          store.cursorNs.value = left === undefined || left < 0 ? undefined : plot.posToVal(left, 'x') * 1e9
        },
      ],
      setSelect: [
        (plot) => {
          const {left, width: selected} = plot.select
          if (selected < 4) return
          store.look({fromNs: plot.posToVal(left, 'x') * 1e9, toNs: plot.posToVal(left + selected, 'x') * 1e9})
          plot.setSelect({left: 0, top: 0, width: 0, height: 0}, false)
        },
      ],
    },
  }
}

/** On a logarithmic axis only the decades are labelled. */
function isRound(value: number, logarithmic: boolean): boolean {
  return !logarithmic || Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6
}

function decadesOnly(logarithmic: boolean): uPlot.Axis.Filter {
  return (_, splits) => splits.map((value) => (isRound(value, logarithmic) ? value : null))
}

function paintBands(plot: uPlot, store: Store): void {
  const {left, top, width, height} = plot.bbox
  const scale = timeScale(store.view.value, left + width, left, 0)
  tintBands(plot.ctx, bandsIn(store.report.payload.faults, scale), top, height)
}
