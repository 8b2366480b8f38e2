/**
 * A bundled target as a cluster of real processes: every node a subprocess, every link between nodes and every client link
 * a Toxiproxy proxy of its own.
 */
import {createWriteStream, type WriteStream} from 'node:fs'
import {join} from 'node:path'
import type {Client} from '../../core/client.ts'
import type {Cluster, ProcessState} from '../../core/cluster.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {Protocol, StartContext} from '../../core/target.ts'
import {CLIENTS, createMesh, type Mesh} from '../../net/mesh.ts'
import {createToxiproxyClient} from '../../net/toxiproxy/client.ts'
import {type LaunchedToxiproxy, launchToxiproxy} from '../../net/toxiproxy/launch.ts'
import {SessionClient} from './client.ts'
import type {Address} from './control.ts'
import {MeshNetwork} from './network.ts'
import {askStatus} from './ping.ts'
import {NodeProcess} from './process.ts'
import {settled} from './readiness.ts'

/** How long a node may take to say what it is, ms. */
const STATUS_LIMIT_MS = 1000
/** Pause between two looks at a cluster that is not ready yet, ms; an event of a node cuts it short. */
const LOOK_AGAIN_MS = 50
/** How long a fresh cluster may take until it can serve, ms. */
const READY_LIMIT_MS = 20_000

export interface HostedTarget {
  readonly protocol: Protocol
  /** The module that exports the protocol, as the URL of a built file. */
  readonly module: string
  readonly functions: readonly string[]
}

export class HostedCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly #target: HostedTarget
  readonly #context: StartContext
  readonly #processes: ReadonlyMap<NodeId, NodeProcess>
  readonly #eventFiles: ReadonlyMap<NodeId, WriteStream>
  #toxiproxy: LaunchedToxiproxy | undefined
  #mesh: Mesh | undefined
  #network: MeshNetwork | undefined
  #clients = 0
  #wake: () => void = () => {}
  #stopping = false

  private constructor(target: HostedTarget, context: StartContext) {
    this.#target = target
    this.#context = context
    this.nodes = context.options.nodes
    this.#eventFiles = new Map(
      this.nodes.map((node) => [node, createWriteStream(join(context.eventDirectory, `${node}.jsonl`), {flags: 'a'})]),
    )
    // A full disk must not end the run through an event file; the history's own writer reports it.
    for (const file of this.#eventFiles.values()) file.on('error', () => {})
    this.#processes = new Map(this.nodes.map((node) => [node, this.#processOf(node)]))
  }

  /** Starts everything and resolves once the cluster can serve. Leaves nothing behind when it cannot. */
  static async start(target: HostedTarget, context: StartContext): Promise<HostedCluster> {
    const cluster = new HostedCluster(target, context)
    try {
      await cluster.#start()
      await cluster.ready(READY_LIMIT_MS)
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  get network(): MeshNetwork {
    return this.#network as MeshNetwork
  }

  describe(): string {
    const {kind, version} = this.#toxiproxy as LaunchedToxiproxy
    return `${this.nodes.length ** 2} proxied links, ${kind} toxiproxy ${version}`
  }

  async #start(): Promise<void> {
    const context = this.#context
    const processes = [...this.#processes.values()]
    const launching = launchToxiproxy(context.toxiproxy, {
      seed: context.seed,
      logFile: join(context.logDirectory, 'toxiproxy.log'),
      register: (pid: number) => context.guard(pid),
    }).then((launched) => {
      this.#toxiproxy = launched
    })
    // All of them, even when one fails: what is still starting could not be stopped.
    const outcomes = await Promise.allSettled([launching, ...processes.map((process) => process.listen())])
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    const toxiproxy = this.#toxiproxy as LaunchedToxiproxy
    this.#mesh = await createMesh({
      client: createToxiproxyClient(toxiproxy.url),
      nodes: this.nodes,
      peerUpstreams: Object.fromEntries(processes.map((process) => [process.id, process.peerAddress])),
      clientUpstreams: Object.fromEntries(processes.map((process) => [process.id, process.clientAddress])),
      // A server that is not ours alone may hold proxies of other runs.
      prefix: toxiproxy.kind === 'attached' ? `chaos-${process.pid}-` : '',
    })
    this.#network = new MeshNetwork(this.#mesh)
    await Promise.all(processes.map((process) => process.begin(this.#peersOf(process.id))))
  }

  #peersOf(node: NodeId): Record<NodeId, Address> {
    const mesh = this.#mesh as Mesh
    return Object.fromEntries(
      this.nodes.filter((peer) => peer !== node).map((peer) => [peer, mesh.address(node, peer)]),
    )
  }

  #processOf(node: NodeId): NodeProcess {
    const {options, seed, directory, logDirectory, clock, guard, onEvent, onUnexpectedExit} = this.#context
    return new NodeProcess({
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
      logFile: join(logDirectory, `${node}.log`),
      guard,
      onEvent: (event: Message, timeNs: number) => {
        this.#eventFiles.get(node)?.write(`${JSON.stringify({time: timeNs, node, event})}\n`)
        onEvent({timeNs, node, event})
        this.#wake()
      },
      onUnexpectedExit: (reason, lines) => {
        if (!this.#stopping) onUnexpectedExit(node, reason, lines)
      },
    })
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
      address: (to) => (this.#mesh as Mesh).address(CLIENTS, to),
    })
    return Promise.resolve(client)
  }

  async kill(node: NodeId): Promise<void> {
    await this.#process(node).group.kill()
  }

  async restart(node: NodeId): Promise<void> {
    const process = this.#process(node)
    if (process.group.state !== 'dead') return
    const before = {peer: process.peerAddress, client: process.clientAddress}
    await process.listen()
    const moved = before.peer.port !== process.peerAddress.port || before.client.port !== process.clientAddress.port
    if (moved) await (this.#mesh as Mesh).upstream(node, process.peerAddress, process.clientAddress)
    await process.begin(this.#peersOf(node))
  }

  pause(node: NodeId): Promise<void> {
    return this.#process(node).group.pause()
  }

  async resume(node: NodeId): Promise<void> {
    this.#process(node).group.resume()
  }

  async skewClock(node: NodeId, offsetMs: number): Promise<void> {
    this.#process(node).skew(offsetMs)
  }

  processState(node: NodeId): Promise<ProcessState> {
    return this.#process(node).group.observedState()
  }

  async responds(node: NodeId, limitMs: number): Promise<boolean> {
    return (await this.#ask(node, limitMs)) !== undefined
  }

  status(node: NodeId): Promise<Message | undefined> {
    return this.#ask(node, STATUS_LIMIT_MS)
  }

  async leader(): Promise<NodeId | undefined> {
    const running = this.nodes.filter((node) => this.#process(node).group.state === 'running')
    const statuses = await Promise.all(running.map(async (node) => ({node, status: await this.status(node)})))
    // A deposed leader may still think it leads: the highest term is the one that counts.
    return statuses
      .filter(({status}) => status?.['role'] === 'leader')
      .sort((left, right) => Number(right.status?.['term'] ?? 0) - Number(left.status?.['term'] ?? 0))[0]?.node
  }

  async ready(limitMs: number): Promise<void> {
    const {clock, signal} = this.#context
    const deadlineNs = clock.nowNs() + limitMs * 1e6
    for (;;) {
      signal.throwIfAborted()
      const dead = this.nodes.find((node) => this.#process(node).group.state === 'dead')
      if (dead !== undefined) throw this.#process(dead).group.failure('is not running')
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const statuses = await Promise.all(this.nodes.map((node) => this.status(node)))
      const missing = settled(this.nodes, statuses)
      if (missing === undefined) return
      if (clock.nowNs() > deadlineNs) {
        throw new EnvironmentError(`The cluster was not ready within ${limitMs / 1000} s: ${missing}.`, [
          `Logs: ${this.#context.logDirectory}`,
        ])
      }
      let cancel = () => {}
      await Promise.race([woken, new Promise<void>((resolve) => (cancel = clock.after(LOOK_AGAIN_MS, resolve)))])
      cancel()
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.allSettled([...this.#processes.values()].map((process) => process.group.kill()))
    await this.#mesh?.close().catch(() => {})
    await this.#toxiproxy?.close().catch(() => {})
    await Promise.all([...this.#eventFiles.values()].map((file) => new Promise<void>((done) => file.end(done))))
  }

  #process(node: NodeId): NodeProcess {
    return this.#processes.get(node) as NodeProcess
  }

  async #ask(node: NodeId, limitMs: number): Promise<Message | undefined> {
    const process = this.#process(node)
    return process.group.state === 'dead' ? undefined : askStatus(process.clientAddress, limitMs)
  }
}
