/** Does one job of a campaign in this process. */
import {rmSync} from 'node:fs'
import {hostname} from 'node:os'
import {basename} from 'node:path'
import {calendarDate, wallClock} from '../../../core/clock.ts'
import {ChaosError, messageOf, UsageError} from '../../../core/error.ts'
import type {Target} from '../../../core/target.ts'
import {type CompletedJob, foundViolation, type Job} from '../../../runner/campaign/job.ts'
import {perform, requestOf} from '../../../runner/campaign/perform.ts'
import type {QueueJob, QueueResult} from '../../../runner/campaign/queue/jobs.ts'
import {anomaliesOf} from '../../../runner/lab/attempt.ts'
import type {RunOptions} from '../../../runner/options.ts'
import {bugOf, resolveRun} from '../../../runner/settings/resolve.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {programWords} from '../../output/program.ts'
import {writeReport} from '../../output/report-page.ts'
import {findTarget} from '../../settings/catalogue.ts'
import type {LoadedConfig} from '../../settings/config.ts'
import {configLayer} from '../../settings/layers.ts'
import {isPath} from '../../settings/modules.ts'

export interface JobContext {
  /** Where run directories are made. */
  readonly runs: string
  /** Whether runs that passed are kept too. */
  readonly keepAll: boolean
  readonly signal: AbortSignal
  /** Whether jobs come from elsewhere: they then name what is known here, and no file of this machine. */
  readonly strangers?: boolean
}

/** Everything that goes wrong but a bug of ours is an outcome. */
export async function performJob(job: QueueJob, loaded: LoadedConfig, context: JobContext): Promise<QueueResult> {
  const clock = wallClock()
  try {
    const {options, full} = await resolve(job, loaded, context)
    const {simulated} = job
    const world = simulated ? {world: new SimulatedWorld({keepCrashes: true})} : {}
    const ended = await perform(full, options, {clock, signal: context.signal, judged: writeReport, ...world})
    return resultOf(job, ended, context)
  } catch (error) {
    if (!(error instanceof ChaosError)) throw error
    // Another configuration than the campaign's: this worker cannot do it, and none of its own kind can.
    const sentence = messageOf(error)
    const failed = {outcome: 'environment', sentence, command: '', tookMs: clock.nowNs() / 1e6} as const
    return {id: job.id, anomalies: [], worker: workerName(), endedAt: calendarDate().toISOString(), ...failed}
  }
}

async function resolve(job: QueueJob, loaded: LoadedConfig, {runs, strangers}: JobContext) {
  const {target: name, workload, faults, seed, time, rate, thresholds, failFast, simulated} = job
  if (strangers === true && isPath(name) && !Object.hasOwn(loaded.plugins.targets, name)) {
    throw new UsageError(`${name} is a file, and files do not travel.`, [
      'Give the target a name in the configuration of the worker.',
    ])
  }
  const target = await findTarget(name, loaded, process.cwd())
  const full = jobOf({target: name, workload, faults, seed}, target, job.bug)
  const request = requestOf(full, {time, rate, thresholds, failFast})
  const options: RunOptions = await resolveRun({
    layers: [request.layer, configLayer(loaded)],
    bugs: request.bugs,
    targetArgs: [],
    thresholds: request.thresholds,
    freshSeed: seed,
    program: programWords(),
    plugins: loaded.plugins,
    findTarget: async () => target,
  })
  const words = programWords()
  const command = simulated ? options.command.replace(`${words} run`, `${words} sim`) : options.command
  return {full, options: {...options, directory: runs, command}}
}

function jobOf(
  cell: Pick<Job, 'target' | 'workload' | 'faults' | 'seed'>,
  target: Target,
  bug: string | undefined,
): Job {
  return bug === undefined ? {kind: 'fresh', ...cell} : {kind: 'canary', ...cell, bug: bugOf(target, bug)}
}

function resultOf(job: QueueJob, ended: CompletedJob, {keepAll}: JobContext): QueueResult {
  const {outcome, sentence, tookMs, command, judgement, directory} = ended
  const expected = job.bug === undefined ? outcome === 'pass' : foundViolation(ended)
  const kept = directory !== undefined && (keepAll || !expected)
  if (directory !== undefined && !kept) rmSync(directory, {recursive: true, force: true})
  return {
    id: job.id,
    outcome,
    sentence,
    anomalies: judgement === undefined ? [] : anomaliesOf(judgement),
    tookMs,
    command,
    worker: workerName(),
    endedAt: calendarDate().toISOString(),
    ...(kept ? {run: basename(directory)} : {}),
  }
}

function workerName(): string {
  return `${hostname()}/${process.pid}`
}
