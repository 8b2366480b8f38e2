/**
 * Links through this machine: the same proxies as ever, with forwarded ports at both ends. Each service listens on a port of
 * its own machine's loopback interface; the same port here leads to it, and the same port on every other machine leads to the
 * proxy of the link from there.
 */
import type {Connect, Endpoint, Links, Services} from '../../core/links.ts'
import type {NetworkControl} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import type {Machine} from './machine.ts'

/** A port that is forwarded: `port` on a machine leads to `to` here, or here to the same port of a machine. */
interface Forward {
  readonly machine: Machine
  readonly way: '-L' | '-R'
  readonly port: number
  readonly to: number
}

export class SshLinks implements Links {
  readonly #machines: ReadonlyMap<NodeId, Machine>
  readonly #inner: Links
  #services: Services
  /** By node and service. */
  readonly #forwards = new Map<string, Forward[]>()

  private constructor(machines: ReadonlyMap<NodeId, Machine>, services: Services, inner: Links) {
    this.#machines = machines
    this.#services = services
    this.#inner = inner
  }

  /** `connect` makes the proxies. */
  static async open(
    machines: ReadonlyMap<NodeId, Machine>,
    services: Services,
    connect: Connect,
    nodes: readonly NodeId[],
    signal: AbortSignal,
  ): Promise<SshLinks> {
    const links = new SshLinks(machines, services, await connect(nodes, services, signal))
    try {
      await Promise.all(
        Object.entries(services).flatMap(([to, offered]) =>
          Object.keys(offered).map((service) => links.#lead(to, service)),
        ),
      )
      return links
    } catch (error) {
      await links.close()
      throw error
    }
  }

  get control(): NetworkControl {
    return this.#inner.control
  }

  /** The same for every peer: where the service really listens, on whichever machine one is. */
  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint {
    if (from === 'clients') return this.#inner.address(from, to, service)
    const upstream = this.#services[to]?.[service]?.upstream
    if (upstream === undefined) throw new RangeError(`no link from ${from} to ${to} (${service})`)
    return upstream
  }

  async move(node: NodeId, service: string, upstream: Endpoint): Promise<void> {
    const moved = {...this.#services[node]?.[service], upstream} as Services[string][string]
    if (this.#services[node]?.[service]?.upstream.port !== upstream.port) await this.#unlead(node, service)
    this.#services = {...this.#services, [node]: {...this.#services[node], [service]: moved}}
    await this.#inner.move(node, service, upstream)
    if (!this.#forwards.has(keyOf(node, service))) await this.#lead(node, service)
  }

  describe(): string {
    return `${this.#inner.describe()}, ${this.#machines.size} machines by SSH`
  }

  async close(): Promise<void> {
    // Forwarded ports go with the connections.
    await this.#inner.close()
  }

  /** Forwards the ports of one service. */
  async #lead(to: NodeId, service: string): Promise<void> {
    const offered = this.#services[to]?.[service]
    if (offered === undefined) return
    const {port} = offered.upstream
    const own = this.#machines.get(to) as Machine
    const others = offered.by === 'clients' ? [] : [...this.#machines].filter(([node]) => node !== to)
    const forwards: Forward[] = [
      {machine: own, way: '-L', port, to: port},
      ...others.map(
        ([from, machine]) => ({machine, way: '-R', port, to: this.#inner.address(from, to, service).port}) as const,
      ),
    ]
    this.#forwards.set(keyOf(to, service), forwards)
    await Promise.all(forwards.map(({machine, way, port, to}) => machine.forward(way, port, to)))
  }

  async #unlead(node: NodeId, service: string): Promise<void> {
    const forwards = this.#forwards.get(keyOf(node, service)) ?? []
    this.#forwards.delete(keyOf(node, service))
    await Promise.all(forwards.map(({machine, way, port, to}) => machine.unforward(way, port, to)))
  }
}

function keyOf(node: NodeId, service: string): string {
  return `${node} ${service}`
}
