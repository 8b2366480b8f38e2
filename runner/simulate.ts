/**
 * A run in simulated time that leaves nothing behind: the story of `story.ts` on the simulated world, its ops in memory. For
 * tests and for searches over many seeds; `run` with a `SimulatedWorld` leaves a run directory.
 *
 *     const {history, crashes} = await simulate({target: raft, workload: cas, nemeses: [kill(['one'])], seed: 7, timeMs: 5000})
 *     for (const checker of cas.checkers(workloadOptions)) expect(await checker.check(history)).toMatchObject({validity: 'valid'})
 *
 * The result is a function of the request: equal requests give equal histories, byte for byte.
 */
import type {NodeEvent} from '../core/cluster.ts'
import {UsageError} from '../core/error.ts'
import {History} from '../core/history.ts'
import type {Nemesis, PlannedFault} from '../core/nemesis.ts'
import type {Json} from '../core/node.ts'
import type {Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import type {Target, TargetOptions} from '../core/target.ts'
import type {Workload, WorkloadOptions} from '../core/workload.ts'
import type {LogLine} from '../sim/cluster.ts'
import type {Crash} from '../sim/machine.ts'
import type {NetworkOptions} from '../sim/network.ts'
import {glimpsed} from './lab/coverage-probe.ts'
import {nodeNames} from './options.ts'
import {faultTimeMs, listed, makePlan, type Plan, type PlannedRun, planFaults, settling} from './plan.ts'
import {SimulatedWorld, simulatedClients} from './simulated-world.ts'
import type {Sink} from './stage.ts'
import type {Stopped} from './stopped.ts'
import {runStory} from './story.ts'

export interface SimulationRequest {
  readonly target: Pick<
    Target,
    'name' | 'protocol' | 'functions' | 'claims' | 'claimsWith' | 'defaultNodes' | 'truthfulRefusals' | 'settleMs'
  >
  readonly workload: Workload
  readonly seed: string | number
  readonly nemeses?: readonly Nemesis[]
  /** How long clients run, ms of simulated time; 5000 by default. */
  readonly timeMs?: number
  /** Operations per second over all threads; 200 by default, Infinity for as fast as they are answered. */
  readonly ratePerS?: number
  /** At most this many operations. */
  readonly operations?: number
  /** Independent keys in use at a time; 5 by default. */
  readonly keys?: number
  /** How many nodes; the target's default. */
  readonly nodes?: number
  /** Client threads; two for each node by default. */
  readonly concurrency?: number
  /** Mean time between injections of one nemesis, ms; 1000 by default. */
  readonly intervalMs?: number
  /** How long an operation may take before it is *info*, ms; 1000 by default. */
  readonly operationTimeoutMs?: number
  /** How long the cluster may take to come to rest after everything was healed, ms; 30 000 by default. */
  readonly healMs?: number
  readonly bugs?: readonly string[]
  readonly args?: Readonly<Record<string, string>>
  readonly network?: NetworkOptions
  /** Freezes messages and refuses what is not JSON; see `sim/strict.ts`. */
  readonly strict?: boolean
  /** False lets nodes read what decayed or was torn on their disks. */
  readonly checksums?: boolean
  /** Run these operations and faults instead of drawing them from the seed: a replay, or a plan that was shrunk. */
  readonly plan?: Plan
  /** End the run as soon as a violation is proved, without final reads. */
  readonly failFast?: boolean
  /**
   * What a node that throws does to the run: end it with that error (the default), or be kept in `crashes`. A cluster that
   * never becomes ready is likewise kept, as `unready`: clients then begin all the same.
   */
  readonly crashes?: 'throw' | 'keep'
  /** Whether to notice which situations the cluster was in; see `lab/coverage.ts`. It changes nothing in the run. */
  readonly coverage?: boolean
}

export interface Simulation {
  readonly history: History
  readonly plan: Plan
  /** What nodes told through `env.event`, on the history's clock. */
  readonly events: readonly NodeEvent[]
  readonly logs: readonly LogLine[]
  /** Nodes that threw. Empty unless they were to be kept. */
  readonly crashes: readonly Crash[]
  /** Whether the cluster came to rest after everything was healed. */
  readonly recovered: boolean
  /** When clients began, ns of simulated time. */
  readonly startNs: number
  /** Why the cluster did not serve when clients began, in words; only where crashes are kept. */
  readonly unready?: string
  /** Where a proof ended the run before its time. */
  readonly stopped?: Stopped
  /** Fingerprints of the situations that the cluster was in, where that was asked for. */
  readonly coverage: ReadonlySet<number>
  /** What the workload was given: its checkers want the same. */
  readonly workloadOptions: WorkloadOptions
  /** Simulated time from boot to end, ns, events that happened, and messages. */
  readonly cost: {
    readonly timeNs: number
    readonly events: number
    readonly messages: {readonly sent: number; readonly delivered: number; readonly lost: number}
  }
}

/** How long the cluster may take to come to rest after faults, ms of simulated time. */
const HEAL_MS = 30_000
const OPERATION_TIMEOUT_MS = 1000
const TIME_MS = 5000
const INTERVAL_MS = 1000

/**
 * Runs one simulation. Throws EnvironmentError when the cluster never becomes ready to begin with, and Error, with the
 * node's own error as its cause, when a node throws.
 */
export async function simulate(request: SimulationRequest): Promise<Simulation> {
  const {target, workload, network, strict, checksums} = request
  const options = targetOptionsOf(request)
  const workloadOptions = optionsFor(request)
  const world = new SimulatedWorld({
    ...(network === undefined ? {} : {network}),
    ...(strict === undefined ? {} : {strict}),
    ...(checksums === undefined ? {} : {checksums}),
    keepCrashes: request.crashes === 'keep',
  })
  const halt = new AbortController()
  const cluster = world.boot(
    target,
    options,
    world.chance(createRandom(request.seed), request.plan),
    request.operationTimeoutMs ?? OPERATION_TIMEOUT_MS,
    String(request.seed),
    (reason) => halt.abort(reason),
  )
  const random = createRandom(request.seed)
  const planned = planOf(request, workloadOptions, random, world)
  const sink = memorySink()
  const coverage = request.coverage === true ? glimpsed(world.clock, cluster) : new Set<number>()
  const stage = {cluster, clients: simulatedClients(cluster)}
  const startNs = world.clock.nowNs()
  const script = {
    ...planned,
    workload,
    workloadOptions,
    nemeses: request.nemeses ?? [],
    random,
    healMs: request.healMs ?? HEAL_MS,
    failFast: request.failFast ?? false,
  }
  const {settled, stopped} = await runStory(world, stage, sink, script, {}, halt.signal)
  halt.signal.throwIfAborted()
  await cluster.stop()
  return {
    history: new History(sink.ops),
    plan: planned.plan,
    events: cluster.events,
    logs: cluster.logs,
    crashes: cluster.crashes,
    recovered: settled === true,
    startNs,
    ...(world.unready === undefined ? {} : {unready: world.unready}),
    ...(stopped === undefined ? {} : {stopped}),
    coverage,
    workloadOptions,
    cost: {timeNs: world.clock.nowNs(), events: world.clock.eventsRun, messages: cluster.network.counts},
  }
}

function memorySink(): Sink {
  const ops: Op[] = []
  return {
    ops,
    record(op) {
      op.index = ops.length
      ops.push(op)
    },
  }
}

/** What its nodes are told. */
function targetOptionsOf({target, workload, nodes, bugs = [], args}: SimulationRequest): TargetOptions {
  return {nodes: nodeNames(nodes ?? target.defaultNodes), bugs, args: {workload: workload.name, ...args}}
}

function optionsFor(request: SimulationRequest): WorkloadOptions {
  const {target, workload} = request
  const options = targetOptionsOf(request)
  const {nodes} = options
  const claims = target.claimsWith?.(options) ?? target.claims
  const claim = claims[workload.name]
  if (claim === undefined) {
    throw new UsageError(`${target.name} claims nothing under ${workload.name}.`, [
      `It speaks: ${Object.keys(claims).join(', ')}`,
    ])
  }
  return {
    keys: request.keys ?? 5,
    nodes,
    concurrency: request.concurrency ?? 2 * nodes.length,
    ratePerS: request.ratePerS ?? 200,
    functions: target.functions,
    claim,
    truthfulRefusals: target.truthfulRefusals ?? false,
  }
}

/** The plan that a simulation of these options draws from its seed. */
export function drawnPlan(request: SimulationRequest): Plan {
  const {plan: _, ...drawn} = request
  return planOf(drawn, optionsFor(request), createRandom(request.seed), new SimulatedWorld()).plan
}

/** The faults alone of that plan: what operations are is most of the work of drawing it. */
export function drawnFaults(request: SimulationRequest): readonly PlannedFault[] {
  const options = targetOptionsOf(request)
  return planFaults(request.nemeses ?? [], {
    nodes: options.nodes,
    random: createRandom(request.seed),
    timeMs: faultTimeMs({timeMs: request.timeMs ?? TIME_MS, ...settling(request.target)}),
    intervalMs: request.intervalMs ?? INTERVAL_MS,
    capabilities: new SimulatedWorld().capabilities(request.target, options),
  })
}

/** The plan that was given, or one drawn from the seed. */
function planOf(
  request: SimulationRequest,
  workloadOptions: WorkloadOptions,
  random: Random,
  world: SimulatedWorld,
): PlannedRun {
  if (request.plan !== undefined) return {plan: request.plan, operations: listed(request.plan.operations)}
  const {target, workload, nemeses = [], bugs = [], args = {}, operations} = request
  const {nodes, concurrency, ratePerS, keys} = workloadOptions
  return makePlan({
    seed: String(request.seed),
    random,
    generator: workload.generator(workloadOptions),
    nodes,
    concurrency,
    timeMs: request.timeMs ?? TIME_MS,
    ratePerS,
    nemeses,
    intervalMs: request.intervalMs ?? INTERVAL_MS,
    capabilities: world.capabilities(target, targetOptionsOf(request)),
    ...(operations === undefined ? {} : {operations}),
    ...settling(target),
    options: {target: target.name, workload: workload.name, keys, bugs, args: args as Json},
  })
}
