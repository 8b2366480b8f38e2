/** The page of a campaign: what was found, every cell and canary with its interval, and how they fared over the nights. */
import {escapeHtml} from '../../../report/escape.ts'
import {queueJobName} from '../../../runner/campaign/queue/jobs.ts'
import type {Ledger} from '../../../runner/campaign/queue/ledger.ts'
import {
  type CampaignSummary,
  endedJobs,
  isMissed,
  type Night,
  type Trend,
} from '../../../runner/campaign/queue/summary.ts'
import type {Rate} from '../../../runner/lab/rate.ts'
import {STYLE} from '../serve/style.ts'
import {afterWords, missingWords, passesWords} from './lines.ts'

const OWN = `
h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; } .flaky { color: var(--unsure); } .missed { color: var(--bad); font-weight: 600; }
td svg { display: inline-block; vertical-align: middle; } td:nth-child(5) { white-space: normal; } details { margin-top: 1.5rem; }
summary { cursor: pointer; font-weight: 600; } code { overflow-wrap: anywhere; }
`
/** Nights that are drawn, the newest at the right. */
const NIGHTS = 30
const BAR = 8
const HEIGHT = 24

export function campaignPage(ledger: Ledger, summary: CampaignSummary, trends: readonly Trend[]): string {
  const {plan} = ledger
  const {jobs, ended, canaries, findings} = summary
  const title = `chaos campaign ${plan.seed}: ${ended} of ${jobs} jobs, ${findings.length} findings`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>${STYLE}${OWN}</style></head><body>
<h1>Campaign <small>${escapeHtml(plan.startedAt.slice(0, 16).replace('T', ' '))} UTC · seed ${escapeHtml(plan.seed)} · ${ended} of ${jobs} jobs</small></h1>
${summary.missing.length === 0 ? '' : `<p class="missed">${escapeHtml(missingWords(summary.missing))}</p>`}
<h2>Findings</h2>
${findings.length === 0 ? '<p>None.</p>' : table(['target / workload, faults, seed', 'what was found', 'again'], findings.map(findingRow))}
<h2>Canaries</h2>
${
  canaries.length === 0
    ? '<p>None.</p>'
    : table(
        ['planted bug', 'caught', 'time to find it, and over the nights'],
        canaries.map((one) => {
          const trend = trends.find(({name}) => name === `canary ${one.name}`)
          const rate = isMissed(one)
            ? `<span class="missed">missed: ${passesWords(one.caught)}</span>`
            : passesWords(one.caught)
          return [escapeHtml(one.name), rate, `${bars(trend, timeOf)} ${afterWords(one.foundAfterMs)}`]
        }),
      )
}
<h2>Cells</h2>
${table(
  ['target / workload, faults', 'passed', 'other outcomes', 'over the nights'],
  summary.cells.map(({name, passes, outcomes, flaky}) => {
    const trend = trends.find((one) => one.name === name)
    const rest = Object.entries(outcomes)
      .filter(([outcome]) => outcome !== 'pass')
      .map(([outcome, count]) => `${count} ${outcome}`)
    const label = flaky ? ' <span class="flaky" title="some seeds pass, some do not">flaky</span>' : ''
    return [
      escapeHtml(name),
      `${passesWords(passes)}${label}`,
      escapeHtml(rest.join(', ')),
      `${bars(trend, ({rate}) => shareOf(rate))}${overall(trend)}`,
    ]
  }),
)}
<details><summary>Every job</summary>
${table(
  ['job', 'outcome', 'sentence', 'worker', 'ended (UTC)'],
  endedJobs(ledger).map(({job, result}) => [
    escapeHtml(queueJobName(job)),
    runLink(result.run, result.outcome),
    escapeHtml(result.sentence),
    escapeHtml(result.worker),
    escapeHtml(result.endedAt.slice(0, 19).replace('T', ' ')),
  ]),
)}</details>
</body></html>
`
}

function findingRow({job, result}: CampaignSummary['findings'][number]): string[] {
  return [
    escapeHtml(queueJobName(job)),
    runLink(result.run, result.sentence),
    `<code>${escapeHtml(result.command)}</code>`,
  ]
}

function runLink(run: string | undefined, words: string): string {
  return run === undefined
    ? escapeHtml(words)
    : `<a href="runs/${encodeURIComponent(run)}/report.html">${escapeHtml(words)}</a>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')
  return `<div class="scroll"><table><thead><tr>${cells('th', head)}</tr></thead><tbody>
${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}
</tbody></table></div>`
}

/** A bar a night, as high as its value beside the largest. */
function bars(trend: Trend | undefined, sizeOf: (night: Night) => number): string {
  const nights = trend?.nights.slice(-NIGHTS) ?? []
  if (nights.length < 2) return ''
  const most = Math.max(...nights.map(sizeOf), Number.MIN_VALUE)
  const drawn = nights.map((night, i) => {
    const height = Math.max(1, (sizeOf(night) / most) * (HEIGHT - 2))
    const words = `${night.startedAt.slice(0, 10)}: ${passesWords(night.rate)} ${afterWords(night.foundAfterMs)}`
    return `<rect x="${i * BAR}" y="${HEIGHT - height}" width="${BAR - 2}" height="${height}" fill="currentColor"><title>${escapeHtml(words)}</title></rect>`
  })
  const width = nights.length * BAR
  return `<svg role="img" aria-label="${nights.length} nights" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}">${drawn.join('')}</svg>`
}

function timeOf({foundAfterMs}: Night): number {
  return foundAfterMs ?? 0
}

function shareOf({hits, tries}: Rate): number {
  return tries === 0 ? 0 : hits / tries
}

function overall(trend: Trend | undefined): string {
  return trend === undefined || trend.nights.length < 2
    ? ''
    : ` ${passesWords(trend.overall)} in ${trend.nights.length} nights`
}
