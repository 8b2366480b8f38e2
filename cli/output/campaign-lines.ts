/** A campaign in the terminal: a line for each run, and what it came to. */
import {counted, showDuration} from '../../core/quantities.ts'
import {type CampaignRequest, expectedToFit} from '../../runner/campaign/campaign.ts'
import {type CompletedJob, foundViolation} from '../../runner/campaign/job.ts'
import {canariesOf, countOf, isCanary, testedMatrix} from '../../runner/campaign/result.ts'
import type {Style} from './style.ts'

/** Names of what was not reached that are shown. */
const NAMES = 20

const NOTHING_TESTED =
  'inconclusive: no run other than a canary came to its end. Give it more (--budget), shorter runs (--time) or fewer canaries (--canaries)'

/** What is going to be done, and how much of it the budget is expected to hold. */
export function planLine(request: CampaignRequest, seed: string): string {
  const {cells, canaries, kept, budgetMs} = request
  const fits = expectedToFit(request)
  const all = canaries.length + kept.length + cells.length
  const share = fits < all ? ` · about ${fits} of these ${all} fit` : ''
  const seeds = kept.length === 0 ? '' : ` · ${counted(kept.length, 'kept seed')}`
  return `chaos ci · ${showDuration(budgetMs)} · ${counted(canaries.length, 'canary')}${seeds} · ${counted(cells.length, 'cell')}${share} · seed ${seed}`
}

/** Good, bad or neither: a canary is there to be caught. */
export function jobMark(canary: boolean, ended: Pick<CompletedJob, 'outcome'>, style: Style): string {
  const {outcome} = ended
  if (canary ? foundViolation(ended) : outcome === 'pass') return style.good('✔')
  return outcome === 'unknown' || outcome === 'interrupted' ? style.warn('?') : style.bad('✘')
}

/** One run. */
export function jobLine(ended: CompletedJob, style: Style): string {
  const {job, sentence, tookMs} = ended
  const mark = jobMark(isCanary(job), ended, style)
  const what = `${job.target}/${job.workload} ${job.bug === undefined ? job.faults.join(',') : `canary ${job.bug.name}`}`
  return `${mark} ${what.padEnd(44)} ${job.seed}  ${showDuration(tookMs).padStart(6)}  ${sentence}`
}

/** Counts, canaries that were missed, and for each violation the command that brings it back. */
export function totalLines(
  completed: readonly CompletedJob[],
  missed: readonly string[],
  notReached: readonly string[],
  style: Style,
): string[] {
  const words = (['pass', 'violation', 'liveness', 'unknown', 'environment', 'interrupted'] as const)
    .map((outcome) => ({outcome, count: countOf(completed, outcome)}))
    .filter(({count}) => count > 0)
    .map(({outcome, count}) => `${count} ${outcome}`)
  const canaries = canariesOf(completed).length
  const failures = completed.filter((ended) => !isCanary(ended.job) && foundViolation(ended))
  const caught = `${canaries - missed.length}/${canaries} canaries caught`
  return [
    words.length === 0 ? caught : `${style.bold(words.join(' · '))} · ${caught}`,
    ...(testedMatrix(completed) ? [] : [style.warn(NOTHING_TESTED)]),
    ...missed.map((canary) => style.bad(`canary missed: ${canary}`)),
    ...notReachedLines(notReached, style),
    ...failures.flatMap(({sentence, command}) => [sentence, `  Reproduce   ${command}`]),
  ]
}

function notReachedLines(names: readonly string[], style: Style): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, NAMES).map((name) => `  ${name}`)
  const more = names.length > NAMES ? [`  and ${names.length - NAMES} more`] : []
  return [style.warn(`not reached within the budget: ${names.length}`), ...shown, ...more]
}
