/**
 * What this kernel cannot do to packets (netem is rarely there), done to streams: links that are to be slow, sliced or
 * reset are led through a Toxiproxy server in the router, for as long as that lasts. It is started by the first such fault.
 */
import type {Services} from '../../core/links.ts'
import type {CutMode, Link, Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {createMesh} from '../../net/mesh/create.ts'
import type {Mesh, MeshLink} from '../../net/mesh/mesh.ts'
import {createToxiproxyClient} from '../../net/toxiproxy/client.ts'
import {type LaunchedToxiproxy, type LaunchOptions, launchToxiproxy} from '../../net/toxiproxy/launch.ts'
import {MeshNetwork} from '../links/mesh-network.ts'
import {ECHO_PORT} from './addresses.ts'
import type {Detour} from './rules.ts'
import type {Topology} from './topology.ts'

/** The name of the echo of a node among its services. */
const ECHO = 'echo'
/** The cause under which connections of links that need no proxy any more are closed. */
const CLOSING = 'detour ended'

interface Dial {
  readonly from: NodeId | 'clients'
  readonly to: NodeId
}

export class Detours {
  readonly #topology: Topology
  readonly #options: LaunchOptions
  #services: Services
  #toxiproxy: LaunchedToxiproxy | undefined
  #mesh: Mesh | undefined
  #control: MeshNetwork | undefined
  #shaped: {cause: string; links: readonly Link[]}[] = []

  constructor(topology: Topology, services: Services, options: LaunchOptions) {
    this.#topology = topology
    this.#services = services
    this.#options = options
  }

  /** Shapes streams on these links. `cuts`: what is in force elsewhere and must hold for detoured streams too. */
  async shape(
    cause: string,
    links: readonly Link[],
    shape: Shape,
    cuts: readonly {cause: string; link: Link; mode: CutMode}[],
  ): Promise<void> {
    const control = this.#control ?? (await this.#start())
    for (const {cause: other, link, mode} of cuts) await control.cut(other, [link], mode)
    await control.shape(cause, links, shape)
    this.#shaped.push({cause, links})
  }

  async cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    await this.#control?.cut(cause, links, mode)
  }

  /** Undoes what this cause did, or everything. Call `closeStale` once the rules follow. */
  async heal(cause?: string): Promise<void> {
    this.#shaped = cause === undefined ? [] : this.#shaped.filter((entry) => entry.cause !== cause)
    await (cause === undefined ? this.#control?.healAll() : this.#control?.heal(cause))
  }

  /** Resets the connections of links that were detoured and are not any more, so that they come back straight. */
  async closeStale(before: readonly Detour[]): Promise<void> {
    const now = new Set(this.inForce().map(({from, to}) => `${from} ${to}`))
    const stale = before.filter(({from, to}) => !now.has(`${from} ${to}`)).map(({from, to}) => ({from, to}))
    if (stale.length === 0) return
    await this.#mesh?.block(stale, 'refuse', CLOSING)
    await this.#mesh?.release(CLOSING)
  }

  /** Which connections are led to which proxy. */
  inForce(): Detour[] {
    const mesh = this.#mesh
    if (mesh === undefined) return []
    return this.#dials().flatMap(({from, to}) =>
      this.#ports(from, to).map(([service, port]) => ({
        from,
        to,
        port,
        proxyPort: mesh.address(from, to, service).port,
      })),
    )
  }

  async readBack(link: Link, cause?: string): Promise<string> {
    return (await this.#control?.readBack(link, cause)) ?? ''
  }

  async move(node: NodeId, service: string, services: Services): Promise<void> {
    this.#services = services
    const port = services[node]?.[service]?.upstream.port as number
    await this.#mesh?.upstream(node, service, {host: this.#topology.of(node).peers, port})
  }

  async close(): Promise<void> {
    await this.#mesh?.close().catch(() => {})
    await this.#toxiproxy?.close().catch(() => {})
  }

  /** Bytes of a link travel on what either end has dialled: both are detoured. */
  #dials(): Dial[] {
    const dials = new Map<string, Dial>()
    const add = (from: NodeId | 'clients', to: NodeId | 'clients') => {
      if (to !== 'clients') dials.set(`${from} ${to}`, {from, to})
    }
    for (const {from, to} of this.#shaped.flatMap(({links}) => links)) {
      add(from, to)
      add(to, from)
    }
    return [...dials.values()]
  }

  #ports(from: NodeId | 'clients', to: NodeId): [service: string, port: number][] {
    const by = from === 'clients' ? 'clients' : 'peers'
    const own = Object.entries(this.#services[to] ?? {}).filter(([, service]) => service.by === by)
    return [...own.map(([name, {upstream}]): [string, number] => [name, upstream.port]), [ECHO, ECHO_PORT]]
  }

  async #start(): Promise<MeshNetwork> {
    this.#toxiproxy ??= await launchToxiproxy('embedded', this.#options)
    const nodes = [...this.#topology.addresses.keys()]
    const links = nodes.flatMap((to): MeshLink[] => {
      const host = this.#topology.of(to).peers
      const sources: (NodeId | 'clients')[] = ['clients', ...nodes.filter((from) => from !== to)]
      return sources.flatMap((from) =>
        this.#ports(from, to).map(([service, port]) => ({from, to, service, upstream: {host, port}})),
      )
    })
    this.#mesh = await createMesh({client: createToxiproxyClient(this.#toxiproxy.url), links})
    // Links are probed by the agents of the nodes, through the detour as the node's own connections are.
    const echo = {address: {host: '127.0.0.1', port: ECHO_PORT}, close: async () => {}}
    this.#control = new MeshNetwork(this.#mesh, {}, echo)
    return this.#control
  }
}
