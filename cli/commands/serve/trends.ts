/** How each target and workload fared: its last verdicts in order, the share that passed with its interval, its p99 as a line. */
import {showDuration} from '../../../core/quantities.ts'
import {escapeHtml} from '../../../report/escape.ts'
import {rateOf} from '../../../runner/lab/rate.ts'
import type {RunSummary} from '../../../runner/runs.ts'

/** Verdicts that are drawn, the newest at the right. */
const DRAWN = 40
const STEP = 12
const HEIGHT = 28

/** `raft/register` */
export function cellOf({facts}: RunSummary): string {
  return facts === undefined ? 'damaged' : `${facts.target}/${facts.workload}`
}

/** A card for each target and workload that was judged. Runs with a planted bug are not counted. */
export function trendsOf(runs: readonly RunSummary[]): string {
  const cells = new Map<string, RunSummary[]>()
  for (const run of runs) {
    const judged = run.state === 'valid' || run.state === 'invalid' || run.state === 'unknown'
    if (!judged || run.facts === undefined || run.facts.bugs.length > 0) continue
    const cell = cells.get(cellOf(run)) ?? []
    cell.push(run)
    cells.set(cellOf(run), cell)
  }
  if (cells.size === 0) return ''
  const cards = [...cells].sort(([left], [right]) => left.localeCompare(right)).map(([name, all]) => card(name, all))
  return `<section aria-label="trends" id="trends">${cards.join('')}</section>`
}

/** `runs` is the newest first. */
function card(name: string, runs: readonly RunSummary[]): string {
  const passed = runs.filter(({state}) => state === 'valid').length
  const rate = rateOf(passed, runs.length)
  const [low, high] = [rate.low, rate.high].map((share) => Math.round(100 * share))
  const newest = runs.slice(0, DRAWN).reverse()
  const p99 = newest.map(({measures}) => measures['p99Ms']).filter((ms) => typeof ms === 'number')
  const last = p99.at(-1)
  const latency = last === undefined ? '' : ` · p99 ${showDuration(last)}`
  const label = `${name}: ${passed} of ${runs.length} passed`
  return `<figure><figcaption><strong>${escapeHtml(name)}</strong> ${passed}/${runs.length} passed
<small title="the share of runs that pass, with 95 % confidence">${low}–${high} %</small>${latency}</figcaption>
<svg role="img" aria-label="${escapeHtml(label)}" width="${DRAWN * STEP}" height="${2 * HEIGHT}" viewBox="0 0 ${DRAWN * STEP} ${2 * HEIGHT}">
${newest.map((run, i) => shape(run, i * STEP + STEP / 2)).join('')}
${line(p99)}</svg></figure>`
}

/** A circle for a pass, a cross for a violation, a square for what is unknown: told apart without colour. */
function shape({state, name, sentence}: RunSummary, x: number): string {
  const y = HEIGHT / 2
  const title = `<title>${escapeHtml(`${name}: ${sentence}`)}</title>`
  if (state === 'valid') return `<circle class="valid" cx="${x}" cy="${y}" r="4">${title}</circle>`
  if (state === 'invalid') {
    return `<path class="invalid" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8">${title}</path>`
  }
  return `<rect class="unknown" x="${x - 4}" y="${y - 4}" width="8" height="8">${title}</rect>`
}

function line(values: readonly number[]): string {
  if (values.length < 2) return ''
  const most = Math.max(...values)
  const points = values.map((value, i) => `${i * STEP + STEP / 2},${2 * HEIGHT - 2 - (value / most) * (HEIGHT - 6)}`)
  return `<polyline points="${points.join(' ')}"><title>p99 latency</title></polyline>`
}
