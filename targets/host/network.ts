/**
 * `core/network` on the Toxiproxy mesh: cuts and shapes become blocks and toxics, each under its cause, and probes are real
 * round trips through the proxies concerned.
 */
import type {CutMode, Link, NetworkControl, Ping, Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {CLIENTS, type LinkToxic, type Mesh} from '../../net/mesh.ts'
import {pingClientPort, pingLine, roundTrip} from './ping.ts'

/** A shape as the toxic that makes it. */
function toxicOf(shape: Shape): LinkToxic {
  switch (shape.kind) {
    case 'latency':
      return {name: 'latency', type: 'latency', attributes: {latency: shape.latencyMs, jitter: shape.jitterMs}}
    case 'bandwidth':
      return {name: 'bandwidth', type: 'bandwidth', attributes: {rate: shape.rateKBps}}
    case 'slice':
      return {
        name: 'slicer',
        type: 'slicer',
        attributes: {average_size: shape.averageBytes, size_variation: shape.variationBytes, delay: shape.delayUs},
      }
    case 'reset':
      return {name: 'reset', type: 'reset_peer', attributes: {timeout: shape.afterMs}}
    case 'flaky':
      return {name: 'flaky', type: 'timeout', attributes: {timeout: 0}, toxicity: shape.probability}
  }
}

export class MeshNetwork implements NetworkControl {
  readonly #mesh: Mesh

  constructor(mesh: Mesh) {
    this.#mesh = mesh
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

  ping(from: NodeId | 'clients', to: NodeId, limitMs: number, bytes?: number): Promise<Ping> {
    const address = this.#mesh.address(from, to)
    return from === CLIENTS ? pingClientPort(address, limitMs) : roundTrip(address, pingLine(bytes), limitMs)
  }

  async readBack({from, to}: Link): Promise<string> {
    const {enabled, toxics} = await this.#mesh.state(from, to)
    const inForce = toxics.map(
      ({type, attributes}) =>
        `${type} ${Object.entries(attributes)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}`,
    )
    return [...(enabled ? [] : ['disabled']), ...inForce].join(', ')
  }
}
