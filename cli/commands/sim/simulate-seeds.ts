/** `chaos sim`: searches, keeps each finding as a run, and says what was covered. */
import {EnvironmentError, EXIT, type ExitCode, UsageError} from '../../../core/error.ts'
import {counted} from '../../../core/quantities.ts'
import {type Attempt, isFinding} from '../../../runner/lab/attempt.ts'
import {guideOf} from '../../../runner/lab/guided.ts'
import {search, searchInRounds} from '../../../runner/lab/search.ts'
import {swarmWords} from '../../../runner/lab/swarm.ts'
import type {RunOptions} from '../../../runner/options.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {OutOfMemory, SIMULATING, threadPool} from '../../../runner/threads.ts'
import {explainFailure, printFailure} from '../../output/failure.ts'
import {keptRun} from '../../output/kept-run.ts'
import {programLine, programWords} from '../../output/program.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {refuseImpossibleSearch} from './refusals.ts'
import {type SearchSettings, seedsOf} from './search-settings.ts'
import {StateFile} from './search-state.ts'
import {type SeedJob, seedOptions} from './thread.ts'
import {Totals} from './totals.ts'

/** How often the search is saved, ms: what ends this process without a word loses no more. */
const SAVED_EVERY_MS = 5000

/** The schema of the document that `--json` prints. */
const SIM_SCHEMA = 'chaos.sim/1'

/** A finding, kept as a run. */
interface Kept {
  readonly attempt: Attempt
  readonly directory: string
  readonly command: string
  readonly exitCode: ExitCode
}

/** Resolves to the exit code: the worst of all findings. */
export async function simulateSeeds(
  settings: SearchSettings,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const {err, clock} = context
  const {stopAtFirst, budgetMs, workers, json, strategy, typed, config, resumed} = settings
  const job = (seed: string) => ({typed, config, strategy, seed})
  // What makes no sense is said once and here, not by every thread.
  const first = await seedOptions(job('first'))
  refuseImpossibleSearch(first)
  if (resumed !== undefined) refuseOther(resumed.state.command, first.command)
  err(`chaos sim · ${first.target.name} · ${first.workload.name} · ${counted(workers, 'thread')} · ${strategy}\n`)
  const totals = new Totals(context, settings.count, resumed?.state.figures)
  const findings: Attempt[] = [...(resumed?.state.findings ?? [])]
  if (resumed !== undefined) err(`  going on after ${resumed.state.figures.seeds} seeds\n`)
  const guide = strategy === 'guided' && !settings.one ? guideOf(first, settings.seed) : undefined
  const left = () => (settings.count ?? Number.POSITIVE_INFINITY) - totals.figures().seeds
  const resumable = !settings.one && guide === undefined
  const file = new StateFile(first.target.name, resumed?.path)
  const isOver = () => stopAtFirst && findings.length > 0
  let savedNs = clock.nowNs()
  /** What ended the search before its time: what it had found until then is kept all the same. */
  let ended: {readonly error: unknown} | undefined

  if (!isOver()) {
    await searchSeeds().catch((error: unknown) => {
      if (totals.figures().seeds === 0) throw error
      ended = {error}
    })
  }
  const kept: Kept[] = []
  for (const finding of findings) {
    if (signal.aborted) break
    kept.push(await keep(finding, await seedOptions(job(finding.seed)), settings, context, signal))
  }
  // Told once more: what was interrupted while findings were kept is kept when the search goes on.
  const unfinished = signal.aborted || ended !== undefined
  if (unfinished) save()
  else file.remove()
  if (json) context.out(`${JSON.stringify({schema: SIM_SCHEMA, ...totals.figures(), findings: kept}, null, 2)}\n`)
  else context.out(totals.summary(kept.length))
  if (unfinished && resumable) err(`  Go on       ${programLine('sim', '--resume', file.shown)}\n`)
  else if (unfinished && guide !== undefined) {
    err(`  A guided search cannot go on where it was. From the start: --seed ${settings.seed} --seeds N\n`)
  }
  const exitCode = worst(kept, totals)
  if (ended === undefined) return exitCode
  // A broken promise weighs more than what kept us from looking on.
  if (exitCode !== EXIT.violation || !(ended.error instanceof EnvironmentError)) throw ended.error
  printFailure(explainFailure(ended.error, []), err)
  return exitCode

  async function searchSeeds(): Promise<void> {
    const threads = Math.min(workers, settings.count ?? workers)
    const pool = threadPool(import.meta.url, 'thread', {threads, ...SIMULATING})
    try {
      const options = {
        attempt: (seed: string) => attemptIn(pool, job(seed)),
        threads: workers,
        stopAtFirst,
        budgetMs: budgetMs - (resumed?.state.figures.tookMs ?? 0),
        clock,
        signal,
        onAttempt({coverage, ...attempt}: Attempt) {
          guide?.learn(attempt.seed, coverage ?? [])
          totals.add(attempt)
          if (isFinding(attempt)) findings.push(attempt)
          if (clock.nowNs() - savedNs > SAVED_EVERY_MS * 1e6) save()
        },
      }
      if (guide === undefined) await search({...options, seeds: seedsOf(settings)})
      else await searchInRounds({...options, nextRound: () => guide.round(left())})
    } finally {
      await pool.destroy()
      totals.end()
    }
  }

  function save(): void {
    if (!resumable) return
    savedNs = clock.nowNs()
    file.write({
      typed,
      ...(config === undefined ? {} : {config}),
      strategy,
      seed: settings.seed,
      count: settings.count ?? null,
      budgetMs: Number.isFinite(budgetMs) ? budgetMs : null,
      stopAtFirst,
      command: first.command,
      figures: totals.figures(),
      findings,
    })
  }
}

async function attemptIn(pool: ReturnType<typeof threadPool>, job: SeedJob): Promise<Attempt> {
  try {
    return (await pool.run(job)) as Attempt
  } catch (error) {
    throw error instanceof OutOfMemory ? new OutOfMemory(error, `Seed ${job.seed}`) : error
  }
}

/** A search that goes on under other settings would come to something else. */
function refuseOther(then: string, now: string): void {
  if (then === now) return
  throw new UsageError('The configuration or CHAOS_* variables have changed since this search began.', [
    `Then: ${then}`,
    `Now:  ${now}`,
  ])
}

/** Does the seed again, with a directory, and tells of it as `chaos run` does. */
async function keep(
  attempt: Attempt,
  given: RunOptions,
  {json, strategy}: SearchSettings,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<Kept> {
  const how = strategy === 'random' ? '' : ` --strategy ${strategy}`
  const options = {
    ...given,
    command: `${given.command.replace(`${programWords()} run`, `${programWords()} sim`)}${how}`,
  }
  const drew = strategy === 'swarm' ? 'drew' : 'has'
  if (strategy !== 'random') context.err(`  seed ${attempt.seed} ${drew} ${swarmWords(options)}\n`)
  const world = new SimulatedWorld({keepCrashes: true})
  const {exitCode, directory, result} = await keptRun(options, world, context, signal, json)
  if (json && result.judgement === undefined && !signal.aborted) context.err(`  ${result.ended?.message}\n`)
  for (const crash of attempt.crashes) context.err(`  a node threw: ${crash}\n`)
  if (attempt.unready !== undefined) context.err(`  ${attempt.unready}\n`)
  const {command} = options
  return {attempt, directory, command, exitCode: exitCodeFor(attempt, exitCode)}
}

/**
 * A node that fell over is a violation; a cluster that never served at least a failure of liveness. What the search has proved stays
 * proved where there was no room to keep it.
 */
function exitCodeFor({crashes, unready, unsafe}: Attempt, judged: ExitCode): ExitCode {
  if (crashes.length > 0 || unsafe) return EXIT.violation
  return unready !== undefined && judged !== EXIT.violation ? EXIT.liveness : judged
}

/** DESIGN.md's order: 1 > 5 > 3 > 0. */
function worst(kept: readonly Kept[], totals: Totals): ExitCode {
  const codes = kept.map(({exitCode}) => exitCode)
  for (const code of [EXIT.bug, EXIT.violation, EXIT.environment, EXIT.liveness]) if (codes.includes(code)) return code
  return totals.figures().valid > 0 ? EXIT.pass : EXIT.inconclusive
}
