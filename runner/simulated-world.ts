/**
 * The simulated world: the same protocol code on simulated machines, and time that passes as fast as events can be worked
 * off. One run a world.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EnvironmentError, UsageError} from '../core/error.ts'
import type {Json, NodeId} from '../core/node.ts'
import {heldRandom, type Random} from '../core/random.ts'
import {unready} from '../core/status.ts'
import type {Target, TargetOptions} from '../core/target.ts'
import type {SimClient} from '../sim/client.ts'
import {SimCluster, simulatedCapabilities} from '../sim/cluster.ts'
import type {NetworkOptions} from '../sim/network.ts'
import {World as Time} from '../sim/world.ts'
import {driveVirtual, during} from './drive-virtual.ts'
import {hasHeldDraws, type Plan} from './plan.ts'
import type {ClientPool, StageContext, World} from './stage.ts'
import type {RunDirectory} from './store.ts'

/** How long a cluster may take to boot, ms of simulated time. */
const BOOT_LIMIT_MS = 30_000

/** What a simulated cluster is made of, beyond what every run says. */
export interface SimulationOptions {
  readonly network?: NetworkOptions
  /** Freezes messages and refuses what is not JSON; see `sim/strict.ts`. */
  readonly strict?: boolean
  /** False lets nodes read what decayed or was torn on their disks. */
  readonly checksums?: boolean
  /** Whether the run goes on after a node has thrown, and begins where the cluster never becomes ready. */
  readonly keepCrashes?: boolean
}

export class SimulatedWorld implements World {
  readonly simulated = true
  readonly clock = new Time()
  readonly driver: World['driver'] = {
    drive: (drive) => driveVirtual({world: this.clock, ...drive}),
    during: (promise) => during(this.clock, promise),
  }
  readonly #options: SimulationOptions
  #unready: string | undefined

  constructor(options: SimulationOptions = {}) {
    this.#options = options
  }

  capabilities(target: Pick<Target, 'name' | 'protocol'>, options: TargetOptions) {
    return simulatedCapabilities(protocolOf(target), options)
  }

  /** Why the cluster could not serve when its time to boot was over, in words. */
  get unready(): string | undefined {
    return this.#unready
  }

  async open({options, targetOptions, directory, random, scope, halt}: StageContext) {
    const {target, operationTimeoutMs, seed} = options
    const chance = this.chance(random, options.plan?.plan)
    const cluster = this.boot(target, targetOptions, chance, operationTimeoutMs, seed, halt)
    scope.defer('logs and events', () => writeTraces(cluster, directory))
    return {cluster, clients: simulatedClients(cluster), told: cluster.events}
  }

  /** What the cluster of such a plan draws from: a stream, or one whose draws hold for a while. `random` is the run's root stream. */
  chance(random: Random, plan: Plan | undefined): Random {
    return plan !== undefined && hasHeldDraws(plan) ? heldRandom(random, () => this.clock.nowNs()) : random
  }

  /**
   * A cluster that can serve; the world has moved on to that moment. Where it never can, that is a finding of those who keep
   * crashes (`unready` says it); for others it is an EnvironmentError.
   */
  boot(
    target: Pick<Target, 'name' | 'protocol' | 'functions'>,
    {nodes, bugs, args}: TargetOptions,
    random: Random,
    operationTimeoutMs: number,
    seed: string,
    halt: (reason: Error) => void,
  ): SimCluster {
    const {keepCrashes, ...given} = this.#options
    const cluster = new SimCluster(this.clock, {
      protocol: protocolOf(target),
      nodes,
      random,
      functions: target.functions,
      bugs,
      args,
      operationTimeoutMs,
      ...given,
      onCrash: ({node, timeNs, error}) => {
        if (keepCrashes) return
        const where = `${target.name} ${node} threw at ${(timeNs / 1e9).toFixed(3)} s, seed ${seed}`
        halt(new Error(`${where}: ${error.message}`, {cause: error}))
      },
    })
    const up = () => unready(cluster.statusesNow()) === undefined || cluster.crashes.length > 0
    if (this.clock.runUntil(BOOT_LIMIT_MS * 1e6, up)) return cluster
    const words = `${target.name} was not ready ${BOOT_LIMIT_MS / 1000} s after boot`
    if (keepCrashes) {
      this.#unready = `${words}: ${unready(cluster.statusesNow())}`
      return cluster
    }
    throw new EnvironmentError(
      `${words}, seed ${seed}.`,
      nodes.map((node) => `${node}: ${JSON.stringify(cluster.statusNow(node) ?? 'no answer')}`),
    )
  }
}

function protocolOf({name, protocol}: Pick<Target, 'name' | 'protocol'>) {
  if (protocol === undefined) throw new UsageError(`${name} cannot be simulated: it has no protocol code.`)
  return protocol
}

/** Connections of client threads, one for each process; they answer by callback. */
export function simulatedClients(cluster: SimCluster): ClientPool {
  const connections = new Map<number, {readonly process: number; readonly client: SimClient}>()
  const spoken = new Set(cluster.functions)
  return {
    invoke(thread, process, node, {f, key, value}, done) {
      if (!spoken.has(f)) {
        done({type: 'fail', error: `the target does not speak ${f}`})
        return
      }
      let connection = connections.get(thread)
      if (connection?.process !== process) {
        connection?.client.close()
        connection = {process, client: cluster.connect(node, process)}
        connections.set(thread, connection)
      }
      connection.client.invoke({f, key: key === undefined ? null : String(key), value: (value ?? null) as Json}, done)
    },
    // Simulated operations end by their own deadlines, in no time.
    interrupt() {},
  }
}

/** `logs/` and `events/` as a real run has them. */
function writeTraces({nodes, logs, events}: SimCluster, directory: RunDirectory): void {
  mkdirSync(directory.logs, {recursive: true})
  mkdirSync(directory.events, {recursive: true})
  const linesOf = <T extends {readonly node: NodeId}>(traces: readonly T[], node: NodeId, text: (trace: T) => string) =>
    traces
      .filter((trace) => trace.node === node)
      .map((trace) => `${text(trace)}\n`)
      .join('')
  for (const node of nodes) {
    const log = linesOf(logs, node, ({timeNs, line}) => `${(timeNs / 1e9).toFixed(6).padStart(11)} ${line}`)
    const reported = linesOf(events, node, ({timeNs, event}) => JSON.stringify({time: timeNs, node, event}))
    writeFileSync(join(directory.logs, `${node}.log`), log)
    writeFileSync(join(directory.events, `${node}.jsonl`), reported)
  }
}
