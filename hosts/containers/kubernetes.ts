/**
 * Pods that are there already, found by their labels. Nothing of them is created and nothing removed: a pod that is killed is
 * made again by its StatefulSet. Rules are changed from an ephemeral container beside each node: a NetworkPolicy says who may
 * open connections, and with many networks those that are open go on, so it is neither a cut nor one way.
 */
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place, Program} from '../../core/place.ts'
import {quoteWord} from '../../core/shell.ts'
import {unreachable} from '../../net/ports.ts'
import {demanded, type Engine, type Run, type Standing, said} from './engine.ts'
import {type KubernetesPlace, kubernetesCommands, TOOLBOX_IMAGE} from './kubernetes-commands.ts'
import {Lifeline} from './lifeline.ts'
import {chosenPods, hasToolbox, type Pod, podPort, refuseUnlasting, standingOf} from './pods.ts'

/** How long a killed pod may take to be gone, a toolbox to start and a forwarded port to listen, ms. */
const PATIENCE_MS = 120_000
const LOOK_MS = 100

export interface KubernetesOptions extends KubernetesPlace {
  readonly selector: string
  readonly port?: number
  readonly image?: string
  readonly run: Run
  readonly local: Place
  /** Whether nodes are to be killed, and whether links between them are to be cut. */
  readonly kills: boolean
  readonly packets: boolean
}

/** Throws UsageError for pods that do not fit, EnvironmentError with what kubectl said where it cannot be used. */
export async function openKubernetes(nodes: readonly NodeId[], options: KubernetesOptions): Promise<Engine> {
  const {run, selector, kills, packets} = options
  const commands = kubernetesCommands(options)
  const listed = await demanded(run, commands.pods(selector), 'Kubernetes cannot be asked')
  const pods = chosenPods(listed, selector, nodes.length)
  if (kills) refuseUnlasting(pods)
  const toolbox = `chaos-${process.pid}`
  const leave = packets ? pods.map(({metadata}) => commands.leave(metadata.name, toolbox)) : []
  return new Kubernetes(new Map(nodes.map((node, i) => [node, pods[i] as Pod])), options, toolbox, new Lifeline(leave))
}

class Kubernetes implements Engine {
  readonly words: string
  readonly names: ReadonlyMap<NodeId, string>
  readonly #pods: ReadonlyMap<NodeId, Pod>
  readonly #options: KubernetesOptions
  readonly #commands: ReturnType<typeof kubernetesCommands>
  readonly #toolbox: string
  readonly #lifeline: Lifeline
  /** Who forwards the port of each node, from which port here. */
  readonly #forwards = new Map<NodeId, {readonly program: Program; readonly port: number}>()

  constructor(pods: ReadonlyMap<NodeId, Pod>, options: KubernetesOptions, toolbox: string, lifeline: Lifeline) {
    this.#pods = pods
    this.#options = options
    this.#commands = kubernetesCommands(options)
    this.#toolbox = toolbox
    this.#lifeline = lifeline
    this.names = new Map([...pods].map(([node, {metadata}]) => [node, metadata.name]))
    this.words = `Kubernetes, never tried with a real cluster, pods of ${options.selector} (${[...this.names].map(([node, name]) => `${node} = ${name}`).join(', ')})`
  }

  port(node: NodeId, usual: number | undefined): number {
    return podPort(this.#pod(node), this.#options.port, usual)
  }

  async look(node: NodeId): Promise<Standing> {
    return standingOf(await this.#state(node))
  }

  life(node: NodeId): string {
    const {metadata, spec} = this.#pod(node)
    return this.#commands.life(metadata.name, spec.containers[0]?.name ?? '')
  }

  async kill(node: NodeId): Promise<void> {
    const words = this.#commands.kill(this.#pod(node).metadata.name)
    await demanded(this.#options.run, words, 'The pod could not be killed', PATIENCE_MS)
  }

  /** Forwarding ends with a pod and at errors of its program; it begins again by itself, from the same port here. */
  async reach(node: NodeId, port: number): Promise<Endpoint> {
    const {local} = this.#options
    if (!this.#forwards.has(node)) {
      const from = await local.freePort()
      const line = this.#commands.forward(this.#pod(node).metadata.name, from, port).map(quoteWord).join(' ')
      const program = local.program(`forward-${node}`)
      program.start({command: 'sh', args: ['-c', `while :; do ${line}; sleep 0.2; done`]}, {stdout: 'log'})
      this.#forwards.set(node, {program, port: from})
    }
    const {program, port: from} = this.#forwards.get(node) as {program: Program; port: number}
    const address = {host: '127.0.0.1', port: from}
    const listens = await within(async () => (await unreachable(address, 1000)) === undefined)
    if (!listens) throw program.failure(`: port ${port} of ${this.names.get(node)} could not be forwarded`)
    return address
  }

  async prepareInside(node: NodeId): Promise<void> {
    const {run, image = TOOLBOX_IMAGE} = this.#options
    const {name} = this.#pod(node).metadata
    if (hasToolbox(await this.#state(node), this.#toolbox)) return
    await demanded(run, this.#commands.toolbox(name, this.#toolbox, image), 'No container can be started beside a node')
    const runs = await within(async () => hasToolbox(await this.#state(node), this.#toolbox))
    const {exitCode, stderr} = await run(this.inside(node, ['nft', 'list', 'tables']))
    if (runs && exitCode === 0) return
    throw new EnvironmentError(`The rules of ${name} cannot be changed, so its links cannot be cut.`, [
      ...said(stderr),
      `That needs an ephemeral container of the image ${image} with NET_ADMIN. Or use --nemesis kill.`,
    ])
  }

  inside(node: NodeId, words: readonly string[]): readonly string[] {
    return this.#commands.inside(this.#pod(node).metadata.name, this.#toolbox, words)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#forwards.values()].map(({program}) => program.kill()))
    await this.#lifeline.cut()
  }

  #pod(node: NodeId): Pod {
    return this.#pods.get(node) as Pod
  }

  #state(node: NodeId): Promise<string> {
    return demanded(this.#options.run, this.#commands.pod(this.#pod(node).metadata.name), 'Kubernetes cannot be asked')
  }
}

/** Asks again and again; false once that has taken too long. */
async function within(holds: () => Promise<boolean>): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return false
}
