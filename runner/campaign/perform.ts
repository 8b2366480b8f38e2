/** Does one job of a campaign: from its settings to a judged run. */
import type {Clock} from '../../core/clock.ts'
import {ChaosError, EXIT, type ExitCode, messageOf} from '../../core/error.ts'
import type {RunOptions} from '../options.ts'
import {type RunResult, run} from '../run.ts'
import {noteEnded} from '../runs.ts'
import {layerOf, type SettingsLayer} from '../settings/run-settings.ts'
import type {World} from '../stage.ts'
import type {CompletedJob, Job, JobOutcome} from './job.ts'

/** What all jobs of a campaign have in common, as text. */
export interface JobDefaults {
  readonly time: string
  readonly rate: string
  readonly thresholds: readonly string[]
  /** Whether runs other than canaries end at the first proof. */
  readonly failFast: boolean
  /** Where run directories are made; absent for the default. */
  readonly output?: string
}

/** What a job asks of its run. */
export interface JobRequest {
  /** Stronger than every other layer. */
  readonly layer: SettingsLayer
  readonly bugs: readonly string[]
  readonly thresholds: readonly string[]
}

/** The settings of a job. A canary brings its own time and rate, and ends as soon as it is caught. */
export function requestOf(job: Job, {time, rate, thresholds, failFast, output}: JobDefaults): JobRequest {
  const {target, workload, faults, seed, bug} = job
  const layer = layerOf('campaign', {
    target,
    workload,
    nemesis: faults.join(',') || 'none',
    seed,
    ...(bug !== undefined || failFast ? {'fail-fast': 'true'} : {}),
    ...(bug === undefined ? {time, rate} : {}),
    ...(output === undefined ? {} : {output}),
  })
  return bug === undefined ? {layer, bugs: [], thresholds} : {layer, bugs: [bug.name], thresholds: []}
}

export interface PerformContext {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where it runs; the real world when absent. */
  readonly world?: World
  /** Called with the run directory of each run that was judged. */
  judged?(directory: string): Promise<unknown>
}

/** Runs it. Rejects only with what is a bug of ours: an environment that failed is an outcome. */
export async function perform(job: Job, options: RunOptions, context: PerformContext): Promise<CompletedJob> {
  const {clock, signal, world} = context
  const startNs = clock.nowNs()
  const tookMs = () => (clock.nowNs() - startNs) / 1e6
  try {
    const result = await run(options, {}, signal, world)
    if (result.judgement !== undefined) await context.judged?.(result.directory.path)
    else {
      const reason = result.ended?.message ?? 'The run ended early.'
      noteEnded(result.directory.path, result.facts, {interrupted: signal.aborted, reason})
    }
    return {job, ...resultOf(result, signal), tookMs: tookMs(), command: options.command}
  } catch (error) {
    // An interrupt that comes before there is anything to interrupt is thrown as it is.
    if (!(error instanceof ChaosError) && error !== signal.reason) throw error
    const outcome = signal.aborted ? 'interrupted' : 'environment'
    return {job, outcome, sentence: messageOf(error), tookMs: tookMs(), command: options.command}
  }
}

const OUTCOMES: Partial<Record<ExitCode, JobOutcome>> = {
  [EXIT.pass]: 'pass',
  [EXIT.violation]: 'violation',
  [EXIT.liveness]: 'liveness',
}

function resultOf(
  {judgement, ended, directory}: RunResult,
  signal: AbortSignal,
): Pick<CompletedJob, 'outcome' | 'sentence' | 'judgement' | 'directory'> {
  if (judgement === undefined) {
    const outcome = signal.aborted ? 'interrupted' : 'environment'
    return {outcome, sentence: ended?.message ?? 'ended early', directory: directory.path}
  }
  const outcome = OUTCOMES[judgement.exitCode] ?? 'unknown'
  return {outcome, sentence: judgement.sentence, judgement, directory: directory.path}
}
