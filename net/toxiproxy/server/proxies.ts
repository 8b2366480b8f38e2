/** The proxies of a server, by name. Creating and deleting happens one at a time, under one lock. */

import {Lock} from '../../lock.ts'
import {ApiError, proxyExists, proxyNotFound} from './error.ts'
import {type ProxyHost, TcpProxy} from './proxy.ts'
import type {ToxicEntry} from './toxic-entry.ts'

export interface ProxyRequest {
  name: string
  listen: string
  upstream: string
  enabled: boolean
  /** What it begins with; none when absent. */
  toxics?: readonly ToxicEntry[]
}

export class Proxies {
  readonly #host: ProxyHost
  readonly #byName = new Map<string, TcpProxy>()
  readonly #lock = new Lock()

  constructor(host: ProxyHost) {
    this.#host = host
  }

  /** Sorted by name. */
  all(): TcpProxy[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Throws ApiError 404. */
  get(name: string): TcpProxy {
    const proxy = this.#byName.get(name)
    if (proxy === undefined) throw proxyNotFound()
    return proxy
  }

  /** Throws ApiError 409, or what starting it throws. */
  create(request: ProxyRequest): Promise<TcpProxy> {
    return this.#lock.run(async () => {
      if (this.#byName.has(request.name)) throw proxyExists()
      return this.#add(request)
    })
  }

  /**
   * Creates or replaces each; one that is already at the same addresses stays as it is, whatever `enabled` says. Stops
   * at the first that fails: `failure` says why, and the earlier ones stay.
   */
  populate(requests: readonly ProxyRequest[]): Promise<{proxies: TcpProxy[]; failure?: ApiError}> {
    return this.#lock.run(async () => {
      const proxies: TcpProxy[] = []
      for (const request of requests) {
        try {
          const existing = this.#byName.get(request.name)
          if (existing !== undefined && !(await existing.differs(request.listen, request.upstream))) {
            proxies.push(existing)
            continue
          }
          if (existing !== undefined) await this.#drop(existing)
          proxies.push(await this.#add(request))
        } catch (error) {
          if (error instanceof ApiError) return {proxies, failure: error}
          throw error
        }
      }
      return {proxies}
    })
  }

  /** Throws ApiError 404. */
  delete(name: string): Promise<void> {
    return this.#lock.run(async () => this.#drop(this.get(name)))
  }

  /** Every proxy enabled and without toxics. Throws what starting one throws. */
  reset(): Promise<void> {
    return this.#lock.run(async () => {
      await Promise.all(
        this.all().map((proxy) =>
          proxy.lock.run(async () => {
            await proxy.start()
            for (const entry of proxy.toxics()) await proxy.removeToxic(entry)
          }),
        ),
      )
    })
  }

  /** Stops everything. */
  async close(): Promise<void> {
    await Promise.all(this.all().map((proxy) => this.#drop(proxy)))
  }

  async #add(request: ProxyRequest): Promise<TcpProxy> {
    const proxy = new TcpProxy(request.name, request.listen, request.upstream, this.#host)
    for (const entry of request.toxics ?? []) await proxy.addToxic(entry)
    if (request.enabled) await proxy.start()
    this.#byName.set(proxy.name, proxy)
    return proxy
  }

  async #drop(proxy: TcpProxy): Promise<void> {
    this.#byName.delete(proxy.name)
    await proxy.retire()
  }
}
