/** Works a campaign off: a line as each job ends, then the sum of it, its page, and one exit code. */
import {join} from 'node:path'
import {EXIT, type ExitCode} from '../../../core/error.ts'
import {counted, showDuration} from '../../../core/quantities.ts'
import {foundViolation} from '../../../runner/campaign/job.ts'
import {unpackRun} from '../../../runner/campaign/queue/carry.ts'
import {type QueueJob, type QueueResult, queueJobName} from '../../../runner/campaign/queue/jobs.ts'
import {campaignsIn, type Ledger, pathFromHere} from '../../../runner/campaign/queue/ledger.ts'
import {endedJobs, summaryOf, trendsOf} from '../../../runner/campaign/queue/summary.ts'
import {writeWhole} from '../../../runner/store.ts'
import {jobMark} from '../../output/campaign-lines.ts'
import {programLine} from '../../output/program.ts'
import {junitXml, type Suite} from '../../reporters/junit.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import type {ConductSettings} from './begin.ts'
import {summaryLines} from './lines.ts'
import {campaignPage} from './page.ts'

/** Resolves to the exit code of the whole campaign. */
export async function conduct(
  {ledger, engine, place, junitFile, json}: ConductSettings,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const {out, err} = context
  const say = json ? err : out
  const {jobs, seed} = ledger.plan
  const todo = ledger.pending
  const left = todo.length === jobs.length ? '' : ` · ${jobs.length - todo.length} done before`
  say(`chaos campaign · ${counted(jobs.length, 'job')}${left} · ${place} · seed ${seed}\n`)
  const byId = new Map(jobs.map((job) => [job.id, job]))
  let ended = jobs.length - todo.length
  await engine.run({
    jobs: todo,
    signal,
    done({result, files}) {
      const job = byId.get(result.id)
      if (job === undefined) return
      if (files !== undefined && result.run !== undefined) unpackRun(files, join(ledger.runs, result.run))
      if (!ledger.add(result)) return
      ended++
      say(`${jobLine(job, result, context)}  ${context.style.dim(`${ended}/${jobs.length}`)}\n`)
    },
    notice: (line) => err(`  ${line}\n`),
  })
  return conclude(ledger, {junitFile, json}, context, signal.aborted)
}

/** Writes what a campaign came to, and says it. */
export function conclude(
  ledger: Ledger,
  {junitFile, json}: Pick<ConductSettings, 'junitFile' | 'json'>,
  context: ReporterContext,
  interrupted = false,
): ExitCode {
  const summary = summaryOf(ledger)
  const trends = trendsOf(campaignsIn(join(ledger.path, '..')))
  const page = join(ledger.path, 'index.html')
  writeWhole(page, campaignPage(ledger, summary, trends))
  if (junitFile !== undefined) writeWhole(junitFile, junitXml(suitesOf(ledger)))
  if (json) {
    const {exitCode} = summary
    const document = {schema: 'chaos.queue/1', directory: pathFromHere(ledger.path), ...summary, trends}
    context.out(`${JSON.stringify(document, null, 2)}\n`)
    return interrupted ? EXIT.inconclusive : exitCode
  }
  context.out(`\n${summaryLines(summary, context.style).join('\n')}\n`)
  context.out(`  Report      ${pathFromHere(page)}\n`)
  if (ledger.pending.length > 0)
    context.out(`  Go on       ${programLine('campaign', '--resume', pathFromHere(ledger.path))}\n`)
  return summary.exitCode
}

function jobLine(job: QueueJob, result: QueueResult, {style}: ReporterContext): string {
  const mark = jobMark(job.bug !== undefined, result, style)
  return `${mark} ${queueJobName(job).padEnd(52)} ${showDuration(result.tookMs).padStart(6)}  ${result.sentence}`
}

function suitesOf(ledger: Ledger): Suite[] {
  return endedJobs(ledger).map(({job, result}) => {
    const {outcome, sentence, tookMs, command} = result
    return {name: queueJobName(job), tookMs, reproduce: command, whole: {as: endOf(job, outcome), sentence}}
  })
}

function endOf({bug}: QueueJob, outcome: QueueResult['outcome']): 'passed' | 'failure' | 'error' | 'skipped' {
  if (outcome === 'interrupted') return 'skipped'
  if (outcome === 'environment') return 'error'
  const found = foundViolation({outcome})
  // One seed that does not show a planted bug is no failure: the canary is judged over all of its seeds.
  if (bug !== undefined) return found ? 'passed' : 'skipped'
  return outcome === 'pass' ? 'passed' : found ? 'failure' : 'skipped'
}
