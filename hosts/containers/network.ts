/**
 * The links of a cluster in containers. Clients go through proxies of ours, as ever; between nodes there is nothing of ours but
 * rules in the network namespaces of those that receive. What is in force is asked of the kernel there, and a probe is a
 * connection that is opened from there to the peer's port.
 */
import {EnvironmentError, UsageError} from '../../core/error.ts'
import type {Endpoint, Links} from '../../core/links.ts'
import type {CutMode, Link, NetworkControl, Ping, Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import type {Finished} from '../../core/place.ts'
import {Lock} from '../../net/lock.ts'
import {described, idsInForce, type Rule} from '../links/packet-faults.ts'
import {type Engine, type Run, said} from './engine.ts'
import {type ContainerFault, transaction} from './rules.ts'

export interface ContainerNetworkOptions {
  readonly engine: Engine
  readonly run: Run
  /** The proxies of clients. */
  readonly clients: Links
  /** The port by which a node is probed from other containers. */
  port(node: NodeId): number
}

const isOfClients = ({from, to}: Link): boolean => from === 'clients' || to === 'clients'

export class ContainerLinks implements Links, NetworkControl {
  readonly #options: ContainerNetworkOptions
  readonly #lock = new Lock()
  readonly #addresses = new Map<NodeId, readonly string[]>()
  #rules: Rule<ContainerFault>[] = []
  #ids = 0

  constructor(options: ContainerNetworkOptions) {
    this.#options = options
  }

  get control(): NetworkControl {
    return this
  }

  address(from: NodeId | 'clients', to: NodeId, service: string): Endpoint {
    return this.#options.clients.address(from, to, service)
  }

  move(node: NodeId, service: string, upstream: Endpoint): Promise<void> {
    return this.#options.clients.move(node, service, upstream)
  }

  describe(): string {
    const {clients, engine} = this.#options
    return `${engine.words}, ${clients.describe()} of clients`
  }

  async close(): Promise<void> {
    await this.#options.clients.close()
  }

  /** A node has a container again, perhaps with other addresses: the rules follow. */
  started(node: NodeId): Promise<void> {
    return this.#lock.run(async () => {
      const {engine} = this.#options
      await engine.prepareInside(node)
      this.#addresses.set(node, (await engine.look(node)).addresses)
      if (this.#rules.length > 0) await this.#apply([...this.#addresses.keys()])
    })
  }

  async cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    await this.#add(cause, links, {kind: 'cut', mode})
    await this.#ofClients(links, (own) => this.#options.clients.control.cut(cause, own, mode))
  }

  async shape(cause: string, links: readonly Link[], shape: Shape): Promise<void> {
    if (shape.kind !== 'loss')
      throw new UsageError(`Between containers there are no proxies: it cannot do "${shape.kind}".`)
    if (links.some(isOfClients)) throw new UsageError('Clients come through proxies, which lose no single packets.')
    await this.#add(cause, links, shape)
  }

  async heal(cause: string): Promise<void> {
    await this.#keep((rule) => rule.cause !== cause)
    await this.#options.clients.control.heal(cause)
  }

  async healAll(): Promise<void> {
    await this.#keep(() => false)
    await this.#options.clients.control.healAll()
  }

  async ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    const {clients, port} = this.#options
    if (from === 'clients') return clients.control.ping(from, to, limitMs, bytes)
    const [address] = this.#addresses.get(to) ?? []
    if (address === undefined) return {reachable: false, error: `${to} has no address`}
    const {exitCode, stdout, stderr} = await this.#inside(from, probe(address, port(to), limitMs))
    if (exitCode === 0) return {reachable: true, rttMs: Number(stdout.trim()) / 1000}
    return {
      reachable: false,
      error: exitCode === 124 ? `no answer in ${limitMs} ms` : (said(stderr).at(-1) ?? 'no answer'),
    }
  }

  async readBack(link: Link, cause?: string): Promise<string> {
    if (isOfClients(link)) return this.#options.clients.control.readBack(link, cause)
    const rules = await this.#inForce(link)
    return rules
      .filter((rule) => cause === undefined || (rule.cause === cause && rule.fault.kind !== 'cut'))
      .map(({fault}) => described(fault))
      .join(', ')
  }

  async isCut(link: Link): Promise<boolean> {
    if (isOfClients(link)) return this.#options.clients.control.isCut(link)
    return (await this.#inForce(link)).some(({fault}) => fault.kind === 'cut')
  }

  #add(cause: string, links: readonly Link[], fault: ContainerFault): Promise<void> {
    return this.#lock.run(async () => {
      const own = links.filter((link) => !isOfClients(link))
      for (const link of own) this.#rules.push({id: this.#ids++, cause, link, fault})
      await this.#apply(own.map(({to}) => to as NodeId))
    })
  }

  #keep(kept: (rule: Rule<ContainerFault>) => boolean): Promise<void> {
    return this.#lock.run(async () => {
      const gone = this.#rules.filter((rule) => !kept(rule))
      this.#rules = this.#rules.filter(kept)
      await this.#apply(gone.map(({link}) => link.to as NodeId))
    })
  }

  async #ofClients(links: readonly Link[], act: (own: readonly Link[]) => Promise<void>): Promise<void> {
    const own = links.filter(isOfClients)
    if (own.length > 0) await act(own)
  }

  /** Puts the rules in force at these nodes. One whose container is gone has none: they come with its next start. */
  async #apply(nodes: readonly NodeId[]): Promise<void> {
    const {engine} = this.#options
    await Promise.all(
      [...new Set(nodes)].map(async (node) => {
        const rules = this.#rules.filter(({link}) => link.to === node)
        const input = transaction(rules, (peer) => this.#addresses.get(peer) ?? [])
        const {exitCode, stderr} = await this.#inside(node, ['nft', '-f', '-'], input)
        if (exitCode === 0 || (await engine.look(node)).state === 'dead') return
        throw new EnvironmentError(`The rules of ${engine.names.get(node)} could not be changed.`, said(stderr))
      }),
    )
  }

  /** The rules of a link that the kernel says it has. */
  async #inForce({from, to}: Link): Promise<Rule<ContainerFault>[]> {
    const own = this.#rules.filter(({link}) => link.from === from && link.to === to)
    // One that does not run hears nobody, and is given its rules when it starts.
    if (own.length === 0 || (await this.#options.engine.look(to as NodeId)).state === 'dead') return own
    const {stdout} = await this.#inside(to as NodeId, ['nft', 'list', 'table', 'inet', 'chaos'])
    const ids = idsInForce(stdout)
    return own.filter(({id}) => ids.has(id))
  }

  /** Looks first, since a container that has ended, or been started again, is not where it was. */
  async #inside(node: NodeId, words: readonly string[], input?: string): Promise<Finished> {
    const {engine, run} = this.#options
    const {state} = await engine.look(node)
    if (state === 'dead') return {exitCode: 1, stdout: '', stderr: `${node} does not run`}
    return run(engine.inside(node, words), input === undefined ? {} : {input})
  }
}

/** Opens a connection and says how long that took, µs. Bash needs nothing else for it. */
export function probe(address: string, port: number, limitMs: number): string[] {
  const script = `s=\${EPOCHREALTIME/[.,]/}; exec 3<>/dev/tcp/${address}/${port} || exit 1; e=\${EPOCHREALTIME/[.,]/}; echo $((e-s))`
  return ['timeout', String(limitMs / 1000), 'bash', '-c', script]
}
