/**
 * `core/network` on the Toxiproxy mesh: cuts and shapes become blocks and toxics, each under its cause, and probes are real
 * round trips through the proxies concerned.
 *
 * A service that is known to answer is probed itself. One that is not is probed by a twin: a proxy that the server has made
 * exactly like the link's own, leading to an echo of ours. A program's silence alone never counts as a cut.
 */
import type {Services} from '../../core/links.ts'
import type {CutMode, Link, NetworkControl, Ping, Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {causePrefix, isBlockName} from '../../net/mesh/desired.ts'
import {CLIENTS, type Mesh} from '../../net/mesh/mesh.ts'
import type {Upstreams} from './direct.ts'
import {type Echo, echoRequest} from './echo.ts'
import {probedService, probeService} from './probe.ts'
import {toxicOf} from './toxic.ts'

export class MeshNetwork implements NetworkControl {
  readonly #mesh: Mesh
  readonly #services: Services
  readonly #echo: Echo
  /** Present where clients dial the services themselves. */
  readonly #direct: Upstreams | undefined

  constructor(mesh: Mesh, services: Services, echo: Echo, direct?: Upstreams) {
    this.#mesh = mesh
    this.#services = services
    this.#echo = echo
    this.#direct = direct
  }

  cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    return this.#mesh.block(links, mode, cause)
  }

  shape(cause: string, links: readonly Link[], shape: Shape): Promise<void> {
    return this.#mesh.addToxic(links, toxicOf(shape), cause)
  }

  heal(cause: string): Promise<void> {
    return this.#mesh.release(cause)
  }

  healAll(): Promise<void> {
    return this.#mesh.heal()
  }

  async ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes?: number): Promise<Ping> {
    const by = from === CLIENTS ? 'clients' : 'peers'
    if (by === 'clients' && this.#direct !== undefined)
      return this.#direct.ping(by, to, limitMs, bytes ?? 0, this.#echo)
    const known = probedService(this.#services, to, by)
    if (known === undefined) return this.#pingTwin(from, to, limitMs, bytes)
    return probeService(this.#mesh.address(from, to, known.name), known.probe, limitMs, bytes)
  }

  async readBack({from, to}: Link, cause?: string): Promise<string> {
    const {enabled, toxics} = await this.#mesh.state(from, to)
    const asked = cause === undefined ? toxics : toxics.filter(({name}) => name.startsWith(causePrefix(cause)))
    const inForce = asked.map(
      ({type, attributes}) =>
        `${type} ${Object.entries(attributes)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}`,
    )
    return [...(enabled || cause !== undefined ? [] : ['disabled']), ...inForce].join(', ')
  }

  async isCut({from, to}: Link): Promise<boolean> {
    if (this.#direct !== undefined && (from === CLIENTS || to === CLIENTS)) return false
    const {enabled, toxics} = await this.#mesh.state(from, to)
    return !enabled || toxics.some(({name}) => isBlockName(name))
  }

  async #pingTwin(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes = 0): Promise<Ping> {
    const twin = await this.#mesh.twin(from, to, this.#echo.address)
    try {
      return await probeService(twin.address, {send: echoRequest}, limitMs, bytes)
    } finally {
      await twin.close()
    }
  }
}
