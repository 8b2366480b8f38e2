/**
 * A whole run in simulated time: boot, plan, clients and faults, heal, quiesce, final reads. The story of `run.ts` without
 * a machine under it: same plan, scheduler, nemeses and history, and a few hundred times faster.
 *
 *     const {history, crashes} = await simulate({target: raft, workload: cas, nemeses: [kill(['one'])], seed: 7, timeMs: 5000})
 *     for (const checker of cas.checkers(workloadOptions)) expect(await checker.check(history)).toMatchObject({validity: 'valid'})
 *
 * The result is a function of the request: equal requests give equal histories, byte for byte.
 */
import type {NodeEvent} from '../core/cluster.ts'
import {EnvironmentError, UsageError} from '../core/error.ts'
import {clients} from '../core/generators.ts'
import {History} from '../core/history.ts'
import type {Nemesis} from '../core/nemesis.ts'
import type {Json, NodeId} from '../core/node.ts'
import type {Key, Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import type {Target} from '../core/target.ts'
import type {Workload, WorkloadOptions} from '../core/workload.ts'
import type {SimClient} from '../sim/client.ts'
import {type LogLine, SimCluster} from '../sim/cluster.ts'
import type {Crash} from '../sim/machine.ts'
import type {NetworkOptions} from '../sim/network.ts'
import {World} from '../sim/world.ts'
import type {Invoker, Recording} from './dispatch.ts'
import {driveVirtual, during} from './drive-virtual.ts'
import {Injector} from './injector.ts'
import {Lookout} from './lookout.ts'
import {listed, makePlan, type Plan} from './plan.ts'
import {nemesisThreads, planGenerator} from './plan-generator.ts'
import {Scheduler} from './scheduler.ts'
import {type Stopped, stoppedBy} from './stopped.ts'

export interface SimulationRequest {
  readonly target: Pick<Target, 'name' | 'protocol' | 'functions' | 'claims' | 'defaultNodes' | 'truthfulRefusals'>
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
  /** What the system is left in peace for, after everything was healed and before the final reads, ms; 1000 by default. */
  readonly healMs?: number
  readonly bugs?: readonly string[]
  readonly args?: Readonly<Record<string, string>>
  readonly network?: NetworkOptions
  /** Freezes messages and refuses what is not JSON; see `sim/strict.ts`. */
  readonly strict?: boolean
  /** Run these operations and faults instead of drawing them from the seed: a replay, or a plan that was shrunk. */
  readonly plan?: Plan
  /** End the run as soon as a violation is proved, without final reads. */
  readonly failFast?: boolean
  /** What a node that throws does to the run: end it with that error (the default), or be kept in `crashes`. */
  readonly crashes?: 'throw' | 'keep'
}

export interface Simulation {
  readonly history: History
  readonly plan: Plan
  /** What nodes told through `env.event`, on the history's clock. */
  readonly events: readonly NodeEvent[]
  readonly logs: readonly LogLine[]
  /** Nodes that threw. Empty unless they were to be kept. */
  readonly crashes: readonly Crash[]
  /** Whether the cluster could serve again after everything was healed. */
  readonly recovered: boolean
  /** Where a proof ended the run before its time. */
  readonly stopped?: Stopped
  /** What the workload was given: its checkers want the same. */
  readonly workloadOptions: WorkloadOptions
  /** Simulated time from boot to end, ns, events that happened, and messages. */
  readonly cost: {
    readonly timeNs: number
    readonly events: number
    readonly messages: {readonly sent: number; readonly delivered: number; readonly lost: number}
  }
}

/** How long a cluster may take to boot, and to be able to serve again after faults, ms of simulated time. */
const BOOT_LIMIT_MS = 30_000
const RECOVERY_LIMIT_MS = 30_000

/**
 * Runs one simulation. Throws EnvironmentError when the cluster never becomes ready to begin with, and Error, with the
 * node's own error as its cause, when a node throws.
 */
export async function simulate(request: SimulationRequest): Promise<Simulation> {
  const {target, workload, nemeses = []} = request
  const nodes = Array.from({length: request.nodes ?? target.defaultNodes}, (_, i) => `n${i + 1}`)
  const random = createRandom(request.seed)
  const workloadOptions = optionsFor(request, nodes)
  const world = new World()
  const cluster = bootCluster(request, nodes, world)
  const {plan, operations} = planOf(request, workloadOptions, random)
  const injector = new Injector(nemeses, cluster, world)
  const ops: Op[] = []
  const recording: Recording = {
    record(op) {
      stopOnCrash()
      ops.push({index: ops.length, ...op})
    },
  }
  const scheduler = new Scheduler({
    generator: planGenerator(plan, world.nowNs(), operations),
    concurrency: workloadOptions.concurrency,
    nodes,
    nemesisThreads: nemesisThreads(plan),
    random: random.fork('final'),
  })
  const drive = {world, scheduler, invoker: simInvoker(cluster, injector), recording}
  const stopped = await watched()

  await during(world, healAll(cluster, injector))
  world.runFor(request.healMs ?? 1000)
  const recovered = world.runUntil(world.nowNs() + RECOVERY_LIMIT_MS * 1e6, () => cluster.isReady())
  const final = stopped === undefined ? workload.finalGenerator?.(workloadOptions, keysOf(ops)) : undefined
  if (final !== undefined) {
    scheduler.load(clients(final))
    await driveVirtual(drive)
  }
  stopOnCrash()
  await cluster.stop()
  return {
    history: new History(ops),
    plan,
    events: cluster.events,
    logs: cluster.logs,
    crashes: cluster.crashes,
    recovered,
    ...(stopped === undefined ? undefined : {stopped}),
    workloadOptions,
    cost: {timeNs: world.nowNs(), events: world.eventsRun, messages: cluster.network.counts},
  }

  /** Clients and faults, until their time is over or a violation is proved. */
  async function watched(): Promise<Stopped | undefined> {
    const watch = request.failFast ? workload.watch?.(workloadOptions) : undefined
    if (watch === undefined) {
      await driveVirtual(drive)
      return undefined
    }
    const startNs = world.nowNs()
    const stop = new AbortController()
    let stopped: Stopped | undefined
    let crash: unknown
    const lookout = new Lookout({
      watch,
      ops,
      clock: world,
      onBreach(breach) {
        stopped = stoppedBy(breach, ops, startNs, world.nowNs(), request.timeMs ?? 5000)
        stop.abort()
      },
      onError(error) {
        crash = error
        stop.abort()
      },
    })
    lookout.start()
    await driveVirtual({...drive, signal: stop.signal})
    lookout.stop()
    if (crash !== undefined) throw crash
    return stopped
  }

  function stopOnCrash(): void {
    const crash = cluster.crashes[0]
    if (crash === undefined || request.crashes === 'keep') return
    const where = `${target.name} ${crash.node} threw at ${(crash.timeNs / 1e9).toFixed(3)} s, seed ${request.seed}`
    throw new Error(`${where}: ${crash.error.message}`, {cause: crash.error})
  }
}

function optionsFor({target, workload, ...request}: SimulationRequest, nodes: readonly NodeId[]): WorkloadOptions {
  const claim = target.claims[workload.name]
  if (claim === undefined) {
    throw new UsageError(`${target.name} claims nothing under ${workload.name}.`, [
      `It speaks: ${Object.keys(target.claims).join(', ')}`,
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

/** The plan that was given, or one drawn from the seed. */
function planOf(request: SimulationRequest, workloadOptions: WorkloadOptions, random: Random) {
  if (request.plan !== undefined) return {plan: request.plan, operations: listed(request.plan.operations)}
  const {target, workload, nemeses = [], bugs = [], args = {}, operations} = request
  const {nodes, concurrency, ratePerS, keys} = workloadOptions
  return makePlan({
    seed: String(request.seed),
    random,
    generator: workload.generator(workloadOptions),
    nodes,
    concurrency,
    timeMs: request.timeMs ?? 5000,
    ratePerS,
    nemeses,
    intervalMs: request.intervalMs ?? 1000,
    ...(operations === undefined ? undefined : {operations}),
    options: {target: target.name, workload: workload.name, keys, bugs, args: args as Json},
  })
}

/** A cluster that can serve; its world has moved on to that moment. */
function bootCluster(request: SimulationRequest, nodes: readonly NodeId[], world: World): SimCluster {
  const {target, workload, seed, bugs, args, network, strict, operationTimeoutMs} = request
  if (target.protocol === undefined)
    throw new UsageError(`${target.name} cannot be simulated: it has no protocol code.`)
  const cluster = new SimCluster(world, {
    protocol: target.protocol,
    nodes,
    random: createRandom(seed),
    functions: target.functions,
    ...(bugs === undefined ? undefined : {bugs}),
    args: {workload: workload.name, ...args},
    ...(network === undefined ? undefined : {network}),
    ...(strict === undefined ? undefined : {strict}),
    ...(operationTimeoutMs === undefined ? undefined : {operationTimeoutMs}),
  })
  if (world.runUntil(BOOT_LIMIT_MS * 1e6, () => cluster.isReady() || cluster.crashes.length > 0)) return cluster
  const statuses = nodes.map((node) => `${node}: ${JSON.stringify(cluster.statusNow(node) ?? 'no answer')}`)
  throw new EnvironmentError(
    `${target.name} was not ready ${BOOT_LIMIT_MS / 1000} s after boot, seed ${seed}.`,
    statuses,
  )
}

/** Client threads run on simulated connections, one for each process; nemesis threads run the injector. */
function simInvoker(cluster: SimCluster, injector: Injector): Invoker {
  const connections = new Map<number, {readonly process: number; readonly client: SimClient}>()
  return {
    invoke(thread, process, node, invocation, done) {
      if (typeof thread === 'string' || typeof process === 'string') {
        void injector.invoke(invocation).then(done)
        return
      }
      let connection = connections.get(thread)
      if (connection?.process !== process) {
        connection?.client.close()
        connection = {process, client: cluster.connect(node!, process)}
        connections.set(thread, connection)
      }
      const {f, key, value} = invocation
      connection.client.invoke({f, key: key === undefined ? null : String(key), value: (value ?? null) as Json}, done)
    },
  }
}

/** Undoes every fault, and whatever a fault that failed halfway may have left behind. */
async function healAll(cluster: SimCluster, injector: Injector): Promise<void> {
  await injector.heal()
  for (const node of cluster.nodes) {
    await cluster.skewClock(node, 0)
    await cluster.resume(node)
    await cluster.restart(node)
  }
}

/** Every key that was used, in the order of its first use. */
function keysOf(ops: readonly Op[]): Key[] {
  const keys = new Set<Key>()
  for (const {key} of ops) if (key !== undefined) keys.add(key)
  return [...keys]
}
