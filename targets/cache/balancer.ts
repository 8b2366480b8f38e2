/**
 * The load balancer: which server the next request goes to. Servers that did not answer are left out for a while. Pure but for
 * its counters; every client has one of its own, as with client-side balancing, so two clients may think differently of a
 * server's health.
 */
import type {NodeId} from '../../core/node.ts'
import {hashOf} from '../state-machine/hash.ts'

export const POLICIES = {
  'round-robin': 'round-robin',
  weighted: 'weighted',
  'least-connections': 'least-connections',
  hash: 'hash',
} as const

export type Policy = keyof typeof POLICIES

/** How long a server that did not answer is left out, ms. */
const UNHEALTHY_MS = 500

export class Balancer {
  readonly #servers: readonly NodeId[]
  readonly #policy: Policy
  readonly #weights: readonly number[]
  readonly #unhealthyUntilMs = new Map<NodeId, number>()
  readonly #open = new Map<NodeId, number>()
  #turn: number

  /** Weights are for `weighted`: the first server gets as many requests as all that follow it, unless given. */
  constructor(
    servers: readonly NodeId[],
    policy: Policy,
    {turn = 0, weights}: {turn?: number; weights?: number[]} = {},
  ) {
    this.#servers = servers
    this.#policy = policy
    this.#turn = turn
    this.#weights = weights ?? servers.map((_, i) => (i === 0 ? Math.max(1, servers.length - 1) : 1))
  }

  choose(key: string, nowMs: number): NodeId {
    const healthy = this.#servers.filter((server) => (this.#unhealthyUntilMs.get(server) ?? 0) <= nowMs)
    const server = this.#pick(healthy.length > 0 ? healthy : this.#servers, key)
    this.#open.set(server, this.#connections(server) + 1)
    return server
  }

  /** A request has ended; without an answer, its server is left out for a while. */
  ended(server: NodeId, answered: boolean, nowMs: number): void {
    this.#open.set(server, Math.max(0, this.#connections(server) - 1))
    if (answered) this.#unhealthyUntilMs.delete(server)
    else this.#unhealthyUntilMs.set(server, nowMs + UNHEALTHY_MS)
  }

  #pick(servers: readonly NodeId[], key: string): NodeId {
    switch (this.#policy) {
      case 'round-robin':
        return servers[this.#turn++ % servers.length] as NodeId
      case 'weighted': {
        const lots = servers.flatMap((server) =>
          new Array<NodeId>(this.#weights[this.#servers.indexOf(server)] as number).fill(server),
        )
        return lots[this.#turn++ % lots.length] as NodeId
      }
      case 'least-connections':
        return servers.reduce((least, server) =>
          this.#connections(server) < this.#connections(least) ? server : least,
        )
      case 'hash':
        // Rendezvous hashing: when a server is left out, only its own keys go elsewhere (Thaler & Ravishankar 1998).
        return servers.reduce((best, server) => (hashOf(`${server} ${key}`) > hashOf(`${best} ${key}`) ? server : best))
    }
  }

  #connections(server: NodeId): number {
    return this.#open.get(server) ?? 0
  }
}
