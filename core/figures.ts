/**
 * Figures of verdicts in words: a checker names its measures for programs (`p99Ms`, `okRate`), with the unit last. The name is
 * taken apart, so that a new figure, or that of a plug-in, reads like the others.
 */
import {percent, showCount, showDuration} from './quantities.ts'

/** What a word of a name stands for, where it is not a word. */
const WORDS: Readonly<Record<string, string>> = {
  ok: 'succeeded',
  fail: 'failed',
  info: 'of unknown outcome',
  okRate: 'share that succeeded',
  ratePerS: 'operations a second',
  max: 'longest',
  searchSteps: 'steps of the search',
  maxLag: 'longest lag',
}

/** `p99Ms` → `p99`; `okRate` → `share that succeeded`. */
export function figureName(name: string): string {
  const plain = name.replace(/Ms$/, '')
  return WORDS[plain] ?? spaced(plain.replace(/PerS$/, ' a second'))
}

/** `88.2` → `88ms`, `0.957` → `95.7 %`, by what the name says of the unit. */
export function figureValue(name: string, value: number): string {
  if (name.endsWith('Ms')) return showDuration(value)
  if (/rate$/i.test(name)) return percent(value)
  return Number.isInteger(value) ? showCount(value) : String(Number(value.toPrecision(4)))
}

/** `longestOutage` → `longest outage`, `staleP95` → `stale p95`. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
}
