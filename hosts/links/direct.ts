/**
 * Links without proxies: whoever dials is told where the service itself listens. They serve where no fault of the run can touch a
 * link, for a proxy costs each operation two more ways through the kernel on either side (`bench/overhead.ts`).
 */
import type {Connect, Endpoint, Links, Services} from '../../core/links.ts'
import type {NetworkControl, Ping} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {type Echo, echoRequest} from './echo.ts'
import {probedService, probeService} from './probe.ts'

/** Where the services of nodes listen now. */
export class Upstreams {
  readonly #services: Services
  readonly #moved = new Map<string, Endpoint>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Throws RangeError for a service that does not exist. */
  of(node: NodeId, service: string): Endpoint {
    const upstream = this.#moved.get(`${node} ${service}`) ?? this.#services[node]?.[service]?.upstream
    if (upstream === undefined) throw new RangeError(`no service ${service} of ${node}`)
    return upstream
  }

  move(node: NodeId, service: string, upstream: Endpoint): void {
    this.#moved.set(`${node} ${service}`, upstream)
  }

  /** A round trip past all links; to an echo where the node is known to answer to nothing, as a twin of a link would. */
  ping(by: 'peers' | 'clients', to: NodeId, limitMs: number, bytes: number, echo?: Echo): Promise<Ping> {
    const known = probedService(this.#services, to, by)
    if (known !== undefined) return probeService(this.of(to, known.name), known.probe, limitMs, bytes)
    if (echo !== undefined) return probeService(echo.address, {send: echoRequest}, limitMs, bytes)
    return Promise.resolve({reachable: false, error: `nothing is known that ${to} would answer to`})
  }
}

/** Every link is direct. */
export function directLinks(): Connect {
  return async (_nodes, services): Promise<Links> => {
    const upstreams = new Upstreams(services)
    return {
      control: directNetwork(upstreams),
      address: (_from, to, service) => upstreams.of(to, service),
      move: async (node, service, upstream) => upstreams.move(node, service, upstream),
      describe: () => 'direct links (no fault of this run touches one)',
      close: async () => {},
    }
  }
}

/** Nothing can be done to direct links: a fault that tries is refused, and its record says so. */
function directNetwork(upstreams: Upstreams): NetworkControl {
  const refuse = async (): Promise<never> => {
    throw new Error('this run was started without proxies: nothing can be done to its links')
  }
  return {
    cut: refuse,
    shape: refuse,
    heal: async () => {},
    healAll: async () => {},
    ping: (from, to, limitMs, bytes = 0) =>
      upstreams.ping(from === 'clients' ? 'clients' : 'peers', to, limitMs, bytes),
    readBack: async () => '',
    isCut: async () => false,
  }
}
