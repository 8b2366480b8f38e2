/** How it felt to its clients: each operation's latency, the quantiles, and what was asked and answered per second. */

import {signal, useSignalEffect} from '@preact/signals'
import {useMemo} from 'preact/hooks'
import {showCount} from '../../../core/quantities.ts'
import {QUANTILES, type Series, seriesOf} from '../data/latency.ts'
import {breath} from '../data/slices.ts'
import type {Store} from '../store.ts'
import {type Line, Lines} from './Lines.tsx'
import {Scatter} from './Scatter.tsx'

const SLICES = 120
/** Fewer than this make no curve. */
const FEWEST = 20

const QUANTILE_COLOURS = ['#009e73', '#e69f00', '#d55e00'] as const
const FUNCTION_COLOURS = ['#56b4e9', '#0072b2', '#cc79a7', '#009e73', '#f0e442', '#e69f00'] as const

const NOTHING: Series = {timesS: [], quantilesMs: QUANTILES.map(() => []), rates: []}

export function Performance({store}: {readonly store: Store}) {
  const {table} = store.report
  const series = useMemo(() => signal<Series | undefined>(undefined), [store, table])
  // In a task of its own: over a million operations it takes as long as the dots do.
  useSignalEffect(() => {
    const view = store.view.value
    void breath().then(() => {
      if (store.view.peek() === view) series.value = seriesOf(table, view, SLICES)
    })
  })
  const {timesS, quantilesMs, rates} = series.value ?? NOTHING
  if (table.rows < FEWEST) {
    return <p class="empty">The run is too short for charts: {showCount(table.rows)} operations.</p>
  }
  const quantiles = QUANTILES.map(
    (quantile, at): Line => ({
      label: `p${quantile * 100}`,
      colour: QUANTILE_COLOURS[at]!,
      values: quantilesMs[at]!,
      dash: at === 0 ? [] : at === 1 ? [6, 3] : [2, 3],
    }),
  )
  const rateLines = rates.map(
    (rate): Line => ({
      label: `${rate.f} ${['ok', 'failed', 'unknown'][rate.outcome]}`,
      colour: rate.outcome === 2 ? '#e69f00' : FUNCTION_COLOURS[table.facts.functions.indexOf(rate.f) % 6]!,
      values: rate.perS,
      dash: rate.outcome === 0 ? [] : rate.outcome === 1 ? [3, 3] : [7, 3],
    }),
  )
  return (
    <div class="view performance">
      <Scatter store={store} />
      <Lines
        store={store}
        title="Latency quantiles of what succeeded"
        timesS={timesS}
        lines={quantiles}
        logarithmic
        format={milliseconds}
      />
      <Lines store={store} title="Operations per second" timesS={timesS} lines={rateLines} format={perSecond} />
    </div>
  )
}

function milliseconds(ms: number): string {
  return ms >= 1000 ? `${trim(ms / 1000)} s` : ms >= 1 ? `${trim(ms)} ms` : `${trim(ms * 1000)} µs`
}

function perSecond(rate: number): string {
  return `${trim(rate)}/s`
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
