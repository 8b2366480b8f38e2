/** A bundled target as a cluster of real processes: every node a subprocess, every link what `context.connect` makes of it. */
import {join} from 'node:path'
import type {Client} from '../../core/client.ts'
import {eventLoopTurn, unlessAborted} from '../../core/clock.ts'
import type {
  ClockControl,
  Cluster,
  DiskControl,
  MembershipControl,
  Observation,
  ProcessControl,
} from '../../core/cluster.ts'
import type {Links} from '../../core/links.ts'
import {membershipOf} from '../../core/membership.ts'
import type {NetworkControl} from '../../core/network.ts'
import type {Message, NodeId} from '../../core/node.ts'
import {untilSettled} from '../../core/settling.ts'
import {unready} from '../../core/status.ts'
import type {Protocol, StartContext} from '../../core/target.ts'
import {Members} from '../members.ts'
import {SessionClient} from './client.ts'
import type {Address} from './control.ts'
import {hostedDiskControl} from './disk-control.ts'
import {EventFiles} from './event-files.ts'
import {ask, PEER_PROBE, STATUS_PROBE} from './ping.ts'
import {NodeProcess} from './process.ts'

/** How long a node may take to say what it is, ms. */
const STATUS_LIMIT_MS = 1000
const STATUS: Message = {type: 'status'}
/** How long a fresh cluster may take until it can serve, ms. */
const READY_LIMIT_MS = 20_000

export interface HostedTarget {
  readonly protocol: Protocol
  /** The module that exports the protocol: a built file, relative to `dist/`. */
  readonly module: string
  readonly functions: readonly string[]
}

export class HostedCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly process: ProcessControl
  readonly clock: ClockControl
  readonly disk: DiskControl
  readonly observe: Observation
  readonly membership: MembershipControl | undefined
  readonly #target: HostedTarget
  readonly #context: StartContext
  readonly #processes: ReadonlyMap<NodeId, NodeProcess>
  readonly #members: Members
  readonly #events: EventFiles
  #connecting: Promise<Links> | undefined
  #links: Links | undefined
  #clients = 0

  private constructor(target: HostedTarget, context: StartContext) {
    this.#target = target
    this.#context = context
    this.nodes = context.options.nodes
    this.#events = new EventFiles(context.eventDirectory, this.nodes)
    this.#processes = new Map(this.nodes.map((node) => [node, this.#processOf(node)]))
    this.#members = new Members([...this.#processes].map(([node, {program}]) => [node, program]))
    this.process = this.#members.control((node) => this.#restart(node))
    this.observe = {
      responds: async (node, limitMs) => (await this.#ask(node, STATUS, limitMs)) !== undefined,
      status: (node) => this.#ask(node, STATUS, STATUS_LIMIT_MS),
    }
    this.clock = {
      skew: async (node, offsetMs) => this.#process(node).skew(offsetMs),
      offsetMs: (node, limitMs) => this.#process(node).offsetMs(limitMs),
    }
    this.disk = hostedDiskControl(context.clock, (node) => this.#process(node))
    if (target.protocol.reconfigures) {
      const ask = this.#ask.bind(this)
      this.membership = membershipOf({nodes: this.nodes, clock: context.clock, observe: this.observe, ask})
    }
  }

  /** Starts everything and resolves once the cluster can serve. Leaves nothing behind when it cannot. */
  static async start(target: HostedTarget, context: StartContext): Promise<HostedCluster> {
    const cluster = new HostedCluster(target, context)
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  get network(): NetworkControl {
    return (this.#links as Links).control
  }

  describe(): string {
    return (this.#links as Links).describe()
  }

  /** Each step takes the longer the more nodes there are, and an interrupt is heard in all of them: `stop` then ends what there is. */
  async #start(): Promise<void> {
    const {clock, signal, connect} = this.#context
    const processes = [...this.#processes.values()]
    // All of them, even when one fails: what is still starting could not be stopped.
    const outcomes = await unlessAborted(Promise.allSettled(await this.#listening()), signal)
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    const services = Object.fromEntries(
      processes.map(({id, peerAddress, clientAddress}) => [
        id,
        {
          client: {by: 'clients' as const, upstream: clientAddress, probe: STATUS_PROBE},
          peer: {by: 'peers' as const, upstream: peerAddress, probe: PEER_PROBE},
        },
      ]),
    )
    this.#connecting = connect(this.nodes, services, signal)
    this.#links = await this.#connecting
    await unlessAborted(Promise.all(processes.map((process) => process.begin(this.#peersOf(process.id)))), signal)
    const check = () => this.#members.assertAlive()
    const {nodes, observe} = this
    const missing = unready
    const settled = untilSettled({nodes, observe, clock, limitMs: READY_LIMIT_MS, missing, signal, check})
    await unlessAborted(settled, signal)
  }

  /** Starts all processes. To start one takes us some milliseconds, so between two of them whatever else there is has its turn. */
  async #listening(): Promise<Promise<void>[]> {
    const listening: Promise<void>[] = []
    for (const process of this.#processes.values()) {
      this.#context.signal.throwIfAborted()
      const started = process.listen()
      started.catch(() => {})
      listening.push(started)
      await eventLoopTurn()
    }
    return listening
  }

  #peersOf(node: NodeId): Record<NodeId, Address> {
    const peers = this.nodes.filter((peer) => peer !== node)
    return Object.fromEntries(peers.map((peer) => [peer, (this.#links as Links).address(node, peer, 'peer')]))
  }

  #processOf(node: NodeId): NodeProcess {
    const {options, seed, directory, clock, onEvent, place} = this.#context
    return new NodeProcess({
      program: place.program(node),
      boot: {
        module: this.#target.module,
        id: node,
        nodes: options.nodes,
        bugs: options.bugs,
        args: options.args,
        seed: `${seed}/node:${node}`,
        directory: join(directory, node),
        originNs: String(process.hrtime.bigint() - BigInt(Math.round(clock.nowNs()))),
      },
      ...(place.clockShiftNs === undefined ? {} : {clockShiftNs: place.clockShiftNs.bind(place, node)}),
      nowMs: () => clock.nowNs() / 1e6,
      onEvent: (event: Message, timeNs: number) => {
        this.#events.write(node, event, timeNs)
        onEvent({timeNs, node, event})
      },
    })
  }

  async #restart(node: NodeId): Promise<void> {
    const process = this.#process(node)
    const links = this.#links as Links
    const before = {peer: process.peerAddress, client: process.clientAddress}
    await process.listen()
    if (before.peer.port !== process.peerAddress.port) await links.move(node, 'peer', process.peerAddress)
    if (before.client.port !== process.clientAddress.port) await links.move(node, 'client', process.clientAddress)
    await process.begin(this.#peersOf(node))
  }

  openClient(node: NodeId, process: number): Promise<Client> {
    const {options, random, clock} = this.#context
    const id = `c${process}.${this.#clients++}`
    const client = new SessionClient({
      protocol: this.#target.protocol,
      target: options,
      functions: this.#target.functions,
      home: node,
      id,
      random: random.fork(`client:${id}`),
      nowMs: () => clock.nowNs() / 1e6,
      address: (to) => (this.#links as Links).address('clients', to, 'client'),
    })
    return Promise.resolve(client)
  }

  async stop(): Promise<void> {
    await this.#members.killAll()
    await (await this.#connecting?.catch(() => undefined))?.close()
    await this.#events.close()
  }

  #process(node: NodeId): NodeProcess {
    return this.#processes.get(node) as NodeProcess
  }

  async #ask(node: NodeId, request: Message, limitMs: number): Promise<Message | undefined> {
    const {program, clientAddress} = this.#process(node)
    return program.state === 'dead' ? undefined : ask(clientAddress, request, limitMs)
  }
}
