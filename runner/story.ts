/**
 * The story of a run, real or simulated: let clients and faults loose on the cluster, undo every fault, wait until the
 * cluster has come to rest, and read everything back.
 *
 * With `--fail-fast` a watch goes along, and once it has proved a violation clients and faults end at once: no final reads,
 * since the proof is in the record already.
 */
import {messageOf} from '../core/error.ts'
import {clients} from '../core/generators.ts'
import {COUNT_MESSAGES, type Messages, NETWORK_PROCESS} from '../core/messages.ts'
import type {Nemesis} from '../core/nemesis.ts'
import {keysOf} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import {untilSettled} from '../core/settling.ts'
import {unsettled} from '../core/status.ts'
import type {Workload, WorkloadOptions} from '../core/workload.ts'
import {type Dispatch, type Invoker, recordOutcome} from './dispatch.ts'
import {FailFastMonitor} from './fail-fast-monitor.ts'
import {restore} from './heal.ts'
import {Injector} from './injector.ts'
import type {RunObserver} from './observer.ts'
import {drivenWords, finalReadsWords, observedPhase, withProgress} from './phases.ts'
import type {Operations, Plan} from './plan.ts'
import {faultsEndNs, nemesisThread, nemesisThreads, planGenerator} from './plan-generator.ts'
import {Scheduler} from './scheduler.ts'
import type {ClientPool, Sink, Stage, World} from './stage.ts'
import {type Stopped, stoppedBy} from './stopped.ts'

/** What is to happen. */
export interface Script {
  readonly workload: Workload
  readonly workloadOptions: WorkloadOptions
  readonly plan: Plan
  readonly operations: Operations
  readonly nemeses: readonly Nemesis[]
  /** The run's root stream. */
  readonly random: Random
  /** How long the cluster may take to come to rest after everything healed, ms. */
  readonly healMs: number
  readonly failFast: boolean
}

/** How it went. What happened is in the sink. */
export interface StoryResult {
  /** Where a proof ended it before its time. */
  readonly stopped?: Stopped
  /** Whether the cluster came to rest after everything was healed; undefined where nobody waited for it. */
  readonly settled?: boolean
}

/** `halt` is aborted by the operator, a full disk or a node that died: faults are then healed, and nothing more is asked. */
export async function runStory(
  world: World,
  {cluster, clients: pool}: Stage,
  sink: Sink,
  script: Script,
  observer: RunObserver,
  halt: AbortSignal,
): Promise<StoryResult> {
  const {clock, driver} = world
  const {plan, workload, workloadOptions, random, healMs} = script
  const proved = new AbortController()
  const startNs = clock.nowNs()
  const injector = new Injector(script.nemeses, cluster, clock, faultsEndNs(plan, startNs))
  const scheduler = new Scheduler({
    generator: planGenerator(plan, startNs, script.operations),
    concurrency: workloadOptions.concurrency,
    nodes: workloadOptions.nodes,
    nemesisThreads: nemesisThreads(plan),
    random: random.fork('final'),
  })
  // Not `AbortSignal.any`: Node keeps what that makes for ever once somebody has listened to it, and there are many runs.
  const over = new AbortController()
  const end = () => over.abort()
  for (const cause of [halt, proved.signal]) cause.addEventListener('abort', end, {once: true})
  if (halt.aborted) end()
  const {signal} = over
  const drive = {scheduler, invoker: invoker(pool, injector), recording: sink, signal}
  const interrupt = () => pool.interrupt(halt.aborted ? 'interrupted' : 'the run was stopped')
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt, {once: true})
  const phase = observedPhase(clock, observer, halt)
  let stopped: Stopped | undefined
  let settled: boolean | undefined

  await phase(
    'drive',
    () =>
      withProgress(clock, observer, sink, injector, plan.options.timeMs, () => untilProved(() => driver.drive(drive))),
    () => drivenWords(sink.ops, stopped),
  )
  await phase(
    'heal',
    async () => {
      await driver.during(heal())
      const final = proved.signal.aborted ? undefined : workload.finalGenerator?.(workloadOptions, keysOf(sink.ops))
      if (final === undefined || halt.aborted) return
      scheduler.load(clients(final))
      await driver.drive(drive)
    },
    () => finalReadsWords(sink.ops),
  )
  halt.removeEventListener('abort', end)
  if (cluster.messages !== undefined) await countMessages(cluster.messages())
  return {...(stopped === undefined ? {} : {stopped}), ...(settled === undefined ? {} : {settled})}

  /** Undoes every fault, and whatever a fault that failed halfway may have left behind; the record says so. */
  async function heal(): Promise<void> {
    for (const fault of [...injector.active.keys()]) {
      const thread = nemesisThread(fault)
      const stop: Dispatch = {thread, process: thread, node: undefined, invocation: {f: `stop-${fault}`, value: null}}
      await recordOutcome(stop, sink, clock, injector.invoke(stop.invocation))
    }
    for (const problem of await restore(cluster, halt)) observer.warned?.(problem)
    const {observe, nodes} = cluster
    if (halt.aborted || proved.signal.aborted || observe === undefined) return
    try {
      await untilSettled({nodes, observe, clock, limitMs: healMs, missing: unsettled, signal: halt})
      settled = true
    } catch (error) {
      // Whether that is a fault of the system is the checkers' business.
      settled = false
      if (!halt.aborted) observer.warned?.(messageOf(error))
    }
  }

  /** What the network took stands at the end of the record. */
  function countMessages(value: Messages): Promise<void> {
    const invocation = {f: COUNT_MESSAGES, value: null}
    const count: Dispatch = {thread: NETWORK_PROCESS, process: NETWORK_PROCESS, node: undefined, invocation}
    return recordOutcome(count, sink, clock, Promise.resolve({type: 'ok', value}))
  }

  /** Lets the watch follow the record while `work` goes on. */
  async function untilProved(work: () => Promise<void>): Promise<void> {
    const watch = script.failFast ? workload.watch?.(workloadOptions) : undefined
    if (script.failFast && watch === undefined) {
      const claim = `${workloadOptions.claim} under ${workload.name}`
      observer.warned?.(`--fail-fast changes nothing: no breach of ${claim} can be proved before the run has ended.`)
    }
    if (watch === undefined) return work()
    const monitor = new FailFastMonitor({
      watch,
      ops: sink.ops,
      clock,
      onBreach(breach) {
        stopped = stoppedBy(breach, sink.ops, startNs, clock.nowNs(), plan.options.timeMs)
        proved.abort()
      },
      onError: (error) => observer.warned?.(`--fail-fast crashed, the run goes on: ${messageOf(error)}`),
    })
    monitor.start()
    try {
      await work()
    } finally {
      monitor.stop()
    }
    if (watch.blind !== undefined && stopped === undefined) {
      observer.warned?.(`--fail-fast did not see everything: ${watch.blind}. The check of the whole record does.`)
    }
  }
}

/** Client threads run on connections, nemesis threads run the injector. */
function invoker(pool: ClientPool, injector: Injector): Invoker {
  return {
    invoke(thread, process, node, invocation, done) {
      if (typeof thread === 'string') void injector.invoke(invocation).then(done)
      else pool.invoke(thread, process as number, node as string, invocation, done)
    },
  }
}
