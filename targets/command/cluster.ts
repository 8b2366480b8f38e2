/**
 * Somebody else's program as a cluster: one process a node, started from a command line, each told the addresses of its own
 * proxies to its peers. Nothing is asked of the program but that it can be told its port and its peers.
 */
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Client} from '../../core/client.ts'
import {sleep} from '../../core/clock.ts'
import type {Cluster, ProcessState} from '../../core/cluster.ts'
import type {CommandTarget} from '../../core/config.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {StartContext} from '../../core/target.ts'
import {CLIENTS, createMesh, type Mesh} from '../../net/mesh.ts'
import {freePort, unreachable} from '../../net/ports.ts'
import {createToxiproxyClient} from '../../net/toxiproxy/client.ts'
import {type LaunchedToxiproxy, launchToxiproxy} from '../../net/toxiproxy/launch.ts'
import type {Address} from '../host/control.ts'
import {MeshNetwork} from '../host/network.ts'
import {ProcessGroup} from '../host/process-group.ts'
import {fill, parseTemplate} from './template.ts'

/** How long a node may take until it is up, ms. */
const UP_LIMIT_MS = 30_000
/** Between two attempts to reach a node that is starting, ms. */
const RETRY_MS = 50

interface CommandNode {
  readonly address: Address
  readonly group: ProcessGroup
}

export class CommandCluster implements Cluster {
  readonly nodes: readonly NodeId[]
  readonly #target: CommandTarget
  readonly #context: StartContext
  readonly #words: readonly string[]
  readonly #members = new Map<NodeId, CommandNode>()
  #toxiproxy: LaunchedToxiproxy | undefined
  #mesh: Mesh | undefined
  #network: MeshNetwork | undefined
  #stopping = false

  private constructor(target: CommandTarget, context: StartContext) {
    this.#target = target
    this.#context = context
    this.#words = parseTemplate(target.command)
    this.nodes = context.options.nodes
  }

  /** Starts every node and resolves once all are up. Leaves nothing behind when one does not come up. */
  static async start(target: CommandTarget, context: StartContext): Promise<CommandCluster> {
    const cluster = new CommandCluster(target, context)
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  get network(): MeshNetwork {
    return this.#network as MeshNetwork
  }

  async #start(): Promise<void> {
    const {toxiproxy, seed, logDirectory, guard} = this.#context
    this.#toxiproxy = await launchToxiproxy(toxiproxy, {
      seed,
      logFile: join(logDirectory, 'toxiproxy.log'),
      register: (pid: number) => guard(pid),
    })
    for (const node of this.nodes) this.#members.set(node, await this.#member(node))
    const upstreams = Object.fromEntries(this.nodes.map((node) => [node, this.#of(node).address]))
    this.#mesh = await createMesh({
      client: createToxiproxyClient(this.#toxiproxy.url),
      nodes: this.nodes,
      peerUpstreams: upstreams,
      clientUpstreams: upstreams,
      prefix: this.#toxiproxy.kind === 'attached' ? `chaos-${process.pid}-` : '',
    })
    this.#network = new MeshNetwork(this.#mesh)
    await Promise.all(this.nodes.map((node) => this.restart(node)))
  }

  async #member(node: NodeId): Promise<CommandNode> {
    const {logDirectory, guard, onUnexpectedExit} = this.#context
    return {
      address: {host: '127.0.0.1', port: await freePort()},
      group: new ProcessGroup({
        name: `Node ${node}`,
        logFile: join(logDirectory, `${node}.log`),
        guard,
        onUnexpectedExit: (reason, lines) => {
          if (!this.#stopping) onUnexpectedExit(node, reason, lines)
        },
      }),
    }
  }

  async openClient(node: NodeId): Promise<Client> {
    return this.#target.client({node, ...(this.#mesh as Mesh).address(CLIENTS, node)})
  }

  async kill(node: NodeId): Promise<void> {
    await this.#of(node).group.kill()
  }

  async restart(node: NodeId): Promise<void> {
    const {address, group} = this.#of(node)
    if (group.state !== 'dead') return
    const mesh = this.#mesh as Mesh
    const directory = join(this.#context.directory, node)
    mkdirSync(directory, {recursive: true})
    const peers = this.nodes.filter((peer) => peer !== node)
    const [command = '', ...args] = fill(this.#words, {
      id: node,
      port: String(address.port),
      peers: peers.map((peer) => `${peer}=127.0.0.1:${mesh.address(node, peer).port}`).join(','),
      directory,
      nodes: this.nodes.join(','),
    })
    const ready = this.#target.ready ?? 'tcp'
    const child = group.start(command, args, {stdout: ready === 'tcp' ? 'log' : 'pipe'})
    const up = ready === 'tcp' ? this.#accepts(node) : printsLine(child.stdout as NodeJS.ReadableStream, ready.log)
    const ended = group.exited.then((reason) => {
      throw group.failure(reason)
    })
    const tooLate = new AbortController()
    const late = sleep(this.#context.clock, UP_LIMIT_MS, tooLate.signal).then(() => {
      throw group.failure(`was not up within ${UP_LIMIT_MS / 1000} s`)
    })
    late.catch(() => {})
    try {
      await Promise.race([up, ended, late])
    } finally {
      tooLate.abort()
    }
  }

  pause(node: NodeId): Promise<void> {
    return this.#of(node).group.pause()
  }

  async resume(node: NodeId): Promise<void> {
    this.#of(node).group.resume()
  }

  processState(node: NodeId): Promise<ProcessState> {
    return this.#of(node).group.observedState()
  }

  async ready(limitMs: number): Promise<void> {
    const dead = this.nodes.find((node) => this.#of(node).group.state === 'dead')
    if (dead !== undefined) throw this.#of(dead).group.failure('is not running')
    for (const node of this.nodes) {
      const error = await unreachable(this.#of(node).address, limitMs)
      if (error !== undefined) throw new EnvironmentError(`Node ${node} does not accept connections.`, [], error)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.allSettled([...this.#members.values()].map(({group}) => group.kill()))
    await this.#mesh?.close().catch(() => {})
    await this.#toxiproxy?.close().catch(() => {})
  }

  /** Resolves once the node accepts connections, or stops trying once its process has ended. */
  async #accepts(node: NodeId): Promise<void> {
    const {address, group} = this.#of(node)
    while (group.state !== 'dead' && (await unreachable(address, 1000)) !== undefined) {
      await sleep(this.#context.clock, RETRY_MS)
    }
  }

  #of(node: NodeId): CommandNode {
    return this.#members.get(node) as CommandNode
  }
}

/** Resolves at the first line that matches. */
function printsLine(output: NodeJS.ReadableStream, pattern: string): Promise<void> {
  const matcher = new RegExp(pattern)
  return new Promise((resolve) => {
    let text = ''
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const lines = text.split('\n')
      text = lines.pop() as string
      if (lines.some((line) => matcher.test(line))) resolve()
    })
  })
}
