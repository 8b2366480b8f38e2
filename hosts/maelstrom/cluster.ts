/**
 * A cluster of Maelstrom nodes: programs that are told who they are, speak JSON lines, and reach each other, the services and
 * clients over one network in this process. What Maelstrom does around a test is done here: initialise, hand out the
 * topology, start killed nodes again, wait for them to recover.
 */
import type {Client} from '../../core/client.ts'
import {sleep, withDeadline} from '../../core/clock.ts'
import type {Cluster, ProcessControl} from '../../core/cluster.ts'
import type {Messages} from '../../core/messages.ts'
import type {NodeId} from '../../core/node.ts'
import type {StartContext} from '../../core/target.ts'
import {Members} from '../members.ts'
import {MaelstromClient, type Surroundings} from './client.ts'
import {operationsOf} from './dialects.ts'
import {printJson} from './json.ts'
import {showLogs} from './log-tail.ts'
import {MessageEvents} from './message-events.ts'
import {showingMessages} from './message-log.ts'
import {MaelstromNetwork, type NetworkOptions, type Parcel} from './network.ts'
import {MaelstromNode} from './node.ts'
import {type Body, breach, type Packet} from './packet.ts'
import type {MaelstromWorkload} from './rpcs.ts'
import {services} from './services/index.ts'
import {TOPOLOGIES, type TopologyName} from './topologies.ts'

/** How long a node may take to answer that it is ready, ms. */
const INIT_LIMIT_MS = 10_000
/** How much sooner than its deadline a read that was not answered is given up as failed, share of it. */
const GIVE_UP = 0.95

export interface MaelstromSettings {
  readonly workload: MaelstromWorkload
  readonly bin: string
  readonly args: readonly string[]
  readonly network: NetworkOptions
  readonly topology: TopologyName
  /** How long the nodes are left alone after the last fault before everything is read, ms. */
  readonly recoveryMs: number
  /** Answers with fields that Maelstrom does not know are faults. */
  readonly strict: boolean
  /** Whether what nodes print on standard error is shown while they do. */
  readonly logStderr: boolean
  /** Whether every message is shown as it is sent, and as it is handed over. */
  readonly logSent: boolean
  readonly logReceived: boolean
}

export class MaelstromCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly process: ProcessControl
  readonly network: MaelstromNetwork
  readonly #settings: MaelstromSettings
  readonly #context: StartContext
  readonly #members: Members
  readonly #nodes: ReadonlyMap<NodeId, MaelstromNode>
  readonly #around: Surroundings
  readonly #messages: MessageEvents
  readonly #warned = new Set<string>()
  /** Rejects once a node has said what is no message. */
  readonly #broken: Promise<never>
  #clients = 0
  #hideLogs = () => {}
  #stopped = false

  private constructor(settings: MaelstromSettings, context: StartContext) {
    this.#settings = settings
    this.#context = context
    const {options, clock, random, place} = context
    this.nodes = options.nodes
    this.#messages = new MessageEvents(context.eventDirectory, this.nodes)
    const shown = {sent: settings.logSent, received: settings.logReceived}
    const witness = shown.sent || shown.received ? showingMessages(this.#messages, shown) : this.#messages
    this.network = new MaelstromNetwork(clock, random.fork('net'), this.nodes, settings.network, witness)
    let fail: (error: Error) => void = () => {}
    this.#broken = new Promise((_, reject) => {
      fail = reject
    })
    this.#broken.catch(() => {})
    const halt = (error: Error) => {
      if (this.#stopped) return
      fail(error)
      context.halt(error)
    }
    this.#around = {network: this.network, strict: settings.strict, halt, warn: (text) => this.#warn(text)}
    const command = {command: settings.bin, args: settings.args}
    this.#nodes = new Map(
      this.nodes.map((id) => {
        const program = place.program(id)
        const onPacket = (packet: Packet, line: string) => this.#route(id, packet, line)
        return [id, new MaelstromNode({id, program, command, onPacket, onBreach: halt})]
      }),
    )
    this.#members = new Members([...this.#nodes].map(([id, {program}]) => [id, program]))
    this.process = this.#members.control((node) => this.#begin(node))
    for (const [id, node] of this.#nodes) this.network.attach(id, (parcel) => node.receive(parcel))
    for (const [name, service] of Object.entries(services(random.fork('services')))) {
      this.network.attach(name, ({src, body}: Parcel) => {
        const answer = service.handle(src, body)
        this.network.send({src: name, dest: src, body: {...answer, in_reply_to: body['msg_id'] ?? null}})
        return true
      })
    }
  }

  /** Starts everything and resolves once every node is ready. Leaves nothing behind when one never is. */
  static async start(settings: MaelstromSettings, context: StartContext): Promise<MaelstromCluster> {
    const cluster = new MaelstromCluster(settings, context)
    if (settings.logStderr) cluster.#hideLogs = showLogs(context.clock, context.logDirectory, cluster.nodes)
    try {
      // All of them, even when one fails: what is still starting could not be stopped.
      const outcomes = await Promise.allSettled(cluster.nodes.map((node) => cluster.#begin(node)))
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  describe(): string {
    const {latencyMs, distribution, loss} = this.#settings.network
    const lossy = loss === 0 ? '' : `, ${loss * 100} % lost`
    return `Maelstrom's network, ${latencyMs === 0 ? 'no' : `${distribution}`} latency${latencyMs === 0 ? '' : ` of ${latencyMs} ms`}${lossy}`
  }

  async openClient(node: NodeId): Promise<Client> {
    const client = this.#client(node)
    const {clock, operationTimeoutMs} = this.#context
    return {
      operations: operationsOf(
        this.#settings.workload,
        client,
        (ms, wake) => clock.after(ms, wake),
        operationTimeoutMs * GIVE_UP,
      ),
      close: async () => client.close(),
    }
  }

  messages(): Messages {
    return this.network.counts.read()
  }

  /** Maelstrom's "Waiting for recovery": nobody can tell from outside whether its nodes are at rest. */
  async repair(): Promise<void> {
    const {clock, signal} = this.#context
    if (this.#settings.recoveryMs > 0) await sleep(clock, this.#settings.recoveryMs, signal).catch(() => {})
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#members.killAll()
    this.#hideLogs()
    this.network.close()
    await this.#messages.close()
  }

  /** Starts a node and makes it known to itself. */
  async #begin(id: NodeId): Promise<void> {
    const node = this.#nodes.get(id) as MaelstromNode
    node.start()
    const {workload, topology} = this.#settings
    await this.#setUp(node, {type: 'init', node_id: id, node_ids: this.nodes})
    if (workload === 'broadcast') {
      await this.#setUp(node, {type: 'topology', topology: TOPOLOGIES[topology](this.nodes)})
    }
    node.release()
  }

  /** Asks for something that there is only one answer to. */
  async #setUp({id, program}: MaelstromNode, request: Body): Promise<void> {
    const client = this.#client(id)
    const {clock} = this.#context
    const {type} = request
    const ended = program.exited.then((reason) => {
      throw program.failure(`${reason} before it had answered ${type}`)
    })
    ended.catch(() => {})
    try {
      const answer = await withDeadline(
        clock,
        Promise.race([client.ask(request), ended, this.#broken]),
        INIT_LIMIT_MS,
        () => program.failure(`did not answer ${type} within ${INIT_LIMIT_MS / 1000} s`),
      )
      if (answer.type === `${type}_ok`) return
      const line = printJson({src: id, dest: client.id, body: answer})
      throw breach(id, `answered ${type} with ${printJson(answer.type)}`, line, [
        `Expected as body: {"type": "${type}_ok", "in_reply_to": …}`,
      ])
    } finally {
      client.close()
    }
  }

  #client(node: NodeId): MaelstromClient {
    return new MaelstromClient(`c${this.#clients++}`, node, this.#around)
  }

  /** What a node has sent goes where it is for. */
  #route(node: NodeId, packet: Packet, line: string): void {
    const {dest, src, body} = packet
    // Some pass a client's request on as it is, so that another node answers the client; Maelstrom lets them.
    if (src !== node && !this.network.knows(src) && !this.#wasClient(src)) {
      throw breach(node, `sent a message in the name of ${JSON.stringify(src)}, which does not exist`, line, [
        `"src" is whoever sends: this node is ${node}.`,
      ])
    }
    if (this.network.knows(dest)) {
      this.network.send(packet)
      return
    }
    // A client that gave up: its answer is late.
    if (this.#wasClient(dest)) return
    this.#warn(`Node ${src} sends messages to ${JSON.stringify(dest)}, which does not exist.`)
    if (body['msg_id'] === undefined) return
    const text = `there is no ${dest}`
    this.network.send({src: dest, dest: src, body: {type: 'error', in_reply_to: body['msg_id'], code: 1, text}})
  }

  #wasClient(end: string): boolean {
    const number = /^c(\d+)$/.exec(end)
    return number !== null && Number(number[1]) < this.#clients
  }

  /** Says each thing once. */
  #warn(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.#context.warn(text)
  }
}
