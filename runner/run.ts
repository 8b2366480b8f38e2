/**
 * The story of a run: make a plan, start the cluster, let clients and faults loose on it, heal, wait until it has come to
 * rest, read everything back, judge, and put everything away.
 *
 * With `--fail-fast` a watch goes along, and once it has proved a violation clients and faults end at once: no final reads,
 * since the proof is in the record already.
 *
 * Whatever happens, what was recorded stays readable, faults are healed and nothing that was started is left behind.
 */
import {type Cancel, type Clock, calendarDate, wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {type ChaosError, EnvironmentError, messageOf, UsageError} from '../core/error.ts'
import {clients} from '../core/generators.ts'
import {History} from '../core/history.ts'
import type {Key, Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import type {Judgement} from '../core/verdict.ts'
import type {Watch} from '../core/watch.ts'
import type {WorkloadOptions} from '../core/workload.ts'
import type {Invoker} from './dispatch.ts'
import {driveReal} from './drive-real.ts'
import {judgedBy, type RunFacts, runFacts} from './facts.ts'
import {Injector} from './injector.ts'
import {createBudget} from './judging/budget.ts'
import {judgeHistory} from './judging/judge.ts'
import {writeVerdict} from './judging/verdict-file.ts'
import {Lookout} from './lookout.ts'
import type {Phase, RunObserver} from './observer.ts'
import type {RunOptions} from './options.ts'
import {makePlan} from './plan.ts'
import {writePlan} from './plan-file.ts'
import {nemesisThreads, planGenerator} from './plan-generator.ts'
import {Recorder} from './recorder.ts'
import {Scheduler} from './scheduler.ts'
import {Scope} from './scope.ts'
import {type Stopped, stoppedBy, stoppedWords} from './stopped.ts'
import {createRunDirectory, pointTo, type RunDirectory, stamp} from './store.ts'
import {startWarden, type Warden} from './warden.ts'
import {Workers} from './workers.ts'

export interface RunResult {
  readonly facts: RunFacts
  readonly directory: RunDirectory
  readonly history: History
  /** Absent when the run was interrupted or failed before there was anything to judge. */
  readonly judgement?: Judgement
  /** Why the run ended early: an interrupt, or the environment's failure. */
  readonly ended?: Error
}

/** How often a watcher hears of progress, ms. */
const PROGRESS_MS = 200

/**
 * Runs. Throws UsageError and EnvironmentError for what goes wrong before the first operation; whatever ends a run later is
 * in the result, with the history as far as it came. `signal` interrupts: faults are healed, children ended, history kept.
 */
export async function run(options: RunOptions, observer: RunObserver, signal: AbortSignal): Promise<RunResult> {
  const clock = wallClock()
  const startedAt = calendarDate()
  const {target, workload, seed} = options
  const name = `${stamp(startedAt)}-${target.name}-${workload.name}-${seed.replaceAll(/[^\w.-]/g, '_')}`
  const directory = createRunDirectory(options.directory, name)
  const facts = runFacts(options, directory.name, startedAt)
  directory.write(directory.run, `${JSON.stringify(facts, null, 2)}\n`)
  pointTo(directory, 'latest')
  observer.started?.(facts)

  const scope = new Scope(clock)
  try {
    return await new Run(options, observer, clock, directory, facts, scope, signal).tell()
  } finally {
    for (const problem of await scope.close()) observer.warned?.(`cleaning up: ${problem}`)
  }
}

class Run {
  readonly #options: RunOptions
  readonly #observer: RunObserver
  readonly #clock: Clock
  readonly #directory: RunDirectory
  #facts: RunFacts
  readonly #scope: Scope
  readonly #random: Random
  readonly #workloadOptions: WorkloadOptions
  /** Aborted by the operator, a full disk or a node that died. */
  readonly #halt = new AbortController()
  /** Aborted by a proof. */
  readonly #proved = new AbortController()

  constructor(
    options: RunOptions,
    observer: RunObserver,
    clock: Clock,
    directory: RunDirectory,
    facts: RunFacts,
    scope: Scope,
    signal: AbortSignal,
  ) {
    this.#options = options
    this.#observer = observer
    this.#clock = clock
    this.#directory = directory
    this.#facts = facts
    this.#scope = scope
    this.#random = createRandom(options.seed)
    const {nodes, concurrency, keys, functions, claim, truthfulRefusals = false} = facts
    this.#workloadOptions = {nodes, concurrency, keys, ratePerS: options.ratePerS, functions, claim, truthfulRefusals}
    const interrupt = () => this.#halt.abort(signal.reason)
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, {once: true})
    scope.defer('the interrupt handler', () => signal.removeEventListener('abort', interrupt))
  }

  async tell(): Promise<RunResult> {
    const {plan, operations} = this.#plan()
    const recorder = this.#record()
    const watch = this.#watch()
    const cluster = await this.#phase(
      'start',
      () => this.#start(),
      (started) => describe(started),
    )
    this.#checkCapabilities(cluster)

    const injector = new Injector(this.#options.nemeses, cluster, this.#clock)
    const workers = new Workers(cluster, this.#clock, this.#options.operationTimeoutMs)
    this.#scope.defer('client connections', () => workers.close())
    const scheduler = new Scheduler({
      generator: planGenerator(plan, this.#clock.nowNs(), operations),
      concurrency: this.#options.concurrency,
      nodes: this.#facts.nodes,
      nemesisThreads: nemesisThreads(plan),
      random: this.#random.fork('final'),
    })
    this.#halt.signal.addEventListener('abort', () => workers.interrupt('interrupted'), {once: true})
    this.#proved.signal.addEventListener('abort', () => workers.interrupt('the run was stopped'), {once: true})
    const drive = {
      clock: this.#clock,
      scheduler,
      invoker: invoker(workers, injector),
      recording: recorder,
      signal: AbortSignal.any([this.#halt.signal, this.#proved.signal]),
    }

    await this.#phase(
      'drive',
      () => this.#watched(recorder, injector, () => this.#untilProved(watch, recorder, () => driveReal(drive))),
      () => driven(new History(recorder.ops), this.#facts.stopped),
    )
    // An unbounded plan has grown to what was really asked.
    if (plan.unbounded && !this.#halt.signal.aborted) this.#directory.write(this.#directory.plan, writePlan(plan))

    await this.#phase(
      'heal',
      async () => {
        await this.#heal(injector, cluster)
        if (this.#proved.signal.aborted) return
        const final = this.#options.workload.finalGenerator?.(this.#workloadOptions, keysOf(recorder.ops))
        if (final === undefined || this.#halt.signal.aborted) return
        scheduler.load(clients(final))
        await driveReal(drive)
      },
      () => finallyRead(recorder.ops),
    )
    recorder.flush()
    const history = new History(recorder.ops)
    if (this.#halt.signal.aborted) return this.#endedEarly(history)
    return this.#judge(history)
  }

  /** The plan is a function of the seed and the options, and is written before anything happens. */
  #plan() {
    const {seed, nemeses, timeMs, ratePerS, intervalMs, maxOperations, workload} = this.#options
    const {nodes, concurrency, target, bugs, keys} = this.#facts
    const made = makePlan({
      seed,
      random: this.#random,
      generator: workload.generator(this.#workloadOptions),
      nodes,
      concurrency,
      timeMs,
      ratePerS,
      nemeses,
      intervalMs,
      ...(Number.isFinite(maxOperations) ? {operations: maxOperations} : {}),
      options: {target, workload: workload.name, keys, bugs},
    })
    this.#directory.write(this.#directory.plan, writePlan(made.plan))
    return made
  }

  /** What goes along with `--fail-fast`; it is said where there is nothing that could. */
  #watch(): Watch | undefined {
    const {failFast, workload} = this.#options
    if (!failFast) return undefined
    const watch = workload.watch?.(this.#workloadOptions)
    if (watch !== undefined) return watch
    const claim = `${this.#facts.claim} under ${workload.name}`
    this.#observer.warned?.(
      `--fail-fast changes nothing: no breach of ${claim} can be proved before the run has ended.`,
    )
    return undefined
  }

  /** Lets the watch follow the record while `work` goes on. A breach stops the run, and `run.json` says so. */
  async #untilProved(watch: Watch | undefined, recorder: Recorder, work: () => Promise<void>): Promise<void> {
    if (watch === undefined) return work()
    const startNs = this.#clock.nowNs()
    const lookout = new Lookout({
      watch,
      ops: recorder.ops,
      clock: this.#clock,
      onBreach: (breach) => {
        const stopped = stoppedBy(breach, recorder.ops, startNs, this.#clock.nowNs(), this.#options.timeMs)
        this.#proved.abort()
        this.#facts = {...this.#facts, stopped}
        try {
          this.#directory.write(this.#directory.run, `${JSON.stringify(this.#facts, null, 2)}\n`)
        } catch (error) {
          this.#halt.abort(error)
        }
      },
      onError: (error) => this.#observer.warned?.(`--fail-fast crashed, the run goes on: ${messageOf(error)}`),
    })
    lookout.start()
    try {
      await work()
    } finally {
      lookout.stop()
    }
    if (watch.blind !== undefined && !this.#proved.signal.aborted) {
      this.#observer.warned?.(`--fail-fast did not see everything: ${watch.blind}. The check of the whole record does.`)
    }
  }

  #record(): Recorder {
    const recorder = new Recorder(this.#directory.history, {...judgedBy(this.#options)}, (error) =>
      this.#halt.abort(error),
    )
    if (this.#observer.recorded !== undefined) recorder.onRecord = (op) => this.#observer.recorded?.(op)
    this.#scope.defer('the history', () => recorder.close())
    return recorder
  }

  async #start(): Promise<Cluster> {
    const {target, seed, toxiproxy, operationTimeoutMs, bugs, targetArgs} = this.#options
    const warden: Warden = startWarden()
    this.#scope.defer('the warden', () => warden.dismiss())
    warden.removeLater(this.#directory.disks)
    const starting = target.start({
      options: {nodes: this.#facts.nodes, bugs, args: {workload: this.#facts.workload, ...targetArgs}},
      random: this.#random,
      clock: this.#clock,
      seed,
      directory: this.#directory.disks,
      logDirectory: this.#directory.logs,
      eventDirectory: this.#directory.events,
      toxiproxy,
      operationTimeoutMs,
      guard: (pid) => warden.guard(pid),
      onEvent: () => {},
      onUnexpectedExit: (node, reason, lines) => this.#halt.abort(nodeEnded(node, reason, lines)),
      signal: this.#halt.signal,
    })
    this.#scope.defer('the cluster', async () => (await starting.catch(() => undefined))?.stop())
    const cluster = await starting
    this.#halt.signal.throwIfAborted()
    return cluster
  }

  /** A fault that the target cannot suffer is refused before the run, not skipped during it. */
  #checkCapabilities(cluster: Cluster): void {
    for (const nemesis of this.#options.nemeses) {
      const missing = nemesis.missing(cluster)
      if (missing === undefined) continue
      throw new UsageError(`Target ${this.#facts.target} cannot suffer "${nemesis.name}": it lacks ${missing}.`)
    }
  }

  /** Heals every fault and waits until the cluster has come to rest; one that does not is the checkers' business. */
  async #heal(injector: Injector, cluster: Cluster): Promise<void> {
    for (const problem of await injector.heal()) this.#observer.warned?.(problem)
    if (this.#halt.signal.aborted || this.#proved.signal.aborted) return
    await cluster.ready?.(this.#options.healMs).catch((error: unknown) => {
      if (!this.#halt.signal.aborted) this.#observer.warned?.(messageOf(error))
    })
  }

  async #judge(history: History): Promise<RunResult> {
    const {workload, thresholds, checkTimeoutMs, checkMemoryBytes} = this.#options
    const judgement = await this.#phase(
      'check',
      () =>
        judgeHistory(history, {
          workload,
          workloadOptions: this.#workloadOptions,
          faults: this.#facts.faults,
          thresholds,
          ...(this.#facts.stopped === undefined ? {} : {stopped: this.#facts.stopped}),
          budget: createBudget(checkTimeoutMs, checkMemoryBytes, this.#halt.signal),
        }),
      ({verdicts}) => verdicts.map(({checker}) => checker).join(', '),
    )
    const directory = this.#directory
    directory.write(directory.verdict, writeVerdict(judgement))
    if (judgement.validity === 'invalid') pointTo(directory, 'latest-failure')
    return {facts: this.#facts, directory, history, judgement}
  }

  #endedEarly(history: History): RunResult {
    const {reason} = this.#halt.signal
    const ended = reason instanceof Error ? reason : new Error(String(reason))
    return {facts: this.#facts, directory: this.#directory, history, ended}
  }

  async #phase<T>(phase: Phase, work: () => Promise<T>, detail: (result: T) => string): Promise<T> {
    const startNs = this.#clock.nowNs()
    this.#observer.phaseBegan?.(phase)
    const result = await work()
    if (!this.#halt.signal.aborted) {
      this.#observer.phaseEnded?.(phase, detail(result), (this.#clock.nowNs() - startNs) / 1e6)
    }
    return result
  }

  /** Tells the observer how far things are, several times a second, while `work` is going on. */
  async #watched(recorder: Recorder, injector: Injector, work: () => Promise<void>): Promise<void> {
    const startNs = this.#clock.nowNs()
    let cancel: Cancel = () => {}
    const look = () => {
      const {operations, ok, fail, info} = recorder.counts
      const faults = [...injector.active].map(([fault, description]) => `${fault} ${description}`)
      const elapsedMs = (this.#clock.nowNs() - startNs) / 1e6
      this.#observer.progressed?.({elapsedMs, totalMs: this.#options.timeMs, operations, ok, fail, info, faults})
      cancel = this.#clock.after(PROGRESS_MS, look)
    }
    look()
    try {
      await work()
    } finally {
      cancel()
    }
  }
}

/** Client threads run on real connections, nemesis threads run the injector. */
function invoker(workers: Workers, injector: Injector): Invoker {
  return {
    invoke(thread, process, node, invocation, done) {
      if (typeof thread === 'string') void injector.invoke(invocation).then(done)
      else workers.invoke(thread, process as number, node as string, invocation, done)
    },
  }
}

function nodeEnded(node: string, reason: string, lines: readonly string[]): ChaosError {
  return new EnvironmentError(`Node ${node} ${reason}, and nobody had asked it to.`, [
    ...(lines.length === 0 ? ['Its log is empty.'] : ['The end of its log:', ...lines.map((line) => `  ${line}`)]),
  ])
}

function keysOf(ops: readonly Op[]): Key[] {
  const keys = new Set<Key>()
  for (const {key} of ops) if (key !== undefined) keys.add(key)
  return [...keys]
}

function describe(cluster: Cluster): string {
  return [`${cluster.nodes.length} nodes`, ...(cluster.network === undefined ? [] : [cluster.describe?.() ?? ''])]
    .filter((part) => part !== '')
    .join(', ')
}

function driven(history: History, stopped: Stopped | undefined): string {
  const verified = history.faults.filter((fault) => fault.verified).length
  const kinds = new Map<string, number>()
  for (const {fault} of history.faults) kinds.set(fault, (kinds.get(fault) ?? 0) + 1)
  const faults = [...kinds].map(([fault, count]) => `${count} × ${fault}`).join(', ')
  const proof = history.faults.length === 0 ? 'no faults' : `${faults} (${verified}/${history.faults.length} verified)`
  const early = stopped === undefined ? '' : `, ${stoppedWords(stopped)}`
  return `${history.operations.length} operations, ${proof}${early}`
}

function finallyRead(ops: readonly Op[]): string {
  const reads = ops.filter((op) => op.final === true && op.type === 'ok').length
  return reads === 0 ? 'all faults undone' : `all faults undone, ${reads} final reads`
}
