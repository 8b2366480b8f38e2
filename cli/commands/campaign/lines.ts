/** What a campaign came to, for the terminal. */
import {showDuration} from '../../../core/quantities.ts'
import type {JobOutcome} from '../../../runner/campaign/job.ts'
import {queueJobName} from '../../../runner/campaign/queue/jobs.ts'
import {type CampaignSummary, isMissed} from '../../../runner/campaign/queue/summary.ts'
import type {Rate} from '../../../runner/lab/rate.ts'
import type {Style} from '../../output/style.ts'

/** Findings that are shown; the page has all. */
const SHOWN = 10
const OUTCOMES: readonly JobOutcome[] = ['pass', 'violation', 'liveness', 'unknown', 'environment', 'interrupted']

export function summaryLines(
  {jobs, ended, cells, canaries, findings, missing}: CampaignSummary,
  style: Style,
): string[] {
  const counts = OUTCOMES.map((outcome) => ({
    outcome,
    count: cells.reduce((sum, cell) => sum + (cell.outcomes[outcome] ?? 0), 0),
  })).filter(({count}) => count > 0)
  const words = counts.map(({outcome, count}) => `${count} ${outcome}`)
  const missed = canaries.filter(isMissed)
  const caught = canaries.filter(({caught}) => caught.hits > 0)
  const flaky = cells.filter((cell) => cell.flaky)
  return [
    `${style.bold(words.join(' · ') || 'nothing was judged')} · ${caught.length}/${canaries.length} canaries caught${ended < jobs ? ` · ${jobs - ended} jobs not done` : ''}`,
    ...(missing.length === 0 ? [] : [style.bad(missingWords(missing))]),
    ...missed.map(({name, caught}) => style.bad(`canary missed: ${name}, in ${caught.tries} runs`)),
    ...flaky.map(({name, passes}) => style.warn(`flaky: ${name} passes ${passesWords(passes)}`)),
    ...findings
      .slice(0, SHOWN)
      .flatMap(({job, result}) => [`${queueJobName(job)}: ${result.sentence}`, `  Reproduce   ${result.command}`]),
    ...(findings.length > SHOWN ? [`and ${findings.length - SHOWN} more: see the report`] : []),
  ]
}

/** What is not known of a campaign that was put together of some of its parts. */
export function missingWords(missing: readonly string[]): string {
  const [part, is] = missing.length === 1 ? ['part', 'is'] : ['parts', 'are']
  return `${part} ${missing.join(', ')} ${is} missing: what ${missing.length === 1 ? 'its' : 'their'} jobs would have found is unknown`
}

/** `3/10, 11–60 %` */
export function passesWords({hits, tries, low, high}: Rate): string {
  return tries === 0 ? 'none judged' : `${hits}/${tries}, ${Math.round(100 * low)}–${Math.round(100 * high)} %`
}

/** `after 1.2 s`, or nothing. */
export function afterWords(ms: number | undefined): string {
  return ms === undefined ? '' : `after ${showDuration(ms)}`
}
