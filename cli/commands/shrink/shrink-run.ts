/** What `chaos shrink` does: find the anomaly in simulation, leave out what it does not need, keep the rest as a run. */
import {EXIT, type ExitCode, UsageError} from '../../../core/error.ts'
import {hunt, worldSeeds} from '../../../runner/lab/hunt.ts'
import {shrink} from '../../../runner/lab/shrink.ts'
import {listed, type Plan} from '../../../runner/plan.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {keptRun} from '../../output/kept-run.ts'
import {programWords} from '../../output/program.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {namedRun} from '../../settings/past-run.ts'

export interface ShrinkSettings {
  readonly name: string
  readonly runs: string | undefined
  readonly output: string | undefined
  readonly config: string | undefined
  readonly budgetMs: number
  /** How many seeds of the world each candidate is tried under. */
  readonly worlds: number
}

/** Seeds under which a real run's anomaly is looked for before anything is left out. */
const FIRST_SEEDS = 200

export async function shrinkRun(
  settings: ShrinkSettings,
  context: ReporterContext,
  interrupted: AbortSignal,
): Promise<ExitCode> {
  const {clock, err, out, live} = context
  const past = await namedRun(settings.name, settings)
  const {options, anomalies, facts} = past
  if (options.target.protocol === undefined) {
    throw new UsageError(`${facts.target} cannot be shrunk: it has no protocol code that could be simulated.`)
  }
  if (anomalies.length === 0) {
    throw new UsageError(`${facts.id} found nothing that could be shrunk: its verdict names no anomaly.`, [
      'Give a run that failed: chaos list runs',
    ])
  }
  const timeUp = new AbortController()
  const cancel = clock.after(settings.budgetMs, () => timeUp.abort())
  const signal = AbortSignal.any([interrupted, timeUp.signal])
  const find = (plan: Plan, seeds: readonly string[]) => hunt({options, plan, wanted: anomalies, seeds, signal})
  try {
    err(`chaos shrink · ${facts.id} · ${anomalies.join(' or ')} · ${sizeWords(past.plan)}\n`)
    const first = await find(past.plan, worldSeeds(options.seed, facts.simulated === true ? 1 : FIRST_SEEDS))
    if (first === undefined) {
      out(`  Not found in simulation: ${anomalies.join(' or ')}. Nothing was left out.\n`)
      return EXIT.inconclusive
    }
    const seeds = [first.seed, ...worldSeeds(`${options.seed}-s`, settings.worlds - 1)]
    const smallest = await shrink({
      start: {plan: past.plan, seed: first.seed},
      trial: async (plan) => (await find(plan, seeds))?.seed,
      signal,
      onProgress({plan, tried}) {
        if (live) err(`\r\u001b[K  ${tried} tried, down to ${sizeWords(plan)}`)
      },
    })
    if (live) err('\r\u001b[K')
    const plan = {...smallest.plan, seed: smallest.seed}
    const planned = {
      ...options,
      seed: smallest.seed,
      timeMs: plan.options.timeMs,
      plan: {plan, operations: listed(plan.operations)},
    }
    const command = `${programWords()} shrink ${past.directory}`
    const world = new SimulatedWorld({keepCrashes: true})
    // The search may have been interrupted; what it found is kept all the same.
    const {exitCode, directory} = await keptRun({...planned, command}, world, context, new AbortController().signal)
    const why = interrupted.aborted ? ' (interrupted)' : timeUp.signal.aborted ? ' (time is up)' : ''
    out(`  From ${sizeWords(past.plan)} to ${sizeWords(plan)}${why}.\n  ${programWords()} replay ${directory}\n`)
    return exitCode
  } finally {
    cancel()
  }
}

function sizeWords({operations, faults, options}: Plan): string {
  return `${operations.length} operations, ${faults.length} faults, ${options.timeMs / 1000} s`
}
