/**
 * A simulated cluster: the same protocol code as in a real run, on simulated machines, disks, clocks and links. Everything
 * a nemesis may do to a real cluster can be done to it.
 *
 *     const cluster = new SimCluster(new World(), {protocol, nodes: ['n1', 'n2', 'n3'], random: createRandom(7)})
 *
 * See `sim/world.ts` for how to make time pass, and `runner/simulate.ts` for whole runs.
 */

import {CAPABILITIES, type Capabilities} from '../core/capabilities.ts'
import type {Client} from '../core/client.ts'
import type {
  ClockControl,
  Cluster,
  DiskControl,
  MembershipControl,
  NodeEvent,
  Observation,
  ProcessControl,
} from '../core/cluster.ts'
import {membershipOf, reconfigurable} from '../core/membership.ts'
import type {Json, Message, NodeId} from '../core/node.ts'
import type {Random} from '../core/random.ts'
import {lookUp} from '../core/registry.ts'
import {leaderOf, type Statuses, unready} from '../core/status.ts'
import type {Protocol, TargetOptions} from '../core/target.ts'
import {SimClient} from './client.ts'
import {simDiskControl} from './disk-control.ts'
import {type Crash, SimMachine} from './machine.ts'
import {type NetworkOptions, type Outlet, SimNetwork} from './network.ts'
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
  /** False lets nodes read what decayed or was torn on their disks; see `sim/disk.ts`. */
  readonly checksums?: boolean
  /** Refuses messages that are not JSON and freezes them, so that protocol code which changes one crashes. Slower. */
  readonly strict?: boolean
  /** Told of each node that threw. */
  onCrash?(crash: Crash): void
}

/** A line of a node's log. */
export interface LogLine {
  readonly timeNs: number
  readonly node: NodeId
  readonly line: string
}

/** How long `status` waits for a node that does not answer at once, ms. */
const STATUS_LIMIT_MS = 1000

const STATUS: Message = {type: 'status'}

/** What can be done to a simulated cluster of this protocol. */
export function simulatedCapabilities(
  protocol: Pick<Protocol, 'leads' | 'reconfigures' | 'fixedMembers'>,
  options: TargetOptions,
): Capabilities {
  return {
    ...SIMULATED,
    leader: protocol.leads === true ? true : 'its nodes are equals',
    membership: reconfigurable(protocol, options),
  }
}

const SIMULATED = Object.fromEntries(
  Object.keys(CAPABILITIES)
    .filter((name) => /^(process|network|clock|disk)\./.test(name))
    .map((name) => [name, true]),
) as Capabilities

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
  readonly #machines: ReadonlyMap<NodeId, SimMachine>
  readonly #outlets: ReadonlyMap<NodeId, Outlet>
  readonly #clientsOutlet: Outlet
  readonly #clients = new Set<SimClient>()
  readonly #strict: <T extends Json>(message: T) => T
  readonly process: Required<ProcessControl> = {
    kill: async (node) => this.#at(node).kill(),
    restart: async (node) => this.#restart(node),
    pause: async (node) => this.#at(node).pause(),
    resume: async (node) => this.#at(node).resume(),
    state: async (node) => this.#at(node).state,
  }
  readonly clock: ClockControl = {
    skew: async (node, offsetMs) => {
      this.#at(node).clock.set(offsetMs)
    },
    drift: async (node, ppm) => this.#at(node).clock.drift(ppm),
    offsetMs: async (node) => this.#at(node).clock.offsetMs,
  }
  readonly disk: DiskControl
  readonly observe: Observation = {
    responds: async (node, limitMs) => (await this.#ask(node, STATUS, limitMs)) !== undefined,
    status: (node) => this.#ask(node, STATUS, STATUS_LIMIT_MS),
  }
  readonly membership: MembershipControl | undefined
  #clientCount = 0

  /** What clients may ask. */
  get functions(): readonly string[] {
    return this.#options.functions ?? []
  }

  /** Boots every node, in order, at the world's present time. */
  constructor(world: World, options: SimClusterOptions) {
    this.world = world
    this.nodes = options.nodes
    this.#options = options
    this.#targetOptions = {nodes: options.nodes, bugs: options.bugs ?? [], args: options.args ?? {}}
    this.#strict = options.strict ? checked : (message) => message
    this.network = new SimNetwork(world, options.nodes, options.network ?? {}, options.random.fork('net'))
    this.#outlets = new Map(options.nodes.map((id) => [id, this.network.outlet(id)]))
    this.#clientsOutlet = this.network.outlet('clients')
    this.#machines = new Map(options.nodes.map((id) => [id, this.#machine(id)]))
    this.disk = simDiskControl(world, (id) => this.#at(id))
    if (options.protocol.reconfigures) {
      const ask = this.#ask.bind(this)
      this.membership = membershipOf({nodes: this.nodes, clock: world, observe: this.observe, ask})
    }
    for (const machine of this.#machines.values()) machine.boot()
  }

  /** A connection of one process to one node, by callback. */
  connect(node: NodeId, process: number): SimClient {
    this.#at(node)
    // A process that comes back (a second connection) is a new session: the id must be unique in the run.
    const id = `c${process}.${this.#clientCount++}`
    const client = new SimClient(
      id,
      node,
      {
        world: this.world,
        nodes: this.nodes,
        timeoutMs: this.#options.operationTimeoutMs ?? 1000,
        ended: (to) => this.network.ended(to),
        request: (to, message, asker, stream) =>
          this.#clientsOutlet.sendInOrder(to, this.#strict(message), this.#at(to), asker, stream),
        reply: (from, message, asker, stream) =>
          this.#outlet(from).sendInOrder('clients', this.#strict(message), asker, undefined, stream),
      },
      (env) => this.#options.protocol.createSession(env, this.#targetOptions),
      this.#options.random.fork(`client:${id}`),
    )
    this.#clients.add(client)
    return client
  }

  async openClient(node: NodeId, process: number): Promise<Client> {
    return this.connect(node, process).asClient(this.functions)
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    for (const machine of this.#machines.values()) machine.kill()
  }

  /** What the node says of itself, if it runs and answers at once. */
  statusNow(node: NodeId): Message | undefined {
    const machine = this.#at(node)
    let status: Message | undefined
    if (machine.state === 'running') machine.deliver('clients', STATUS, {answered: (_, reply) => (status = reply)})
    return status
  }

  /** What every node says of itself at this moment. */
  statusesNow(): Statuses {
    return new Map(this.nodes.map((node) => [node, this.statusNow(node)]))
  }

  /** Whether every node answers and can serve, led by one of them where nodes speak of leaders. */
  isReady(): boolean {
    return unready(this.statusesNow()) === undefined
  }

  /** The node that leads at this moment. */
  leaderNow(): NodeId | undefined {
    return leaderOf(this.statusesNow())
  }

  /** The simulated machine of a node, for tests. */
  machineOf(node: NodeId): SimMachine {
    return this.#at(node)
  }

  /** The simulated disk of a node, for tests of crash recovery. */
  diskOf(node: NodeId): SimMachine['disk'] {
    return this.#at(node).disk
  }

  #ask(node: NodeId, request: Message, limitMs: number): Promise<Message | undefined> {
    const machine = this.#at(node)
    if (machine.state === 'dead') return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const giveUp = this.world.after(limitMs, () => resolve(undefined))
      machine.deliver('clients', request, {
        answered: (_, reply) => {
          giveUp()
          this.world.stirred = true
          resolve(reply)
        },
      })
    })
  }

  #machine(id: NodeId): SimMachine {
    const outlet = this.#outlet(id)
    return new SimMachine(
      id,
      {
        world: this.world,
        nodes: this.nodes,
        admit: this.#strict,
        checksums: this.#options.checksums ?? true,
        send: (to, message) => outlet.send(to, this.#strict(message), this.#at(to), undefined),
        log: (node, line) => this.logs.push({timeNs: this.world.nowNs(), node, line}),
        event: (node, event) => this.events.push({timeNs: this.world.nowNs(), node, event}),
        crashed: (crash) => {
          this.crashes.push(crash)
          this.#options.onCrash?.(crash)
        },
      },
      (env) => this.#options.protocol.createNode(env, this.#targetOptions),
      this.#options.random.fork(`node:${id}`),
    )
  }

  #restart(node: NodeId): void {
    const machine = this.#at(node)
    if (machine.state !== 'dead') return
    this.network.restarted(node)
    machine.boot()
  }

  #at(node: NodeId): SimMachine {
    return this.#machines.get(node) ?? lookUp('node', Object.fromEntries(this.#machines), node)
  }

  #outlet(node: NodeId): Outlet {
    return this.#outlets.get(node)!
  }
}
