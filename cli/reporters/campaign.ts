/** A campaign for JUnit, and for GitHub Actions. */
import {showDuration} from '../../core/quantities.ts'
import {type CompletedJob, isInterrupted} from '../../runner/campaign/job.ts'
import {isCanary} from '../../runner/campaign/result.ts'
import {writeWhole} from '../../runner/store.ts'
import {annotations, appendSummary, markdownCell} from './github.ts'
import {junitXml, type Suite} from './junit.ts'
import type {ReporterContext} from './reporter.ts'

/** GitHub shows ten annotations of a step and drops the rest in silence. */
const ANNOTATIONS = 9

/** JUnit and the step summary, written anew as each run ends, so that a job that is killed leaves them. */
export class ProgressFiles {
  readonly #completed: CompletedJob[] = []
  readonly #junitFile: string | undefined
  readonly #context: ReporterContext

  constructor(junitFile: string | undefined, context: ReporterContext) {
    this.#junitFile = junitFile
    this.#context = context
    if (this.#onGitHub) appendSummary(SUMMARY_HEAD.join('\n'), context.env)
  }

  get #onGitHub(): boolean {
    return this.#context.env['GITHUB_ACTIONS'] === 'true'
  }

  add(ended: CompletedJob): void {
    this.#completed.push(ended)
    if (this.#junitFile !== undefined) writeWhole(this.#junitFile, junitXml(this.#completed.map(suiteOf)))
    if (this.#onGitHub) appendSummary(rowOf(ended), this.#context.env)
  }
}

const SUMMARY_HEAD = [
  '### chaos ci',
  '',
  '| | target | faults | seed | outcome | took | |',
  '|---|---|---|---|---|---|---|',
]

/** A suite for each run. A canary that was caught is a pass: its violations are what it was for. */
function suiteOf(ended: CompletedJob): Suite {
  const {job, judgement, sentence, tookMs, command} = ended
  const name = isCanary(job)
    ? `canary ${job.bug?.name} ${job.seed}`
    : `${job.target}/${job.workload}/${job.faults.join('+')}/${job.seed}`
  const suite = {name, tookMs, reproduce: command}
  if (isInterrupted(ended)) return {...suite, whole: {as: 'skipped', sentence}}
  if (isCanary(job)) return {...suite, whole: {as: 'passed', sentence}}
  return judgement === undefined ? {...suite, whole: {as: 'error', sentence}} : {...suite, judgement}
}

/** Annotations for violations and missed canaries. */
export function annotateCampaign(
  completed: readonly CompletedJob[],
  missed: readonly string[],
  {out}: ReporterContext,
): void {
  const lines = completed.flatMap(({job, judgement, command}) =>
    isCanary(job) || judgement === undefined || judgement.validity === 'valid'
      ? []
      : annotations(`${job.target}/${job.workload}`, judgement, command),
  )
  lines.push(...missed.map((canary) => `::error title=canary missed::${canary} has a planted bug that nothing caught`))
  for (const line of lines.slice(0, ANNOTATIONS)) out(`${line}\n`)
  if (lines.length > ANNOTATIONS) out(`::warning::and ${lines.length - ANNOTATIONS} more\n`)
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
