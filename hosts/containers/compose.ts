/**
 * A Compose project of the run's own: brought up from the file, a container a node, and taken down with its volumes. Containers
 * are killed, frozen and started again one by one; what passes between them is cut by rules in their own network namespaces.
 */
import {readlinkSync} from 'node:fs'
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {composeCommands, containerCommands, containerLife} from './compose-commands.ts'
import {type ComposeFile, type ComposeNode, clientPort} from './compose-file.ts'
import {demanded, type Engine, type Run, type Standing, said} from './engine.ts'
import {Lifeline} from './lifeline.ts'

/** Images may have to be fetched. */
const UP_LIMIT_MS = 300_000

export interface ComposeOptions {
  readonly file: string
  readonly project: string
  readonly parsed: ComposeFile
  /** The port that `--client-port` asks for. */
  readonly port?: number
  readonly run: Run
}

interface Container {
  readonly id: string
  readonly name: string
}

/** Throws EnvironmentError with what the engine said where the project does not come up. Leaves nothing behind then. */
export async function openCompose(nodes: readonly NodeId[], options: ComposeOptions): Promise<Engine> {
  const {run, project} = options
  const commands = composeCommands(options)
  await demanded(run, commands.version, 'Docker Compose cannot be used')
  const there = containersOf(await demanded(run, commands.containers, 'The engine cannot be asked'))
  if (there.length > 0) {
    throw new EnvironmentError(`The Compose project ${project} has containers already: ${namesOf(there)}.`, [
      'They would be taken down with the run. Give another name: --compose-project NAME',
    ])
  }
  const lifeline = new Lifeline([commands.down])
  try {
    await demanded(run, commands.up, `The Compose project ${project} did not come up`, UP_LIMIT_MS)
    const listed = containersOf(await demanded(run, commands.containers, 'The engine cannot be asked'))
    const found = new Map(nodes.map((node, i) => [node, containerOf(listed, options.parsed.nodes[i] as ComposeNode)]))
    return new Compose(found, options, () => lifeline.cut())
  } catch (error) {
    await lifeline.cut()
    throw error
  }
}

class Compose implements Engine {
  readonly words: string
  readonly names: ReadonlyMap<NodeId, string>
  readonly close: () => Promise<void>
  readonly #containers: ReadonlyMap<NodeId, Container>
  readonly #options: ComposeOptions
  readonly #pids = new Map<NodeId, number>()

  constructor(containers: ReadonlyMap<NodeId, Container>, options: ComposeOptions, close: () => Promise<void>) {
    this.#containers = containers
    this.#options = options
    this.close = close
    this.names = new Map([...containers].map(([node, {name}]) => [node, name]))
    this.words = `Compose project ${options.project} (${[...this.names].map(([node, name]) => `${node} = ${name}`).join(', ')})`
  }

  port(node: NodeId, usual: number | undefined): number {
    const {parsed, port} = this.#options
    const {service} = parsed.nodes[[...this.#containers.keys()].indexOf(node)] as ComposeNode
    return clientPort(service, parsed.published[service] ?? [], port ?? parsed.client, usual)
  }

  async look(node: NodeId): Promise<Standing> {
    const {standing, pid} = inspected(await this.#demand(containerCommands.inspect(this.#id(node))))
    this.#pids.set(node, pid)
    return standing
  }

  life(node: NodeId): string {
    return containerLife(this.#id(node))
  }

  async kill(node: NodeId): Promise<void> {
    const {exitCode, stderr} = await this.#options.run(containerCommands.kill(this.#id(node)))
    if (exitCode === 0 || (await this.look(node)).state === 'dead') return
    throw new EnvironmentError(`${this.names.get(node)} could not be killed.`, said(stderr))
  }

  async pause(node: NodeId): Promise<void> {
    await this.#demand(containerCommands.pause(this.#id(node)))
  }

  async resume(node: NodeId): Promise<void> {
    await this.#demand(containerCommands.resume(this.#id(node)))
  }

  async reach(node: NodeId, port: number): Promise<Endpoint> {
    const text = await this.#demand(containerCommands.port(this.#id(node), port))
    return publishedAt(text) ?? this.#unpublished(node, port, text)
  }

  async prepareInside(node: NodeId): Promise<void> {
    if ((await this.look(node)).state === 'dead') return
    const script = 'nft list tables >&2 && readlink /proc/self/ns/net'
    const {exitCode, stdout, stderr} = await this.#options.run(this.inside(node, ['sh', '-c', script]))
    const shared = stdout.trim() === readlinkSync('/proc/self/ns/net')
    if (exitCode === 0 && !shared) return
    throw new EnvironmentError(
      `The network of ${this.names.get(node)} cannot be entered, so its links cannot be cut.`,
      [
        ...(shared ? ['It is the network of this machine.'] : said(stderr)),
        'That needs root, nsenter and nft, and an engine on this very machine. Or use --nemesis kill,pause.',
      ],
    )
  }

  inside(node: NodeId, words: readonly string[]): readonly string[] {
    return containerCommands.inside(this.#pids.get(node) ?? 0, words)
  }

  #id(node: NodeId): string {
    return (this.#containers.get(node) as Container).id
  }

  #demand(words: readonly string[]): Promise<string> {
    return demanded(this.#options.run, words, 'The engine refuses')
  }

  #unpublished(node: NodeId, port: number, text: string): never {
    throw new EnvironmentError(`The port ${port} of ${this.names.get(node)} is not published: "${text.trim()}".`)
  }
}

interface Listed {
  readonly ID: string
  readonly Name: string
  readonly Service: string
}

/** Reads what `ps --format json` says: an object a line, or one list of them as before version 2.21. */
export function containersOf(text: string): Listed[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  if (trimmed.startsWith('[')) return JSON.parse(trimmed) as Listed[]
  return trimmed.split('\n').map((line) => JSON.parse(line) as Listed)
}

/** Replicas are told by the number at the end of their names. */
function containerOf(listed: readonly Listed[], {service, replica}: ComposeNode): Container {
  const own = listed.filter(({Service}) => Service === service)
  const numbered = own.find(({Name}) => Name.endsWith(`-${replica}`)) ?? own[replica - 1]
  if (numbered !== undefined)
    return {id: numbered.ID, name: service === numbered.Name ? service : nameOf(own, service, replica)}
  throw new EnvironmentError(`The service ${service} has no container ${replica}.`, [`Found: ${namesOf(listed)}`])
}

const nameOf = (own: readonly Listed[], service: string, replica: number): string =>
  own.length === 1 ? service : `${service}-${replica}`

const namesOf = (listed: readonly Listed[]): string => listed.map(({Name}) => Name).join(', ') || 'no containers'

interface Inspected {
  readonly State: {readonly Status: string; readonly Pid: number}
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, {readonly IPAddress?: string; readonly GlobalIPv6Address?: string}>>
  }
}

/** Reads what `docker inspect` says of one container. */
export function inspected(text: string): {standing: Standing; pid: number} {
  const [{State, NetworkSettings}] = JSON.parse(text) as [Inspected]
  const networks = Object.values(NetworkSettings.Networks ?? {})
  const addresses = networks.flatMap(({IPAddress, GlobalIPv6Address}) => [IPAddress, GlobalIPv6Address])
  const state = State.Status === 'running' ? 'running' : State.Status === 'paused' ? 'paused' : 'dead'
  return {
    standing: {state, addresses: addresses.filter((address) => address !== undefined && address !== '') as string[]},
    pid: State.Pid,
  }
}

/** Reads what `docker port` says: `0.0.0.0:49153`, and the same again for IPv6. */
export function publishedAt(text: string): Endpoint | undefined {
  const [, host, port] = /^(\S+):(\d+)\s*$/m.exec(text) ?? []
  if (port === undefined) return undefined
  const anywhere = host === '0.0.0.0' || host === '[::]'
  return {host: anywhere ? '127.0.0.1' : (host as string).replace(/^\[(.*)\]$/, '$1'), port: Number(port)}
}
