/**
 * The one place where `toxiproxy-node-client` is used. It speaks the protocol; what it leaves out is added underneath, in
 * the transport it sends with: the cause of a failed connection, the server's own error message, and deadlines.
 */
import {Agent, type IncomingMessage, request} from 'node:http'
import {Toxic as ClientToxic, Proxy as ProxyHandle, Toxiproxy} from 'toxiproxy-node-client'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {Attributes, ProxyInput, ProxyJson, ToxicInput, ToxicJson} from './api.ts'
import {refusal} from './toxics/index.ts'

const DEFAULT_LIMIT_MS = 10_000

/** A Toxiproxy server that refused, did not answer, or is not there. `status` is set when it did answer. */
export class ToxiproxyError extends EnvironmentError {
  override name = 'ToxiproxyError'
  readonly status: number | undefined
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, [], cause)
    this.status = status
  }
}

/** Drives one server. Every method throws ToxiproxyError. */
export interface ToxiproxyClient {
  readonly url: string
  version(): Promise<string>
  createProxy(proxy: ProxyInput): Promise<ProxyJson>
  getProxy(name: string): Promise<ProxyJson>
  /** Sorted by name. */
  listProxies(): Promise<ProxyJson[]>
  /** Live connections are closed when an address changes or `enabled` becomes false; toxics stay. */
  updateProxy(name: string, change: {enabled?: boolean; listen?: string; upstream?: string}): Promise<ProxyJson>
  deleteProxy(name: string): Promise<void>
  addToxic(proxy: string, toxic: ToxicInput): Promise<ToxicJson>
  /** Attributes that are not named keep their values. */
  updateToxic(proxy: string, name: string, change: {attributes?: Attributes; toxicity?: number}): Promise<ToxicJson>
  /** Waits for reset_peer toxics that are waiting; give `limitMs` room for that. */
  removeToxic(proxy: string, name: string, limitMs?: number): Promise<void>
  /** Every proxy of the server enabled and without toxics. */
  reset(): Promise<void>
  /** Creates many at once, in order; replaces those of the same name that are elsewhere. */
  populate(proxies: readonly ProxyInput[]): Promise<ProxyJson[]>
  /** Drops idle connections to the API. */
  close(): void
}

/** A client for the server at `url` (`http://host:port`). Does not connect yet. */
export function createToxiproxyClient(url: string, {limitMs = DEFAULT_LIMIT_MS} = {}): ToxiproxyClient {
  const base = url.replace(/\/+$/, '')
  const transport = new Transport(base, limitMs)
  const toxiproxy = new Toxiproxy(base)
  // The library's own transport has private members, so the types cannot agree; these four methods are all it is asked.
  ;(toxiproxy as {api: unknown}).api = transport
  const pathOf = (name: string) => `${base}/proxies/${name}`
  const handle = (name: string) =>
    new ProxyHandle(toxiproxy, {name, listen: '', upstream: '', enabled: true, toxics: []})
  const toxicHandle = (proxy: string, name: string, via: Transport = transport) =>
    new ClientToxic(via as never, pathOf(proxy), {
      name,
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: {},
    })

  return {
    url: base,
    async version() {
      const text = await toxiproxy.getVersion()
      // Before 2.6 the version came as plain text.
      return /"version"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? text.trim()
    },
    async createProxy(proxy) {
      const created = await toxiproxy.createProxy(proxy)
      return {...proxyJson(created), toxics: []}
    },
    // The library's proxy objects leave the toxics out, so reading goes to the transport.
    async getProxy(name) {
      return (await transport.get<ProxyJson>(pathOf(name))).data
    },
    async listProxies() {
      return Object.values((await transport.get<Record<string, ProxyJson>>(`${base}/proxies`)).data)
    },
    async updateProxy(name, change) {
      return (await transport.post<ProxyJson>(pathOf(name), change)).data
    },
    deleteProxy: (name) => handle(name).remove(),
    async addToxic(proxy, toxic) {
      assertInRange(base, toxic.type, toxic.attributes ?? {})
      const added = await handle(proxy).addToxic(toxic as never)
      return added.toJson() as ToxicJson
    },
    async updateToxic(proxy, name, change) {
      if (change.attributes !== undefined) {
        const {type, attributes} = (await transport.get<ToxicJson>(`${pathOf(proxy)}/toxics/${name}`)).data
        assertInRange(base, type, {...attributes, ...change.attributes})
      }
      const updated = await toxicHandle(proxy, name).update(change as never)
      return updated.toJson() as ToxicJson
    },
    removeToxic: (proxy, name, removalLimitMs) =>
      toxicHandle(proxy, name, removalLimitMs === undefined ? transport : transport.within(removalLimitMs)).remove(),
    reset: () => toxiproxy.reset(),
    async populate(proxies) {
      // The server answers an empty list with null, on which the library throws.
      if (proxies.length === 0) return []
      const created = await toxiproxy.populate(proxies as never)
      return proxies.map(({name}) => ({...proxyJson(created[name] as ProxyHandle), toxics: []}))
    },
    close: () => transport.close(),
  }
}

function proxyJson({name, listen, upstream, enabled}: ProxyHandle): Omit<ProxyJson, 'toxics'> {
  return {name, listen, upstream, enabled}
}

/** The real server takes attributes that are out of range, and fails later; a run should hear of it now. */
function assertInRange(base: string, type: string, attributes: Attributes): void {
  const why = refusal(type, attributes)
  if (why !== undefined) throw new ToxiproxyError(`a ${type} toxic cannot be sent to ${base}: ${why}`, 400)
}

/** What the library sends with: the methods of its `HttpClient`, with errors that say what happened. */
class Transport {
  readonly #base: string
  readonly #limitMs: number
  readonly #agent: Agent

  constructor(base: string, limitMs: number, agent = new Agent({keepAlive: true})) {
    this.#base = base
    this.#limitMs = limitMs
    this.#agent = agent
  }

  /** The same connections with another deadline. */
  within(limitMs: number): Transport {
    return new Transport(this.#base, limitMs, this.#agent)
  }

  async get<T>(url: string): Promise<{data: T}> {
    return this.#json('GET', url)
  }

  async post<T>(url: string, body?: unknown): Promise<{data: T}> {
    return this.#json('POST', url, body)
  }

  async delete(url: string): Promise<void> {
    await this.#send('DELETE', url)
  }

  async getText(url: string): Promise<string> {
    return this.#send('GET', url)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #json<T>(verb: string, url: string, body?: unknown): Promise<{data: T}> {
    const text = await this.#send(verb, url, body)
    try {
      return {data: (text === '' ? undefined : JSON.parse(text)) as T}
    } catch (error) {
      throw new ToxiproxyError(`${this.#what(verb, url)}: the answer is not JSON: ${text.slice(0, 80)}`, 200, error)
    }
  }

  async #send(verb: string, url: string, body?: unknown): Promise<string> {
    const {status, text} = await this.#exchange(verb, url, body === undefined ? undefined : JSON.stringify(body))
    if (status >= 200 && status < 300) return text
    throw new ToxiproxyError(`${this.#what(verb, url)}: ${status} ${errorIn(text)}`, status)
  }

  async #exchange(verb: string, url: string, body?: string): Promise<{status: number; text: string}> {
    for (;;) {
      const signal = AbortSignal.timeout(this.#limitMs)
      const headers =
        body === undefined ? {} : {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)}
      const sent = request(url, {method: verb, headers, agent: this.#agent, signal})
      try {
        return await new Promise((resolve, reject) => {
          sent.once('error', reject)
          sent.once('response', (response) => textOf(response).then(resolve, reject))
          sent.end(body)
        })
      } catch (error) {
        // The server may close an idle connection just as we use it again: nothing was processed, so ask on a new one.
        const {code} = error as NodeJS.ErrnoException
        if (sent.reusedSocket && !signal.aborted && (code === 'ECONNRESET' || code === 'EPIPE')) continue
        const why = signal.aborted ? `no answer within ${this.#limitMs} ms` : messageOf(error)
        throw new ToxiproxyError(
          `no Toxiproxy server answers at ${this.#base} (${verb} ${pathIn(url)}): ${why}`,
          undefined,
          error,
        )
      }
    }
  }

  #what(verb: string, url: string): string {
    return `the Toxiproxy server at ${this.#base} refused ${verb} ${pathIn(url)}`
  }
}

async function textOf(response: IncomingMessage): Promise<{status: number; text: string}> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return {status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8')}
}

function pathIn(url: string): string {
  return new URL(url).pathname
}

/** What the server has to say, out of `{"error": …}` or as it is. */
function errorIn(text: string): string {
  try {
    const {error} = JSON.parse(text) as {error?: unknown}
    if (typeof error === 'string') return error
  } catch {
    // Not the API's form; shown as it came.
  }
  return text.trim().slice(0, 200)
}
