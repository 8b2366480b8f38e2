/**
 * A run from its options to its verdict: plan, directory, record, the story on a real or simulated world, judgement. What
 * happens in between is told by `story.ts`, the same for both worlds.
 *
 * Whatever happens, what was recorded stays readable, faults are healed and nothing that was started is left behind.
 */
import {refuseImpossible} from '../core/capabilities.ts'
import {calendarDate, wallClock} from '../core/clock.ts'
import type {NodeEvent} from '../core/cluster.ts'
import {messageOf} from '../core/error.ts'
import {exitOp} from '../core/exits.ts'
import {History} from '../core/history.ts'
import {waysToTry} from '../core/links.ts'
import {createRandom} from '../core/random.ts'
import {assertPresent} from '../core/target.ts'
import type {Judgement} from '../core/verdict.ts'
import {everyFault} from '../nemesis/index.ts'
import {judgedBy, type RunFacts, runFacts} from './facts.ts'
import {createBudget} from './judging/budget.ts'
import {judgeHistory} from './judging/judge.ts'
import {toldIn} from './judging/node-events.ts'
import {writeVerdict} from './judging/verdict-file.ts'
import type {RunObserver} from './observer.ts'
import {type RunOptions, targetOptions} from './options.ts'
import {clusterWords, observedPhase} from './phases.ts'
import {makePlan, settling} from './plan.ts'
import {writePlan} from './plan-file.ts'
import {realWorld} from './real-world.ts'
import {Recorder} from './recorder.ts'
import {demandRoom} from './room.ts'
import {noteEnded} from './runs.ts'
import {Scope} from './scope.ts'
import type {World} from './stage.ts'
import type {Stopped} from './stopped.ts'
import {asFileName, createRunDirectory, pointTo, type RunDirectory, stamp} from './store.ts'
import {runStory, type Script} from './story.ts'

export interface RunResult {
  readonly facts: RunFacts
  readonly directory: RunDirectory
  readonly history: History
  /** Absent when the run was interrupted or failed before there was anything to judge. */
  readonly judgement?: Judgement
  /** Why the run ended early: an interrupt, or the environment's failure. */
  readonly ended?: Error
}

/**
 * Runs. Throws UsageError and EnvironmentError for what goes wrong before the first operation; whatever ends a run later is
 * in the result, with the history as far as it came. `signal` interrupts: faults are healed, children ended, history kept.
 */
export async function run(
  options: RunOptions,
  observer: RunObserver,
  signal: AbortSignal,
  world: World = realWorld(),
): Promise<RunResult> {
  const {target, workload, seed, nemeses} = options
  if (!world.simulated) {
    demandRoom(options.nodes, options.machines)
    waysToTry(target.name, target.linkWays ?? {config: true}, options.links)
    // On other machines, or in containers, it is found missing when it is started.
    if (options.machines.length === 0 && options.containers === undefined) assertPresent(target)
  }
  const capabilities = world.capabilities(target, targetOptions(options), options.links)
  refuseImpossible(target.name, capabilities, nemeses, everyFault())
  const startedAt = calendarDate()
  const name = [stamp(startedAt), ...[target.name, workload.name, seed].map(asFileName)].join('-')
  const directory = createRunDirectory(options.directory, name)
  const scope = new Scope(wallClock())
  const halt = new AbortController()
  const interrupt = () => halt.abort(signal.reason)
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt, {once: true})
  scope.defer('the interrupt handler', () => signal.removeEventListener('abort', interrupt))
  let facts = runFacts(options, directory.name, startedAt, world.simulated)
  saveFacts()
  pointTo(directory, 'latest')
  observer.started?.(facts)
  try {
    return await conduct()
  } catch (error) {
    // A cluster that did not come up, or that nobody waited for: whoever lists runs later should not have to guess.
    noteEnded(directory.path, facts, {interrupted: signal.aborted, reason: messageOf(error)})
    throw error
  } finally {
    for (const problem of await scope.close()) observer.warned?.(`cleaning up: ${problem}`)
  }

  async function conduct(): Promise<RunResult> {
    const script = writtenScript()
    const recorder = new Recorder(directory.history, {...judgedBy(options)}, (error) => halt.abort(error))
    if (observer.recorded !== undefined) recorder.onRecord = (op) => observer.recorded?.(op)
    scope.defer('the history', () => recorder.close())
    const phase = observedPhase(world.clock, observer, halt.signal)
    const stage = await phase(
      'start',
      async () => {
        const context = {options, targetOptions: targetOptions(options), directory, random: script.random, scope}
        const opened = await world.open({
          ...context,
          halt: (reason) => halt.abort(reason),
          exited(exit) {
            recorder.record(exitOp(exit, world.clock.nowNs()))
            observer.warned?.(
              `Node ${exit.node} ${exit.how}, and nobody had asked it to; it is started again after the faults.`,
            )
          },
          warn: (text) => observer.warned?.(text),
          signal: halt.signal,
        })
        halt.signal.throwIfAborted()
        return opened
      },
      ({cluster}) => clusterWords(cluster),
    )
    const cluster = stage.cluster.describe?.()
    if (cluster !== undefined) {
      facts = {...facts, cluster}
      saveFacts()
    }
    const {stopped} = await runStory(world, stage, recorder, script, observer, halt.signal)
    if (stopped !== undefined) {
      facts = {...facts, stopped}
      saveFacts()
    }
    // An unbounded plan has grown to what was really asked.
    if (script.plan.unbounded && !halt.signal.aborted) directory.write(directory.plan, writePlan(script.plan))
    recorder.flush()
    const history = new History(recorder.ops)
    if (halt.signal.aborted) return {facts, directory, history, ended: asError(halt.signal.reason)}
    const judgement = await phase(
      'check',
      () => judged(history, script, stopped, stage.told),
      ({verdicts}) => verdicts.map(({checker}) => checker).join(', '),
    )
    directory.write(directory.verdict, writeVerdict(judgement))
    if (judgement.validity === 'invalid') pointTo(directory, 'latest-failure')
    return {facts, directory, history, judgement}
  }

  /** The plan is a function of the seed and the options, and is written before anything happens. */
  function writtenScript(): Script {
    const {timeMs, ratePerS, intervalMs, maxOperations, healMs, failFast, targetArgs} = options
    const {nodes, concurrency, keys, functions, claim, truthfulRefusals = false, bugs} = facts
    const random = createRandom(seed)
    const workloadOptions = {nodes, concurrency, keys, ratePerS, functions, claim, truthfulRefusals, args: targetArgs}
    const made =
      options.plan ??
      makePlan({
        seed,
        random,
        generator: workload.generator(workloadOptions),
        nodes,
        concurrency,
        timeMs,
        ratePerS,
        nemeses,
        intervalMs,
        capabilities,
        ...settling(target),
        ...(Number.isFinite(maxOperations) ? {operations: maxOperations} : {}),
        options: {
          target: target.name,
          workload: workload.name,
          keys,
          bugs,
          ...(Object.keys(targetArgs).length === 0 ? {} : {args: targetArgs}),
        },
      })
    directory.write(directory.plan, writePlan(made.plan))
    return {...made, workload, workloadOptions, nemeses, random, healMs, failFast}
  }

  function judged(
    history: History,
    {workloadOptions}: Script,
    stopped: Stopped | undefined,
    events: readonly NodeEvent[] | undefined,
  ): Promise<Judgement> {
    const {thresholds, checkTimeoutMs, checkMemoryBytes} = options
    const {invariants = []} = facts
    // A simulated cluster knows what its nodes told; what real ones told is in files.
    const told = events === undefined ? toldIn(facts, directory.path) : {events, invariants}
    return judgeHistory(history, {
      workload,
      workloadOptions,
      faults: facts.faults,
      thresholds,
      patienceMs: facts.patienceMs,
      ...(stopped === undefined ? {} : {stopped}),
      ...(told === undefined ? {} : {told}),
      budget: createBudget(checkTimeoutMs, checkMemoryBytes, halt.signal),
    })
  }

  function saveFacts(): void {
    directory.write(directory.run, `${JSON.stringify(facts, null, 2)}\n`)
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
