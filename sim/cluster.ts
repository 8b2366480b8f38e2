/**
 * A simulated cluster: the same protocol code as in a real run, on simulated machines, disks, clocks and links. Everything
 * a nemesis may do to a real cluster can be done to it.
 *
 *     const cluster = new SimCluster(new World(), {protocol, nodes: ['n1', 'n2', 'n3'], random: createRandom(7)})
 *
 * See `sim/world.ts` for how to make time pass, and `runner/simulate.ts` for whole runs.
 */
import type {Client} from '../core/client.ts'
import type {Cluster, NodeEvent, ProcessState} from '../core/cluster.ts'
import {EnvironmentError} from '../core/error.ts'
import type {Json, Message, NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {lookUp} from '../core/registry.ts'
import type {Protocol, TargetOptions} from '../core/target.ts'
import {SimClient} from './client.ts'
import {type Crash, SimMachine} from './machine.ts'
import {type NetworkOptions, SimNetwork} from './network.ts'
import {checked} from './strict.ts'
import type {World} from './world.ts'

export interface SimClusterOptions {
  readonly protocol: Protocol
  readonly nodes: readonly NodeId[]
  /** The run's root stream; the cluster draws from its forks `net`, `node:<id>` and `client:<id>`. */
  readonly random: Random
  /** Names of bugs to switch on. */
  readonly bugs?: readonly string[]
  /** As given by `--target-arg`. */
  readonly args?: Readonly<Record<string, string>>
  /** Functions that `openClient` offers. */
  readonly functions?: readonly string[]
  /** How long one operation may take before it is *info*, ms; 1000 by default. */
  readonly operationTimeoutMs?: number
  readonly network?: NetworkOptions
  /** Refuses messages that are not JSON and freezes them, so that protocol code which changes one crashes. Slower. */
  readonly strict?: boolean
}

/** A line of a node's log. */
export interface LogLine {
  readonly timeNs: number
  readonly node: NodeId
  readonly line: string
}

/** How often `ready` asks, and how long `status` waits for a node that does not answer at once, ms. */
const READY_POLL_MS = 5
const STATUS_LIMIT_MS = 1000

const STATUS: Message = {type: 'status'}

export class SimCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly world: World
  readonly network: SimNetwork
  /** What nodes told through `env.event`, in order. */
  readonly events: NodeEvent[] = []
  readonly logs: LogLine[] = []
  /** Nodes that threw, in order. An honest target has none. */
  readonly crashes: Crash[] = []
  readonly #options: SimClusterOptions
  readonly #targetOptions: TargetOptions
  readonly #machines: Readonly<Record<NodeId, SimMachine>>
  readonly #clients = new Set<SimClient>()
  readonly #strict: <T extends Json>(message: T) => T
  #clientCount = 0

  /** Boots every node, in order, at the world's present time. */
  constructor(world: World, options: SimClusterOptions) {
    this.world = world
    this.nodes = options.nodes
    this.#options = options
    this.#targetOptions = {nodes: options.nodes, bugs: options.bugs ?? [], args: options.args ?? {}}
    this.#strict = options.strict ? checked : (message) => message
    this.network = new SimNetwork(world, options.nodes, options.network ?? {}, options.random.fork('net'))
    this.#machines = Object.fromEntries(options.nodes.map((id) => [id, this.#machine(id)]))
    for (const id of options.nodes) this.#machines[id]!.boot()
  }

  /** A connection of one process to one node, by callback. */
  connect(node: NodeId, process: number): SimClient {
    lookUp('node', this.#machines, node)
    // A process that comes back (a second connection) is a new session: the id must be unique in the run.
    const id = `c${process}.${this.#clientCount++}`
    const client = new SimClient(
      id,
      node,
      {
        world: this.world,
        nodes: this.nodes,
        timeoutMs: this.#options.operationTimeoutMs ?? 1000,
        request: (to, message, asker) => this.network.send('clients', to, this.#strict(message), this.#at(to), asker),
        reply: (from, message, asker) => this.network.send(from, 'clients', this.#strict(message), asker, undefined),
      },
      (env) => this.#options.protocol.createSession(env, this.#targetOptions),
      this.#options.random.fork(`client:${id}`),
    )
    this.#clients.add(client)
    return client
  }

  async openClient(node: NodeId, process: number): Promise<Client> {
    return this.connect(node, process).asClient(this.#options.functions ?? [])
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    for (const machine of Object.values(this.#machines)) machine.kill()
  }

  async kill(node: NodeId): Promise<void> {
    this.#at(node).kill()
  }

  async restart(node: NodeId): Promise<void> {
    this.#at(node).boot()
  }

  async pause(node: NodeId): Promise<void> {
    this.#at(node).pause()
  }

  async resume(node: NodeId): Promise<void> {
    this.#at(node).resume()
  }

  async skewClock(node: NodeId, offsetMs: number): Promise<void> {
    this.#at(node).skewMs = offsetMs
  }

  async processState(node: NodeId): Promise<ProcessState> {
    return this.#at(node).state
  }

  async responds(node: NodeId, limitMs: number): Promise<boolean> {
    return (await this.#askStatus(node, limitMs)) !== undefined
  }

  /** The node's answer to `{type: 'status'}`: `{type: 'status', role, term, leader, …}`, as far as it knows such things. */
  status(node: NodeId): Promise<Message | undefined> {
    return this.#askStatus(node, STATUS_LIMIT_MS)
  }

  async leader(): Promise<NodeId | undefined> {
    return this.leaderNow()
  }

  async ready(limitMs: number): Promise<void> {
    const endNs = this.world.nowNs() + limitMs * 1e6
    while (!this.isReady()) {
      if (this.world.nowNs() >= endNs) throw new EnvironmentError(`The cluster was not ready in ${limitMs} ms.`)
      await new Promise<void>((wake) => this.world.after(READY_POLL_MS, wake))
    }
  }

  /** The node that says of itself that it leads, the one of the highest term where several do. */
  leaderNow(): NodeId | undefined {
    let leader: NodeId | undefined
    let highest = Number.NEGATIVE_INFINITY
    for (const node of this.nodes) {
      const status = this.statusNow(node)
      if (status?.['role'] !== 'leader') continue
      const term = typeof status['term'] === 'number' ? status['term'] : 0
      if (leader !== undefined && term <= highest) continue
      leader = node
      highest = term
    }
    return leader
  }

  /** What the node says of itself, if it runs and answers at once. */
  statusNow(node: NodeId): Message | undefined {
    const machine = this.#at(node)
    let status: Message | undefined
    if (machine.state === 'running') machine.deliver('clients', STATUS, {answered: (_, reply) => (status = reply)})
    return status
  }

  /**
   * Whether every node is up and the cluster can serve: each answers, none says `ready: false`, and where nodes speak of
   * leaders (`role: 'leader'`, `'follower'` or `'candidate'`), one leads.
   */
  isReady(): boolean {
    const statuses = this.nodes.map((node) => this.statusNow(node))
    if (statuses.some((status) => status === undefined || status['ready'] === false)) return false
    const roles = statuses.map((status) => status!['role'])
    return roles.includes('leader') || !(roles.includes('follower') || roles.includes('candidate'))
  }

  /** The simulated disk of a node, for tests of crash recovery. */
  diskOf(node: NodeId): SimMachine['disk'] {
    return this.#at(node).disk
  }

  #askStatus(node: NodeId, limitMs: number): Promise<Message | undefined> {
    const machine = this.#at(node)
    if (machine.state === 'dead') return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const giveUp = this.world.after(limitMs, () => resolve(undefined))
      machine.deliver('clients', STATUS, {
        answered: (_, reply) => {
          giveUp()
          this.world.stirred = true
          resolve(reply)
        },
      })
    })
  }

  #machine(id: NodeId): SimMachine {
    return new SimMachine(
      id,
      {
        world: this.world,
        nodes: this.nodes,
        admit: this.#strict,
        send: (from, to, message) => {
          this.network.send(from, to, this.#strict(message), this.#at(to), undefined)
        },
        log: (node, line) => this.logs.push({timeNs: this.world.nowNs(), node, line}),
        event: (node, event) => this.events.push({timeNs: this.world.nowNs(), node, event}),
        crashed: (crash) => this.crashes.push(crash),
      },
      (env) => this.#options.protocol.createNode(env, this.#targetOptions),
      this.#options.random.fork(`node:${id}`),
    )
  }

  #at(node: NodeId): SimMachine {
    return lookUp('node', this.#machines, node)
  }
}
