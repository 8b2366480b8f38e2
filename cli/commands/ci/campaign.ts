/** `chaos ci`: does a campaign, says a line about each run, and sums up for people, JUnit and GitHub. */
import {relative} from 'node:path'
import {ChaosError, EXIT, type ExitCode, messageOf} from '../../../core/error.ts'
import {showDuration} from '../../../core/quantities.ts'
import {createRandom} from '../../../core/random.ts'
import type {Judgement} from '../../../core/verdict.ts'
import {campaign, type Job, type JobResult} from '../../../runner/campaign/campaign.ts'
import {afterRun, readKeptSeeds, writeKeptSeeds} from '../../../runner/campaign/kept-seeds.ts'
import {type RunResult, run} from '../../../runner/run.ts'
import {writeWhole} from '../../../runner/store.ts'
import {writeReport} from '../../output/report-page.ts'
import {annotations, appendSummary} from '../../reporters/github.ts'
import {toJson} from '../../reporters/json.ts'
import {junitXml} from '../../reporters/junit.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import type {CampaignSettings} from '../../settings/campaign-settings.ts'
import type {LoadedConfig} from '../../settings/config.ts'
import {resolveRun} from '../../settings/run-settings.ts'

/** One run of the campaign, as it ended. */
interface Entry {
  readonly job: Job
  readonly outcome: JobResult
  readonly sentence: string
  readonly tookMs: number
  readonly command: string
  readonly judgement?: Judgement
  readonly directory?: string
}

/** Resolves to the exit code of the whole campaign. */
export async function runCampaign(
  settings: CampaignSettings,
  loaded: LoadedConfig,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const {clock, out, err} = context
  let kept = readKeptSeeds(settings.seedsFile)
  const entries: Entry[] = []
  const say = settings.json ? err : out
  say(`chaos ci · ${settings.cells.length} cells · ${settings.canaries.length} canaries · seed ${settings.seed}\n`)
  await campaign(
    {
      cells: settings.cells,
      canaries: settings.canaries,
      kept,
      budgetMs: settings.budgetMs,
      random: createRandom(settings.seed),
      clock,
      bail: settings.bail,
      environmentRetries: settings.environmentRetries,
      signal,
    },
    async (job) => {
      const entry = await perform(job, settings, loaded, context, signal)
      entries.push(entry)
      say(`${lineOf(entry, context)}\n`)
      if (job.kind !== 'canary' && entry.outcome !== 'interrupted' && entry.outcome !== 'environment') {
        const failed = entry.outcome === 'violation' || entry.outcome === 'liveness'
        const {target, workload, faults, seed} = job
        kept = afterRun(kept, {target, workload, faults, seed, sentence: entry.sentence, tookMs: entry.tookMs}, failed)
        writeKeptSeeds(settings.seedsFile, kept)
      }
      return entry.outcome
    },
  )
  const missed = missedCanaries(entries)
  const exitCode = exitOf(entries, missed)
  if (settings.junitFile !== undefined) writeWhole(settings.junitFile, junitXml(entries.map(suiteOf)))
  if (context.env['GITHUB_ACTIONS'] === 'true') announce(entries, missed, context)
  if (settings.json)
    out(`${toJson({schema: 'chaos.campaign/1', exitCode, missedCanaries: missed, runs: entries}, 2)}\n`)
  else out(`\n${totals(entries, missed, context)}\n`)
  return exitCode
}

async function perform(
  job: Job,
  settings: CampaignSettings,
  loaded: LoadedConfig,
  {clock}: ReporterContext,
  signal: AbortSignal,
): Promise<Entry> {
  const startNs = clock.nowNs()
  const bug = job.bug
  const options = await resolveRun(
    {
      single: {
        target: job.target,
        workload: job.workload,
        nemesis: job.faults.join(',') || 'none',
        seed: job.seed,
        // All that a canary has to do is to be caught.
        ...(bug !== undefined || settings.failFast ? {'fail-fast': 'true'} : {}),
        // A canary brings its own time and rate.
        ...(bug === undefined ? {time: settings.time, rate: settings.rate} : {}),
        ...(settings.output === undefined ? {} : {output: settings.output}),
      },
      bugs: bug === undefined ? [] : [bug.name],
      targetArgs: [],
      thresholds: bug === undefined ? settings.thresholds : [],
    },
    {},
    loaded,
    process.cwd(),
  )
  const took = () => (clock.nowNs() - startNs) / 1e6
  try {
    const result = await run(options, {}, signal)
    if (result.judgement !== undefined) await writeReport(result.directory.path)
    return {job, ...outcomeOf(result, signal), tookMs: took(), command: options.command}
  } catch (error) {
    if (!(error instanceof ChaosError)) throw error
    const outcome = signal.aborted ? 'interrupted' : 'environment'
    return {job, outcome, sentence: messageOf(error), tookMs: took(), command: options.command}
  }
}

function outcomeOf(
  {judgement, ended, directory}: RunResult,
  signal: AbortSignal,
): Pick<Entry, 'outcome' | 'sentence' | 'judgement' | 'directory'> {
  const where = relative(process.cwd(), directory.path)
  if (judgement === undefined) {
    const outcome = signal.aborted ? 'interrupted' : 'environment'
    return {outcome, sentence: ended?.message ?? 'ended early', directory: where}
  }
  const byCode: Partial<Record<ExitCode, JobResult>> = {
    [EXIT.pass]: 'pass',
    [EXIT.violation]: 'violation',
    [EXIT.liveness]: 'liveness',
  }
  const outcome = byCode[judgement.exitCode] ?? 'unknown'
  return {outcome, sentence: judgement.sentence, judgement, directory: where}
}

function caught({outcome}: Entry): boolean {
  return outcome === 'violation' || outcome === 'liveness'
}

/** Canaries of which no run was caught. */
function missedCanaries(entries: readonly Entry[]): string[] {
  const canaries = entries.filter(({job}) => job.kind === 'canary')
  const name = ({job}: Entry) => `${job.target}:${job.bug?.name}`
  const seen = new Set(canaries.filter(caught).map(name))
  return [...new Set(canaries.map(name))].filter((canary) => !seen.has(canary))
}

/** A missed canary is as bad as a violation: nothing that the campaign says can be believed. */
function exitOf(entries: readonly Entry[], missed: readonly string[]): ExitCode {
  const outcomes = new Set(entries.filter(({job}) => job.kind !== 'canary').map(({outcome}) => outcome))
  if (outcomes.has('violation') || missed.length > 0) return EXIT.violation
  if (outcomes.has('environment')) return EXIT.environment
  if (outcomes.has('liveness')) return EXIT.liveness
  if (outcomes.has('unknown') || entries.length === 0) return EXIT.inconclusive
  return EXIT.pass
}

function lineOf(entry: Entry, {style}: ReporterContext): string {
  const {job, outcome, sentence, tookMs} = entry
  const good = job.kind === 'canary' ? caught(entry) : outcome === 'pass'
  const mark = good ? style.good('✔') : outcome === 'unknown' ? style.warn('?') : style.bad('✘')
  const what = `${job.target}/${job.workload} ${job.bug === undefined ? job.faults.join(',') : `canary ${job.bug.name}`}`
  return `${mark} ${what.padEnd(44)} ${job.seed}  ${showDuration(tookMs).padStart(6)}  ${sentence}`
}

function totals(entries: readonly Entry[], missed: readonly string[], {style}: ReporterContext): string {
  const count = (outcome: JobResult) =>
    entries.filter((one) => one.job.kind !== 'canary' && one.outcome === outcome).length
  const canaries = new Set(
    entries.filter(({job}) => job.kind === 'canary').map(({job}) => `${job.target}:${job.bug?.name}`),
  )
  const words = (['pass', 'violation', 'liveness', 'unknown', 'environment'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`)
  const failures = entries.filter((entry) => entry.job.kind !== 'canary' && caught(entry))
  return [
    `${style.bold(words.join(' · '))} · ${canaries.size - missed.length}/${canaries.size} canaries caught`,
    ...missed.map((canary) => style.bad(`canary missed: ${canary}`)),
    ...failures.map(({sentence, command}) => `${sentence}\n  Reproduce   ${command}`),
  ].join('\n')
}

function suiteOf({job, judgement, sentence, tookMs, command}: Entry) {
  const name = `${job.target}/${job.workload}/${job.faults.join('+')}/${job.seed}`
  // A canary that was caught is a pass; its violations are what it was for.
  if (job.kind === 'canary') return {name: `canary ${job.bug?.name} ${job.seed}`, tookMs, reproduce: command}
  return {name, tookMs, reproduce: command, ...(judgement === undefined ? {error: sentence} : {judgement})}
}

function announce(entries: readonly Entry[], missed: readonly string[], {out, env}: ReporterContext): void {
  const lines = entries
    .filter(({job, judgement}) => job.kind !== 'canary' && judgement !== undefined && judgement.validity !== 'valid')
    .flatMap(({job, judgement, command}) =>
      annotations(`${job.target}/${job.workload}`, judgement as Judgement, command),
    )
  lines.push(...missed.map((canary) => `::error title=canary missed::${canary} has a planted bug that nothing caught`))
  // GitHub shows ten annotations of a step and drops the rest without a word.
  for (const line of lines.slice(0, 9)) out(`${line}\n`)
  if (lines.length > 9) out(`::warning::and ${lines.length - 9} more\n`)
  const rows = entries.map(
    ({job, outcome, sentence, tookMs}) =>
      `| ${job.kind} | ${job.target}/${job.workload} | ${job.bug?.name ?? job.faults.join(',')} | ${job.seed} | ${outcome} | ${showDuration(tookMs)} | ${sentence.replaceAll('|', '\\|')} |`,
  )
  appendSummary(
    [
      '### chaos ci',
      '',
      '| | target | faults | seed | outcome | took | |',
      '|---|---|---|---|---|---|---|',
      ...rows,
      '',
    ].join('\n'),
    env,
  )
}
