/**
 * One cluster of a bundled target on which a script is played: simulated, or of processes over TCP behind proxies. What the
 * script is given is the same in both worlds, so that one script can be played in each and what clients saw be compared.
 */
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Outcome} from '../../core/client.ts'
import {type Clock, wallClock} from '../../core/clock.ts'
import type {Cluster} from '../../core/cluster.ts'
import type {Invocation} from '../../core/generator.ts'
import type {NodeId, SessionEnv} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import type {Protocol, Target, TargetOptions} from '../../core/target.ts'
import {proxiedLinks} from '../../hosts/links/proxied.ts'
import {localPlace} from '../../hosts/local/place.ts'
import {during} from '../../runner/drive-virtual.ts'
import {nodeNames} from '../../runner/options.ts'
import {SimulatedWorld, simulatedClients} from '../../runner/simulated-world.ts'
import type {ClientPool} from '../../runner/stage.ts'
import {Workers} from '../../runner/workers.ts'

/** How long an operation may take before it is *info*, ms. */
const TIMEOUT_MS = 1200

/** What a script may use. */
export interface Trial {
  readonly target: Target
  readonly cluster: Cluster
  readonly clock: Clock
  /** What one new client, pinned to this node, sees of these operations, one after the other. */
  ask(node: NodeId, workload: string, ...operations: Invocation[]): Promise<Outcome[]>
}

export type Script<T> = (trial: Trial) => Promise<T>

/** The words of whichever workload a client speaks at the moment: nodes do not care, clients do. */
class Speaking {
  readonly target: Target
  readonly args: Readonly<Record<string, string>>
  #workload = ''

  constructor(target: Target, args: Readonly<Record<string, string>>) {
    const protocol = target.protocol as Protocol
    const createSession = (env: SessionEnv, options: TargetOptions) =>
      protocol.createSession(env, {...options, args: {...options.args, workload: this.#workload}})
    this.target = {...target, protocol: {...protocol, createSession}}
    this.args = args
  }

  trial(cluster: Cluster, clients: ClientPool, clock: Clock): Trial {
    let threads = 0
    const {target} = this
    return {
      target,
      cluster,
      clock,
      ask: async (node, workload, ...operations) => {
        const thread = threads++
        let process = thread
        const outcomes: Outcome[] = []
        for (const invocation of operations) {
          this.#workload = workload
          const outcome = await new Promise<Outcome>((done) => clients.invoke(thread, process, node, invocation, done))
          // As in every run: who does not know what became of its operation is followed by a new process.
          if (outcome.type === 'info') process += 1000
          outcomes.push(outcome)
        }
        return outcomes
      },
    }
  }
}

/** Plays it in simulated time. */
export async function inSimulation<T>(target: Target, args: Record<string, string>, seed: string, script: Script<T>) {
  const world = new SimulatedWorld()
  const speaking = new Speaking(target, args)
  const nodes = nodeNames(target.defaultNodes)
  const fail = (error: Error) => {
    throw error
  }
  const cluster = world.boot(speaking.target, {nodes, bugs: [], args}, createRandom(seed), TIMEOUT_MS, seed, fail)
  const clients = simulatedClients(cluster)
  const stirring: ClientPool = {
    ...clients,
    invoke: (thread, process, node, invocation, done) =>
      clients.invoke(thread, process, node, invocation, (outcome) => {
        world.clock.stirred = true
        done(outcome)
      }),
  }
  const result = await during(world.clock, script(speaking.trial(cluster, stirring, world.clock)))
  await cluster.stop()
  return result
}

/** Plays it with processes, whose files are in this directory. */
export async function inProcesses<T>(
  target: Target,
  args: Record<string, string>,
  directory: string,
  script: Script<T>,
): Promise<T> {
  const own = (name: string) => {
    const path = join(directory, name)
    mkdirSync(path, {recursive: true})
    return path
  }
  const clock = wallClock()
  const speaking = new Speaking(target, args)
  const ended: string[] = []
  const cluster = await speaking.target.start({
    options: {nodes: nodeNames(target.defaultNodes), bugs: [], args},
    random: createRandom('parity'),
    clock,
    seed: 'parity',
    directory: own('disks'),
    logDirectory: own('logs'),
    eventDirectory: own('events'),
    place: localPlace({
      logDirectory: own('logs'),
      guard: () => () => {},
      onUnexpectedExit: (node, reason, lines) => ended.push(`${node} ${reason}: ${lines.join(' | ')}`),
    }),
    connect: proxiedLinks('embedded', {seed: 'parity'}),
    linkWay: 'auto',
    operationTimeoutMs: TIMEOUT_MS,
    onEvent: () => {},
    halt: () => {},
    warn: () => {},
    signal: new AbortController().signal,
  })
  const clients = new Workers(cluster, clock, TIMEOUT_MS)
  try {
    const result = await script(speaking.trial(cluster, clients, clock))
    if (ended.length > 0) throw new Error(`${target.name}: ${ended.join('; ')}`)
    return result
  } finally {
    await clients.close()
    await cluster.stop()
  }
}
