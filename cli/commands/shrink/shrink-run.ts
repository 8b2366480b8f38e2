/** What `chaos shrink` does: find the anomaly in simulation, leave out what it does not need, keep the rest as a run. */

import {EXIT, type ExitCode, messageOf, UsageError} from '../../../core/error.ts'
import {counted} from '../../../core/quantities.ts'
import {locate} from '../../../runner/judging/load.ts'
import {followingPlan} from '../../../runner/lab/again.ts'
import {asItWent} from '../../../runner/lab/as-it-went.ts'
import {NEVER_READY, requestOf} from '../../../runner/lab/attempt.ts'
import {hunt, worldSeeds} from '../../../runner/lab/hunt.ts'
import {isNeverReady} from '../../../runner/lab/never-ready.ts'
import {type Shown, type Smallest, shrink} from '../../../runner/lab/shrink.ts'
import {startsOf} from '../../../runner/lab/starts.ts'
import {type Plan, withHeldDraws} from '../../../runner/plan.ts'
import {simulate} from '../../../runner/simulate.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {keptRun} from '../../output/kept-run.ts'
import {programLine} from '../../output/program.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import type {JudgingSettings} from '../../settings/judging-settings.ts'
import {type NamedRun, namedRun} from '../../settings/past-run.ts'
import {placeNames} from '../../settings/places.ts'
import {planThreads} from '../../settings/plan-threads.ts'
import {ProgressLine} from './progress-line.ts'
import {shrinkRecord} from './shrink-record.ts'

export interface ShrinkSettings {
  readonly name: string
  readonly runs: string | undefined
  readonly output: string | undefined
  readonly config: string | undefined
  readonly budgetMs: number
  /** Whether only the record is to become smaller. */
  readonly recordOnly: boolean
  readonly judging: JudgingSettings
  /** How many seeds of the world each candidate is tried under. */
  readonly worlds: number
}

/** Seeds under which a real run's anomaly is looked for before anything is left out. */
const FIRST_SEEDS = 200
/** Seeds of the world that a small candidate is tried under at most. */
const MOST_WORLDS = 32

export async function shrinkRun(
  settings: ShrinkSettings,
  context: ReporterContext,
  interrupted: AbortSignal,
): Promise<ExitCode> {
  const {clock, err, out} = context
  const record = () => shrinkRecord(where, settings, context, interrupted)
  const [where = settings.name] = await placeNames([settings.name], settings.runs, settings.config)
  const {directory: own} = locate(where)
  if (settings.recordOnly || own === undefined) return record()
  const past = await namedRun(settings.name, settings)
  const {options, facts} = past
  // A violation must not shrink to a mere outage.
  const anomalies = past.unsafe.length > 0 ? past.unsafe : (await wasNeverReady(past)) ? [NEVER_READY] : past.anomalies
  if (options.target.protocol === undefined) {
    err(`${facts.target} has no protocol code that could be simulated: only its record can become smaller.\n`)
    return record()
  }
  if (anomalies.length === 0 && !past.judged) {
    throw new UsageError(`${past.directory} was not judged: nobody can say what is to remain.`, [
      `Judge it first: ${programLine('check', past.directory)}`,
    ])
  }
  if (anomalies.length === 0) {
    throw new UsageError(`${facts.id} found nothing that could be shrunk: its verdict names no anomaly.`, [
      'Give a run that failed: chaos list runs',
    ])
  }
  const timeUp = new AbortController()
  const cancel = clock.after(settings.budgetMs, () => timeUp.abort())
  const signal = AbortSignal.any([interrupted, timeUp.signal])
  const pool = planThreads(past.directory, settings.config)
  const {threads} = pool
  const wanted = past.unsafe.length > 0 ? past.unsafe : undefined
  const tryPlan = (plan: Plan, seed: string) => pool.attempt(plan, seed, wanted)
  const find = (plan: Plan, seeds: readonly string[]) =>
    hunt({threads, attempt: tryPlan, plan, wanted: anomalies, seeds, signal})
  let failed: {readonly message: string; times: number} | undefined
  const onFailure = (error: unknown) => {
    failed ??= {message: messageOf(error), times: 0}
    failed.times++
  }
  const progress = new ProgressLine(context)
  try {
    err(`chaos shrink · ${facts.id} · ${anomalies.join(' or ')} · ${sizeWords(past.plan)}\n`)
    const first = await find(past.plan, worldSeeds(options.seed, facts.simulated === true ? 1 : FIRST_SEEDS))
    if (first === undefined) {
      if (interrupted.aborted) {
        out(`  Interrupted before it was found in simulation: ${anomalies.join(' or ')}.\n`)
        return EXIT.inconclusive
      }
      out(`  Not found in simulation: ${anomalies.join(' or ')}.\n`)
      return record()
    }
    const worlds = [first.seed, ...worldSeeds(`${options.seed}-s`, MOST_WORLDS - 1)]
    const next = startsOf({plan: withHeldDraws(past.plan), seed: `${options.seed}-t`, threads, find})
    const smallest = await shrink({
      start: await steadied(past.plan, first),
      async another() {
        const start = await next().catch(onFailure)
        return start === undefined ? undefined : steadied(start.plan, start)
      },
      trial: (plan, count, before) => find(plan, [before, ...worlds.filter((seed) => seed !== before)].slice(0, count)),
      worlds: {first: settings.worlds, most: Math.max(settings.worlds, MOST_WORLDS)},
      minNodes: options.target.minNodes ?? 1,
      signal,
      onFailure,
      onProgress: ({plan, tried, worlds}) =>
        progress.say(`${tried} tried under ${worlds} seeds, down to ${sizeWords(plan)}`),
    })
    progress.end()
    if (failed !== undefined) err(`  ${failed.times} candidates could not be tried: ${failed.message}\n`)
    const command = programLine('shrink', past.directory)
    const planned = {...followingPlan(options, smallest.plan, smallest.seed), command}
    const world = new SimulatedWorld({keepCrashes: true})
    // The search may have been interrupted; what it found is kept all the same.
    const {exitCode, directory} = await keptRun(planned, world, context, new AbortController().signal)
    const why = interrupted.aborted ? ' (interrupted)' : timeUp.signal.aborted ? ' (time is up)' : ''
    out(`  From ${sizeWords(past.plan)} to ${sizeWords(smallest.plan)}${why}.\n  ${programLine('replay', directory)}\n`)
    if (world.unready === undefined) return exitCode
    out(`  ${world.unready}\n`)
    return exitCode === EXIT.violation ? exitCode : EXIT.liveness
  } finally {
    cancel()
    progress.end()
    await pool.close()
  }

  /** The plan with threads and times as they were in a run that shows the anomaly, if it then still shows it. */
  async function steadied(plan: Plan, first: Shown): Promise<Smallest> {
    if (signal.aborted) return {...first, plan}
    const {history} = await simulate(requestOf(followingPlan(options, plan, first.seed), plan))
    const steady = asItWent(plan, history)
    const shown = await find(steady, [first.seed]).catch(onFailure)
    return shown === undefined ? {...first, plan} : {...shown, plan: steady}
  }
}

/** No verdict says so, since judges see the record alone. */
async function wasNeverReady({facts, options, plan}: NamedRun): Promise<boolean> {
  return facts.simulated === true && (await isNeverReady(options, plan))
}

function sizeWords({operations, faults, options}: Plan): string {
  return `${counted(operations.length, 'operation')}, ${counted(faults.length, 'fault')}, ${options.timeMs / 1000} s`
}
