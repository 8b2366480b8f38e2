/**
 * The network of a cluster in namespaces: packets are cut, lost and limited by rules of the router, streams are slowed by
 * detours. What is in force is asked of the kernel, and links are probed from inside the namespaces that they join.
 */
import {UsageError} from '../../core/error.ts'
import type {Endpoint, Links, Services} from '../../core/links.ts'
import type {CutMode, Link, NetworkControl, Ping, Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {Lock} from '../../net/lock.ts'
import type {LaunchOptions} from '../../net/toxiproxy/launch.ts'
import {echoRequest} from '../links/echo.ts'
import {described, idsInForce, type PacketFault, type Rule} from '../links/packet-faults.ts'
import {probeService} from '../links/probe.ts'
import {ECHO_PORT} from './addresses.ts'
import {Agents} from './agents.ts'
import {Detours} from './detours.ts'
import {queueDevices, queues, transaction} from './rules.ts'
import {tool} from './run.ts'
import {announce, dialled} from './services.ts'
import type {Topology} from './topology.ts'

export class NamespaceLinks implements Links, NetworkControl {
  readonly #topology: Topology
  readonly #agents: Agents
  readonly #detours: Detours
  readonly #lock = new Lock()
  #services: Services
  #rules: Rule[] = []
  #ids = 0
  /** The cables that have queues now. */
  #queued: string[] = []

  private constructor(topology: Topology, services: Services, options: LaunchOptions) {
    this.#topology = topology
    this.#services = services
    this.#agents = new Agents(topology)
    this.#detours = new Detours(topology, services, options)
  }

  /** `options`: for the Toxiproxy server of the detours. */
  static async connect(topology: Topology, services: Services, options: LaunchOptions): Promise<NamespaceLinks> {
    await announce(topology, services)
    return new NamespaceLinks(topology, services, options)
  }

  get control(): NetworkControl {
    return this
  }

  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint {
    const found = this.#services[to]?.[service]
    if (found === undefined) throw new RangeError(`no link from ${from} to ${to} (${service})`)
    return dialled(this.#topology.of(to), from, found)
  }

  move(node: NodeId, service: string, upstream: Endpoint): Promise<void> {
    return this.#lock.run(async () => {
      const moved = {...this.#services[node]?.[service], upstream} as Services[string][string]
      this.#services = {...this.#services, [node]: {...this.#services[node], [service]: moved}}
      await announce(this.#topology, this.#services)
      await this.#detours.move(node, service, this.#services)
      await this.#apply()
    })
  }

  describe(): string {
    const {size} = this.#topology.addresses
    return `${size} network namespaces, packets under nftables`
  }

  async close(): Promise<void> {
    this.#agents.close()
    await this.#detours.close()
  }

  cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    return this.#lock.run(async () => {
      this.#add(cause, links, {kind: 'cut', mode})
      await this.#detours.cut(cause, links, mode)
      await this.#apply()
    })
  }

  shape(cause: string, links: readonly Link[], shape: Shape): Promise<void> {
    return this.#lock.run(async () => {
      if (shape.kind === 'loss' || shape.kind === 'bandwidth') this.#add(cause, links, shape)
      else if (shape.kind === 'duplicate' || shape.kind === 'reorder')
        throw new UsageError(
          `TCP repairs packets that are doubled or out of order: "${shape.kind}" would change nothing.`,
        )
      else {
        const cuts = this.#rules.flatMap(({cause: other, link, fault}) =>
          fault.kind === 'cut' ? [{cause: other, link, mode: fault.mode}] : [],
        )
        await this.#detours.shape(cause, links, shape, cuts)
      }
      await this.#apply()
    })
  }

  heal(cause: string): Promise<void> {
    return this.#lock.run(() => this.#undo(cause))
  }

  healAll(): Promise<void> {
    return this.#lock.run(() => this.#undo())
  }

  async ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    await this.#agents.ready()
    const {peers, clients} = this.#topology.of(to)
    if (from !== 'clients') return this.#agents.ping(from, peers, limitMs, bytes)
    return probeService({host: clients, port: ECHO_PORT}, {send: echoRequest}, limitMs, bytes)
  }

  async readBack(link: Link, cause?: string): Promise<string> {
    const packets = (await this.#inForce(link))
      .filter((rule) => (cause === undefined ? true : rule.cause === cause && rule.fault.kind !== 'cut'))
      .map(({fault}) => described(fault))
    const streams = await this.#detours.readBack(link, cause)
    return [...packets, ...(streams === '' ? [] : [streams])].join(', ')
  }

  async isCut(link: Link): Promise<boolean> {
    return (await this.#inForce(link)).some(({fault}) => fault.kind === 'cut')
  }

  #add(cause: string, links: readonly Link[], fault: PacketFault): void {
    for (const link of links) this.#rules.push({id: this.#ids++, cause, link, fault})
  }

  async #undo(cause?: string): Promise<void> {
    const before = this.#detours.inForce()
    this.#rules = cause === undefined ? [] : this.#rules.filter((rule) => rule.cause !== cause)
    await this.#detours.heal(cause)
    await this.#apply()
    await this.#detours.closeStale(before)
  }

  /** The rules of a link that the kernel says it has. */
  async #inForce({from, to}: Link): Promise<Rule[]> {
    const ids = idsInForce(await tool(['nft', 'list', 'table', 'ip', 'chaos']))
    return this.#rules.filter((rule) => rule.link.from === from && rule.link.to === to && ids.has(rule.id))
  }

  async #apply(): Promise<void> {
    const {addresses} = this.#topology
    const commands = queues(this.#rules, this.#queued, addresses)
    this.#queued = queueDevices(this.#rules, addresses)
    if (commands !== '') await tool(['tc', '-batch', '-'], commands)
    await tool(['nft', '-f', '-'], transaction(this.#rules, this.#detours.inForce(), addresses))
  }
}
