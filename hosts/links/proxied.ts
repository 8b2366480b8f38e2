/**
 * The links of a cluster as Toxiproxy proxies: one a service for every directed link that a fault may touch, on a server that ends
 * with the run. The others are direct (`direct.ts`).
 */
import {unlessAborted} from '../../core/clock.ts'
import type {Connect, Endpoint, Links, Services} from '../../core/links.ts'
import type {Reach} from '../../core/nemesis.ts'
import type {NodeId} from '../../core/node.ts'
import {createMesh} from '../../net/mesh/create.ts'
import {CLIENTS, type Mesh, type MeshLink} from '../../net/mesh/mesh.ts'
import {createToxiproxyClient} from '../../net/toxiproxy/client.ts'
import {type LaunchedToxiproxy, type LaunchOptions, launchToxiproxy} from '../../net/toxiproxy/launch.ts'
import {directLinks, Upstreams} from './direct.ts'
import {type Echo, startEcho} from './echo.ts'
import {MeshNetwork} from './mesh-network.ts'

/** `mode` is `embedded`, `auto` or the URL of a Toxiproxy server; `reach` says which links faults may touch. */
export function proxiedLinks(mode: string, options: LaunchOptions, reach: Reach = 'all'): Connect {
  if (reach === 'none') return directLinks()
  return async (nodes, services, signal) => {
    const toxiproxy = await launchToxiproxy(mode, options)
    const echo = await startEcho()
    try {
      const making = createMesh({
        client: createToxiproxyClient(toxiproxy.url),
        links: linksOf(nodes, services, reach),
        // A server that is not ours alone may hold proxies of other runs.
        prefix: toxiproxy.kind === 'attached' ? `chaos-${process.pid}-` : '',
      })
      // What is being made on a server of somebody else has to be taken back from it, so it is waited for.
      const mesh = await (toxiproxy.kind === 'attached' ? making : unlessAborted(making, signal))
      return new ProxiedLinks(mesh, services, toxiproxy, echo, reach === 'all' ? undefined : new Upstreams(services))
    } catch (error) {
      await Promise.allSettled([echo.close(), toxiproxy.close()])
      throw error
    }
  }
}

/** Every link that has to be made: each peer, and clients where they are reached, to each service of each node. */
function linksOf(nodes: readonly NodeId[], services: Services, reach: Reach): MeshLink[] {
  return nodes.flatMap((to) => {
    const offered = Object.entries(services[to] ?? {})
    const by = (who: 'clients' | 'peers') => offered.filter(([, service]) => service.by === who)
    const dialled = (from: NodeId, who: 'clients' | 'peers'): MeshLink[] =>
      by(who).map(([service, {upstream, listen}]) => ({
        from,
        to,
        service,
        upstream,
        ...(listen === undefined ? {} : {listen: listen(from)}),
      }))
    return [
      ...(reach === 'all' ? dialled(CLIENTS, 'clients') : []),
      ...nodes.filter((from) => from !== to).flatMap((from) => dialled(from, 'peers')),
    ]
  })
}

class ProxiedLinks implements Links {
  readonly control: MeshNetwork
  readonly #mesh: Mesh
  readonly #toxiproxy: LaunchedToxiproxy
  readonly #echo: Echo
  /** Where clients dial, if not proxies. */
  readonly #direct: Upstreams | undefined

  constructor(mesh: Mesh, services: Services, toxiproxy: LaunchedToxiproxy, echo: Echo, direct: Upstreams | undefined) {
    this.control = new MeshNetwork(mesh, services, echo, direct)
    this.#direct = direct
    this.#mesh = mesh
    this.#toxiproxy = toxiproxy
    this.#echo = echo
  }

  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint {
    if (from === CLIENTS && this.#direct !== undefined) return this.#direct.of(to, service)
    return this.#mesh.address(from, to, service)
  }

  move(node: NodeId, service: string, upstream: Endpoint): Promise<void> {
    this.#direct?.move(node, service, upstream)
    return this.#mesh.upstream(node, service, {...upstream})
  }

  describe(): string {
    const links = `${this.#mesh.size} proxied ${this.#mesh.size === 1 ? 'link' : 'links'}`
    const rest = this.#direct === undefined ? '' : ', clients direct'
    return `${links}${rest}, ${this.#toxiproxy.kind} toxiproxy ${this.#toxiproxy.version}`
  }

  async close(): Promise<void> {
    // Proxies end with a server of ours. To delete them one by one takes seconds where there are thousands.
    const left = this.#toxiproxy.kind === 'attached' ? [this.#mesh.close()] : []
    await Promise.allSettled([...left, this.#echo.close()])
    await this.#toxiproxy.close().catch(() => {})
  }
}
