/** What `chaos replay` does: exactly, as a schedule, or in simulation. */
import {join} from 'node:path'
import {EXIT, type ExitCode, UsageError} from '../../../core/error.ts'
import {load} from '../../../runner/judging/load.ts'
import {followingPlan} from '../../../runner/lab/again.ts'
import {anomaliesOf} from '../../../runner/lab/attempt.ts'
import {whereTheyPart} from '../../../runner/lab/compare-histories.ts'
import {hunt, worldSeeds} from '../../../runner/lab/hunt.ts'
import {rateOf, rateWords} from '../../../runner/lab/rate.ts'
import {realWorld} from '../../../runner/real-world.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {keptRun} from '../../output/kept-run.ts'
import {programLine} from '../../output/program.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {type NamedRun, namedRun} from '../../settings/past-run.ts'
import {planThreads} from '../../settings/plan-threads.ts'

export interface ReplaySettings {
  readonly name: string
  readonly runs: string | undefined
  readonly output: string | undefined
  readonly config: string | undefined
  readonly times: number
  readonly sim: boolean
  readonly seeds: number
}

export async function replay(
  settings: ReplaySettings,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const past = await namedRun(settings.name, settings)
  const command = programLine('replay', past.directory)
  if (settings.sim) return inSimulation(past, settings, context, signal)
  if (past.facts.simulated === true) {
    if (settings.times > 1) context.err('A simulated run comes out the same every time: it is done once.\n')
    return exactly(past, command, context, signal)
  }
  return asSchedule(past, command, settings.times, context, signal)
}

/** A simulated run must come out the same. */
async function exactly(
  past: NamedRun,
  command: string,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  // What cannot be read cannot be compared with; that is said before anything is done.
  await load(past.directory)
  const world = new SimulatedWorld({keepCrashes: true})
  const {result, exitCode} = await keptRun({...past.options, command}, world, context, signal)
  if (result.judgement === undefined) return exitCode
  const parting = whereTheyPart(join(past.directory, 'history.jsonl'), result.directory.history)
  if (parting === undefined) {
    context.out('  The history is the same, byte for byte.\n')
    return exitCode
  }
  const {line, left, right} = parting
  const {versions} = past.facts
  context.out(`  The histories part at line ${line}.\n    then  ${left}\n    now   ${right}\n`)
  context.out(
    `  It was made by chaos ${versions['chaos']} on Node ${versions['node']}; this is Node ${process.version}. Or its plan was edited.\n`,
  )
  // Whatever it was made from, what it shows now is shown.
  return exitCode === EXIT.pass ? EXIT.inconclusive : exitCode
}

/** A real run, as often as asked: the same operations and faults, whatever the processes make of them. */
async function asSchedule(
  past: NamedRun,
  command: string,
  times: number,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const codes: ExitCode[] = []
  let judgements = 0
  let reproduced = 0
  for (let i = 0; i < times && !signal.aborted; i++) {
    const {exitCode, result} = await keptRun({...past.options, command}, realWorld(), context, signal)
    codes.push(exitCode)
    if (result.judgement === undefined) continue
    judgements++
    const found = anomaliesOf(result.judgement)
    if (past.anomalies.length === 0 ? found.length > 0 : found.some((type) => past.anomalies.includes(type))) {
      reproduced++
    }
  }
  if (times > 1) {
    const what = past.anomalies.length === 0 ? 'A violation showed' : `${past.anomalies.join(' or ')} showed`
    const lost = codes.length - judgements
    const unjudged = lost === 0 ? '' : `; ${lost} more did not come to a verdict`
    context.out(`  ${what} in ${rateWords(rateOf(reproduced, judgements))}${unjudged}.\n`)
  }
  const order = [EXIT.bug, EXIT.violation, EXIT.environment, EXIT.liveness, EXIT.inconclusive, EXIT.pass]
  return order.find((code) => codes.includes(code)) ?? EXIT.inconclusive
}

/** The same plan on simulated machines, until it shows the same anomaly. */
async function inSimulation(
  past: NamedRun,
  {seeds, config}: ReplaySettings,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const {options, plan, anomalies, facts} = past
  if (options.target.protocol === undefined) {
    throw new UsageError(`${facts.target} cannot be simulated: it has no protocol code.`, ['Replay it without --sim.'])
  }
  const wanted = anomalies.length === 0 ? 'any violation' : anomalies.join(' or ')
  context.err(`chaos replay --sim · ${facts.id} · looking for ${wanted} under up to ${seeds} seeds\n`)
  const pool = planThreads(past.directory, config)
  const found = await hunt({...pool, plan, wanted: anomalies, seeds: worldSeeds(options.seed, seeds), signal}).finally(
    pool.close,
  )
  if (found === undefined) {
    context.out(`  Not found under ${seeds} seeds of the simulated world: ${wanted}.\n`)
    return EXIT.inconclusive
  }
  const planned = followingPlan(options, plan, found.seed)
  const command = programLine('replay', past.directory, '--sim')
  const world = new SimulatedWorld({keepCrashes: true})
  const {exitCode, directory} = await keptRun({...planned, command}, world, context, signal)
  context.out(`  Found under seed ${found.seed}: it now fails every time.\n  ${programLine('replay', directory)}\n`)
  return exitCode
}
