/** `chaos sim`: searches, keeps each finding as a run, and says what was covered. */
import {EXIT, type ExitCode} from '../../../core/error.ts'
import {type Attempt, isFinding} from '../../../runner/lab/attempt.ts'
import {Guide} from '../../../runner/lab/guided.ts'
import {search, searchInRounds} from '../../../runner/lab/search.ts'
import {swarmWords} from '../../../runner/lab/swarm.ts'
import type {RunOptions} from '../../../runner/options.ts'
import {SimulatedWorld} from '../../../runner/simulated-world.ts'
import {threadPool} from '../../../runner/threads.ts'
import {keptRun} from '../../output/kept-run.ts'
import {programWords} from '../../output/program.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import type {SearchSettings} from './search-settings.ts'
import {seedOptions} from './thread.ts'
import {Totals} from './totals.ts'

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
  const {seeds, stopAtFirst, budgetMs, workers, json, strategy, typed, config} = settings
  const job = (seed: string) => ({typed, config, strategy, seed})
  // What makes no sense is said once and here, not by every thread.
  const first = await seedOptions(job('first'))
  err(`chaos sim · ${first.target.name} · ${first.workload.name} · ${workers} threads · ${strategy}\n`)
  const pool = threadPool(import.meta.url, 'thread', {threads: Math.min(workers, settings.count ?? workers)})
  const totals = new Totals(context, settings.count)
  const findings: Attempt[] = []
  const guide = strategy === 'guided' && settings.base !== undefined ? new Guide(settings.base) : undefined
  const left = () => (settings.count ?? Number.POSITIVE_INFINITY) - totals.figures().seeds
  try {
    const options = {
      attempt: (seed: string) => pool.run(job(seed)) as Promise<Attempt>,
      threads: workers,
      stopAtFirst,
      budgetMs,
      clock,
      signal,
      onAttempt({coverage, ...attempt}: Attempt) {
        guide?.learn(attempt.seed, coverage ?? [])
        totals.add(attempt)
        if (isFinding(attempt)) findings.push(attempt)
      },
    }
    if (guide === undefined) await search({...options, seeds})
    else await searchInRounds({...options, nextRound: () => guide.round(left())})
  } finally {
    await pool.destroy()
    totals.end()
  }
  const kept: Kept[] = []
  for (const finding of findings) {
    if (signal.aborted) break
    kept.push(await keep(finding, await seedOptions(job(finding.seed)), settings, context, signal))
  }
  if (json) context.out(`${JSON.stringify({...totals.figures(), findings: kept}, null, 2)}\n`)
  else context.out(totals.summary(kept.length))
  return worst(kept, totals)
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
  if (strategy === 'swarm') context.err(`  seed ${attempt.seed} drew ${swarmWords(options)}\n`)
  const world = new SimulatedWorld({keepCrashes: true})
  const {exitCode, directory} = await keptRun(options, world, context, signal, json)
  for (const crash of attempt.crashes) context.err(`  a node threw: ${crash}\n`)
  const {command} = options
  return {attempt, directory, command, exitCode: attempt.crashes.length > 0 ? EXIT.violation : exitCode}
}

/** DESIGN.md's order: 1 > 5 > 3 > 0. */
function worst(kept: readonly Kept[], totals: Totals): ExitCode {
  const codes = kept.map(({exitCode}) => exitCode)
  for (const code of [EXIT.bug, EXIT.violation, EXIT.environment, EXIT.liveness]) if (codes.includes(code)) return code
  return totals.figures().valid > 0 ? EXIT.pass : EXIT.inconclusive
}
