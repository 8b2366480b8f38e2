/**
 * A cluster of programs that know nothing of us: one program a node, started with the addresses of its own links to its
 * peers. What is particular to a program, its command line, what it answers to, its clients, is a `ProgramTarget`.
 */
import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {Client} from '../../core/client.ts'
import {sleep} from '../../core/clock.ts'
import type {
  ClockControl,
  Cluster,
  DiskControl,
  MembershipControl,
  Observation,
  ProcessControl,
} from '../../core/cluster.ts'
import {ChaosError, EnvironmentError, messageOf} from '../../core/error.ts'
import type {Endpoint, Links, LinkWays, Services} from '../../core/links.ts'
import type {NetworkControl} from '../../core/network.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {Command, Resident} from '../../core/place.ts'
import {untilSettled} from '../../core/settling.ts'
import {unready} from '../../core/status.ts'
import type {StartContext} from '../../core/target.ts'
import type {Dialling} from '../links/dialling.ts'
import {openDialling} from '../links/open-dialling.ts'
import {Members} from '../members.ts'
import {ProgramClocks} from './clocks.ts'
import {ProgramDisks} from './disks.ts'
import {listening, peersOf, printsLine} from './listening.ts'
import {rejectsOnAbort, startAll} from './start-all.ts'
import {assertFree, endpointsOf} from './taken.ts'
import {writing} from './writing.ts'

/** How long a node, or the whole cluster, may take until it is up, ms. */
const UP_LIMIT_MS = 60_000
/** How long the next node is kept waiting where they start in turn, ms. */
const TURN_MS = 250
/** Between two attempts to reach a node that is starting, ms. */
const RETRY_MS = 50
/** How long a node that is started again is waited for, ms: behind a cut link it may not serve before the link is whole. */
const AGAIN_LIMIT_MS = 10_000
/** How long a node may take to say what it is, ms. */
const STATUS_LIMIT_MS = 1000

/** Programs that were defined by others have command lines of their own. */
const DEFINED_ELSEWHERE: Command = {command: '', args: []}

/** What a program is told of where it is. */
export interface Surroundings {
  readonly node: NodeId
  readonly nodes: readonly NodeId[]
  /** The node's own state; made before the start. */
  readonly directory: string
  readonly services: Services
  readonly links: Links
  /** What this node is to be told of where a service of a peer, or of itself, is. */
  address(to: NodeId, service: string): Endpoint
  /** Whether this is the first start of this node in this run. */
  readonly first: boolean
  /** Whether it joins a cluster that runs already, with nothing of its own: it was removed before. */
  readonly joining: boolean
}

export interface ProgramTarget {
  /** What errors call it. */
  readonly name?: string
  /** Absent: it is told an address for each peer. */
  readonly linkWays?: LinkWays
  /** Its name and version, for the banner: "etcd 3.4.23". Throws EnvironmentError for one that is not supported. */
  version?(context: StartContext): Promise<string>
  /** The port on which its programs listen for clients where nobody tells them another, as in containers of theirs. */
  readonly clientPort?: number
  /** Which ports the nodes listen on. Called once, before the links are made. */
  services(context: StartContext): Promise<Services>
  /** Files that must be there before the node starts; called before every start. */
  prepare?(surroundings: Surroundings, context: StartContext): Promise<void>
  command(surroundings: Surroundings): Command
  /** Whether its nodes are started one after another, as those are that would wait for each other. */
  readonly inTurn?: boolean
  /** `log`: up once a line of its output matches. Otherwise up once `status` has an answer. */
  readonly upOnLine?: RegExp
  /** What the node says of itself (`core/status.ts`), asked past all links; undefined where it does not answer. */
  status(node: NodeId, services: Services, limitMs: number): Promise<Message | undefined>
  /** False where an answer of `status` does not show that the program runs, as when only a connection is accepted. */
  readonly tellsLife?: boolean
  /** Once every program is up, before anybody is asked: makes a cluster of them, creates tables and queues. */
  form?(cluster: ProgramCluster): Promise<void>
  openClient(node: NodeId, process: number, cluster: ProgramCluster): Promise<Client>
  /** After a heal: whatever an operator would have to do by hand, such as starting a node again that gave up. */
  repair?(cluster: ProgramCluster): Promise<void>
  /**
   * The time of day as the program has it, ms since 1970, asked past all links. Present for programs that use the C library,
   * whose clocks can be shifted (`clocks.ts`).
   */
  readClock?(node: NodeId, services: Services, limitMs: number): Promise<number | undefined>
  /** Whether its disks are harmed: everything that a node stores is in its directory, and synced as its claims ask for. */
  readonly harmsDisks?: boolean
  /** How members are removed and added; `retire` and `admit` of the cluster end and start the program of one. */
  membership?(cluster: ProgramCluster): MembershipControl
  /** Before the programs are killed. */
  close?(): Promise<void>
}

export class ProgramCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly process: ProcessControl
  readonly observe: Observation
  readonly context: StartContext
  readonly #target: ProgramTarget
  readonly #members: Members
  readonly #startedOnce = new Set<NodeId>()
  /** Nodes that have answered since they were started last. */
  readonly #served = new Set<NodeId>()
  /** Starts under way: whoever else wants a node started waits for the same one. */
  readonly #starting = new Map<NodeId, Promise<void>>()
  /** Nodes that are no members now: nothing but `admit` starts them. */
  readonly #retired = new Set<NodeId>()
  /** Aborted once a node could not be started while the cluster was. */
  readonly #givenUp = new AbortController()
  #services: Services = {}
  #dialling: Dialling | undefined
  #version: string | undefined
  #links: Links | undefined
  #membership: MembershipControl | undefined
  #clocks: ProgramClocks | undefined
  #disks: ProgramDisks | undefined

  private constructor(target: ProgramTarget, context: StartContext) {
    this.#target = target
    this.context = context
    this.nodes = context.options.nodes
    this.#members = new Members(this.nodes.map((node) => [node, context.place.program(node)]))
    this.process = this.#members.control(async (node) => {
      if (!this.#retired.has(node)) await this.#startOnce(node)
    })
    this.observe = {
      responds: async (node, limitMs) =>
        target.tellsLife === false ? undefined : (await this.#ask(node, limitMs)) !== undefined,
      status: (node) => this.#ask(node, STATUS_LIMIT_MS),
    }
  }

  /** Starts every node and resolves once the cluster can serve. Leaves nothing behind when it cannot. */
  static async start(target: ProgramTarget, context: StartContext): Promise<ProgramCluster> {
    const cluster = new ProgramCluster(target, context)
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  get network(): NetworkControl {
    return this.links.control
  }

  get clock(): ClockControl | undefined {
    return this.#clocks
  }

  get disk(): DiskControl | undefined {
    return this.#disks
  }

  get membership(): MembershipControl | undefined {
    return this.#membership
  }

  get links(): Links {
    return this.#links as Links
  }

  get services(): Services {
    return this.#services
  }

  describe(): string {
    const {way, words} = this.#dialling as Dialling
    const links = `${this.links.describe()}${way === 'config' ? '' : `, ${words}`}`
    return this.#version === undefined ? links : `${this.#version}, ${links}`
  }

  openClient(node: NodeId, process: number): Promise<Client> {
    return this.#target.openClient(node, process, this)
  }

  /** Resolves once the cluster can serve. Throws with what is missing, or the log of a node that died. */
  async untilReady(limitMs: number): Promise<void> {
    const {clock, signal} = this.context
    const check = () => this.#members.assertAlive()
    await untilSettled({nodes: this.nodes, observe: this.observe, clock, limitMs, missing: unready, signal, check})
  }

  nodeEnded(node: NodeId): {readonly served: boolean} {
    return {served: this.#served.has(node)}
  }

  /** Nodes that were retired and not admitted again. */
  get retired(): readonly NodeId[] {
    return [...this.#retired]
  }

  /** Its program may end by itself from now on, as those do that learn that they were removed. */
  mayEnd(node: NodeId): void {
    this.#members.of(node).mayEnd()
  }

  /** Ends the program of a node that is no member any more, and forgets what it had stored; no restart brings it back. */
  async retire(node: NodeId): Promise<void> {
    this.#retired.add(node)
    await this.#members.of(node).kill()
    if (this.#disks === undefined) rmSync(join(this.context.directory, node), {recursive: true, force: true})
    else await this.#disks.erase(node)
  }

  /** Starts the program of a retired node that is a member again: with nothing, to be told everything by the others. */
  async admit(node: NodeId): Promise<void> {
    if (!this.#retired.has(node)) return
    await this.#startOnce(node, true)
    this.#retired.delete(node)
  }

  /** Nodes whose disks were full since the last repair, and have room again. */
  takeThoseFilled(): readonly NodeId[] {
    return this.#disks?.takeThoseFilled() ?? []
  }

  async repair(): Promise<void> {
    await this.#target.repair?.(this)
  }

  async stop(): Promise<void> {
    await this.#target.close?.().catch(() => {})
    await this.#members.killAll()
    await this.#disks?.close()
    await this.#links?.close()
  }

  async #start(): Promise<void> {
    const {context, nodes} = this
    const {resident} = context.place
    if (resident === undefined) this.#version = await this.#target.version?.(context)
    const {name = 'this program', linkWays = {config: true}} = this.#target
    const {place, directory, linkWay} = context
    mkdirSync(directory, {recursive: true})
    const suffers = (fault: string) => context.faults?.includes(fault) ?? true
    if (resident === undefined && this.#target.harmsDisks === true && suffers('disk')) {
      const room = {nodes, place, directory, clock: context.clock}
      this.#disks = await ProgramDisks.open(room, (node) => this.#members.of(node))
    }
    this.#dialling = await openDialling(name, linkWays, linkWay, {nodes, place, directory})
    const {readClock} = this.#target
    if (resident === undefined && readClock !== undefined && suffers('clock')) {
      const read = (node: NodeId, limitMs: number) => readClock(node, this.#services, limitMs).catch(() => undefined)
      this.#clocks = await ProgramClocks.open({nodes, place, directory}, read)
    }
    this.#services =
      resident === undefined
        ? listening(await this.#target.services(context), this.#dialling)
        : await resident.services(nodes, this.#target.clientPort)
    this.#links = await context.connect(nodes, this.#services, context.signal)
    const inTurn = resident === undefined && this.#target.inTurn === true
    const turns = inTurn ? {clock: context.clock, mostMs: TURN_MS} : undefined
    await startAll(nodes, (node) => this.#startOnce(node), this.#givenUp, turns)
    await this.#form()
    await this.untilReady(UP_LIMIT_MS)
    await this.#disks?.sync()
    if (resident === undefined) this.#membership = this.#target.membership?.(this)
  }

  /** What its client library throws here is no bug of ours: the cluster is not what it should be. */
  async #form(): Promise<void> {
    try {
      await this.#target.form?.(this)
    } catch (error) {
      if (error instanceof ChaosError) throw error
      this.context.signal.throwIfAborted()
      throw new EnvironmentError(
        `${this.#target.name ?? 'The cluster'} could not be set up: ${messageOf(error)}.`,
        [],
        error,
      )
    }
  }

  /** Whether somebody is starting this node right now. */
  isStarting(node: NodeId): boolean {
    return this.#starting.has(node)
  }

  #startOnce(node: NodeId, joining = false): Promise<void> {
    const underWay = this.#starting.get(node)
    if (underWay !== undefined) return underWay
    const start = this.#startNode(node, joining).finally(() => this.#starting.delete(node))
    this.#starting.set(node, start)
    return start
  }

  async #startNode(node: NodeId, joining = false): Promise<void> {
    const {context} = this
    const directory = join(context.directory, node)
    await writing(node, directory, () => mkdirSync(directory, {recursive: true}))
    const first = !this.#startedOnce.has(node)
    this.#startedOnce.add(node)
    const services = this.#services
    const {links} = this
    const dialling = this.#dialling as Dialling
    const address = (to: NodeId, service: string) => {
      const own = services[to]?.[service]?.upstream
      if (own === undefined) throw new RangeError(`no service ${service} of ${to}`)
      return dialling.address(node, to, service, own, links)
    }
    const surroundings = {node, nodes: this.nodes, directory, services, links, first, joining, address}
    const {resident} = context.place
    await this.#disks?.ready(node)
    if (resident === undefined) await writing(node, directory, () => this.#target.prepare?.(surroundings, context))
    await this.#disks?.sync(node)
    context.signal.throwIfAborted()
    const program = this.#members.of(node)
    const line = this.#target.upOnLine
    const own = resident === undefined ? this.#target.command(surroundings) : DEFINED_ELSEWHERE
    const timed = this.#clocks?.surround(node, own) ?? own
    const slowed = this.#disks?.surround(node, timed) ?? timed
    const command = dialling.surround(node, slowed, {links, peers: peersOf(services)})
    if (first && resident === undefined) await assertFree(context.place, endpointsOf(node, services))
    this.#givenUp.signal.throwIfAborted()
    this.#served.delete(node)
    const {stdout} = program.start(command, {stdout: line === undefined ? 'log' : 'pipe'})
    if (this.#disks?.wasHarmed(node)) program.mayEnd()
    const found = resident === undefined ? Promise.resolve() : this.#follow(node, resident)
    const tooLate = new AbortController()
    const late = sleep(context.clock, first ? UP_LIMIT_MS : AGAIN_LIMIT_MS, tooLate.signal).then(() => {
      if (first) throw program.failure(`was not up within ${UP_LIMIT_MS / 1000} s`)
    })
    const ended = program.exited.then((reason) => {
      throw program.failure(reason)
    })
    const givenUp = rejectsOnAbort([this.#givenUp.signal, context.signal], tooLate.signal)
    for (const end of [late, ended, givenUp]) end.catch(() => {})
    const printed = line === undefined ? undefined : printsLine(stdout as NodeJS.ReadableStream, line)
    const up = found.then(() => printed ?? this.#answers(node, tooLate.signal))
    up.catch(() => {})
    try {
      await Promise.race([up, ended, late, givenUp])
    } finally {
      tooLate.abort()
    }
  }

  /** A program that was started again by others may be reached elsewhere now. */
  async #follow(node: NodeId, resident: Resident): Promise<void> {
    const upstream = await resident.started(node)
    const client = this.#services[node]?.['client']
    if (client === undefined || client.upstream.port === upstream.port) return
    this.#services = {...this.#services, [node]: {...this.#services[node], client: {...client, upstream}}}
    await this.links.move(node, 'client', upstream)
  }

  /** Resolves once the node answers, or stops trying once its process has ended or nobody waits any more. */
  async #answers(node: NodeId, enough: AbortSignal): Promise<void> {
    while (!enough.aborted && this.#members.of(node).state !== 'dead') {
      if ((await this.#ask(node, STATUS_LIMIT_MS)) !== undefined) return
      await sleep(this.context.clock, RETRY_MS)
    }
  }

  async #ask(node: NodeId, limitMs: number): Promise<Message | undefined> {
    if (this.#members.of(node).state === 'dead') return undefined
    const status = await this.#target.status(node, this.#services, limitMs).catch(() => undefined)
    if (status !== undefined) this.#served.add(node)
    return status
  }
}
