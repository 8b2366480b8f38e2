/** A campaign for JUnit, and for GitHub Actions. */
import {showDuration} from '../../core/quantities.ts'
import type {CompletedJob} from '../../runner/campaign/job.ts'
import {isCanary} from '../../runner/campaign/result.ts'
import {annotations, appendSummary, markdownCell} from './github.ts'
import type {Suite} from './junit.ts'
import type {ReporterContext} from './reporter.ts'

/** GitHub shows ten annotations of a step and drops the rest in silence. */
const ANNOTATIONS = 9

/** A suite for each run. A canary that was caught is a pass; its violations are what it was for. */
export function campaignSuites(completed: readonly CompletedJob[]): Suite[] {
  return completed.map(({job, judgement, sentence, tookMs, command}) => {
    if (isCanary(job)) return {name: `canary ${job.bug?.name} ${job.seed}`, tookMs, reproduce: command}
    const name = `${job.target}/${job.workload}/${job.faults.join('+')}/${job.seed}`
    return {name, tookMs, reproduce: command, ...(judgement === undefined ? {error: sentence} : {judgement})}
  })
}

/** Annotations, and a table in the step summary. */
export function announceCampaign(
  completed: readonly CompletedJob[],
  missed: readonly string[],
  {out, env}: ReporterContext,
): void {
  const lines = completed.flatMap(({job, judgement, command}) =>
    isCanary(job) || judgement === undefined || judgement.validity === 'valid'
      ? []
      : annotations(`${job.target}/${job.workload}`, judgement, command),
  )
  lines.push(...missed.map((canary) => `::error title=canary missed::${canary} has a planted bug that nothing caught`))
  for (const line of lines.slice(0, ANNOTATIONS)) out(`${line}\n`)
  if (lines.length > ANNOTATIONS) out(`::warning::and ${lines.length - ANNOTATIONS} more\n`)
  appendSummary(
    ['### chaos ci', '', '| | target | faults | seed | outcome | took | |', '|---|---|---|---|---|---|---|']
      .concat(completed.map(rowOf), '')
      .join('\n'),
    env,
  )
}

function rowOf({job, outcome, sentence, tookMs}: CompletedJob): string {
  const cells = [
    job.kind,
    `${job.target}/${job.workload}`,
    job.bug?.name ?? job.faults.join(','),
    job.seed,
    outcome,
    showDuration(tookMs),
    markdownCell(sentence),
  ]
  return `| ${cells.join(' | ')} |`
}
