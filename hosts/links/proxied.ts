/** The links of a cluster as Toxiproxy proxies: one a service for every directed link, on a server that ends with the run. */
import type {Connect, Endpoint, Links, Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {createMesh} from '../../net/mesh/create.ts'
import {CLIENTS, type Mesh, type MeshLink} from '../../net/mesh/mesh.ts'
import {createToxiproxyClient} from '../../net/toxiproxy/client.ts'
import {type LaunchedToxiproxy, type LaunchOptions, launchToxiproxy} from '../../net/toxiproxy/launch.ts'
import {type Echo, startEcho} from './echo.ts'
import {MeshNetwork} from './mesh-network.ts'

/** `mode` is `embedded`, `auto` or the URL of a Toxiproxy server. */
export function proxiedLinks(mode: string, options: LaunchOptions): Connect {
  return async (nodes, services) => {
    const toxiproxy = await launchToxiproxy(mode, options)
    const echo = await startEcho()
    try {
      const mesh = await createMesh({
        client: createToxiproxyClient(toxiproxy.url),
        links: linksOf(nodes, services),
        // A server that is not ours alone may hold proxies of other runs.
        prefix: toxiproxy.kind === 'attached' ? `chaos-${process.pid}-` : '',
      })
      return new ProxiedLinks(mesh, services, toxiproxy, echo)
    } catch (error) {
      await Promise.allSettled([echo.close(), toxiproxy.close()])
      throw error
    }
  }
}

/** Every link that has to be made: clients and each peer to each service of each node. */
function linksOf(nodes: readonly NodeId[], services: Services): MeshLink[] {
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
      ...dialled(CLIENTS, 'clients'),
      ...nodes.filter((from) => from !== to).flatMap((from) => dialled(from, 'peers')),
    ]
  })
}

class ProxiedLinks implements Links {
  readonly control: MeshNetwork
  readonly #mesh: Mesh
  readonly #toxiproxy: LaunchedToxiproxy
  readonly #echo: Echo

  constructor(mesh: Mesh, services: Services, toxiproxy: LaunchedToxiproxy, echo: Echo) {
    this.control = new MeshNetwork(mesh, services, echo)
    this.#mesh = mesh
    this.#toxiproxy = toxiproxy
    this.#echo = echo
  }

  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint {
    return this.#mesh.address(from, to, service)
  }

  move(node: NodeId, service: string, upstream: Endpoint): Promise<void> {
    return this.#mesh.upstream(node, service, {...upstream})
  }

  describe(): string {
    return `${this.#mesh.size} proxied ${this.#mesh.size === 1 ? 'link' : 'links'}, ${this.#toxiproxy.kind} toxiproxy ${this.#toxiproxy.version}`
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#mesh.close(), this.#echo.close()])
    await this.#toxiproxy.close().catch(() => {})
  }
}
