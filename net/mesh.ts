/**
 * The network of a run: one Toxiproxy proxy for every directed link between nodes and one for every client link, so that
 * any direction of any pair can be cut or slowed by itself.
 *
 * TCP connections carry bytes both ways, so the bytes that flow i→j are in two places: upstream on the proxy i dials j
 * through, and downstream on the proxy j dials i through. A fault on the link i→j is put on both.
 *
 * Faults are kept as a list of wishes, each with its cause; what a proxy must look like follows from the wishes, and only
 * differences are sent to the server. So faults overlap freely, and ending one never heals another's.
 */
import type {CutMode, Link} from '../core/network.ts'
import {Lock} from './lock.ts'
import {type HostPort, hostPort, parseHostPort} from './ports.ts'
import type {Attributes, Direction, ToxicJson} from './toxiproxy/api.ts'
import type {ToxiproxyClient} from './toxiproxy/client.ts'

/** The name clients go by in links. */
export const CLIENTS = 'clients'

export type {CutMode, Link}

/** A toxic on a link. `name` tells several of one cause apart. */
export interface LinkToxic {
  name: string
  type: string
  attributes: Attributes
  /** The share of connections it hits; 1 when absent. */
  toxicity?: number
}

/** What the server says about a link. */
export interface LinkState {
  /** Whether `from` can dial `to`. */
  enabled: boolean
  /** Toxics on the bytes from→to, on either proxy they pass. */
  toxics: (ToxicJson & {proxy: string})[]
}

/** The proxied network of one run. Methods throw ToxiproxyError when the server does not do as asked. */
export interface Mesh {
  readonly url: string
  /** Where `from` reaches `to`. Throws RangeError for a link that does not exist. */
  address(from: string, to: string): HostPort
  /** A node was (re)started elsewhere: all proxies that lead to it follow. Their connections are closed. */
  upstream(node: string, peer?: HostPort, client?: HostPort): Promise<void>
  /** Bytes from→to stop, until `unblock` with the same cause. */
  block(links: readonly Link[], mode: CutMode, cause?: string): Promise<void>
  /** Takes back what this cause blocked. Black-holed connections are closed: bytes are missing from them. */
  unblock(links: readonly Link[], cause?: string): Promise<void>
  /** Adds the toxic, or replaces the one of this name and cause. */
  addToxic(links: readonly Link[], toxic: LinkToxic, cause?: string): Promise<void>
  removeToxic(links: readonly Link[], name: string, cause?: string): Promise<void>
  /** Takes back everything this cause did; one never seen is no error. */
  release(cause: string): Promise<void>
  /** Everything enabled, no toxic, every cause forgotten. */
  heal(): Promise<void>
  /** Read back from the server. */
  state(from: string, to: string): Promise<LinkState>
  /** Deletes the proxies. */
  close(): Promise<void>
}

export interface MeshOptions {
  client: ToxiproxyClient
  nodes: readonly string[]
  /** Where each node listens for its peers. A node that is absent is not dialled by peers. */
  peerUpstreams: Record<string, HostPort>
  /** Where each node listens for clients. */
  clientUpstreams: Record<string, HostPort>
  /** Keeps the proxies of several runs on one server apart. */
  prefix?: string
}

interface WishedToxic {
  type: string
  stream: Direction
  attributes: Attributes
  toxicity: number
}

type Wish = {cause: string; link: Link} & ({block: CutMode} | {toxic: LinkToxic})

/** One proxy, what was wished of it and what the server was last told. */
interface MeshProxy {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly listen: HostPort
  /** Undefined after a failure: the server has to be asked. */
  applied: {enabled: boolean; toxics: Map<string, WishedToxic>} | undefined
}

/** Beyond the longest reset_peer wait, how long removing a toxic may take. */
const REMOVAL_LIMIT_MS = 10_000

/** Creates the proxies, in one request. Throws ToxiproxyError. */
export async function createMesh(options: MeshOptions): Promise<Mesh> {
  const {client, nodes, peerUpstreams, clientUpstreams, prefix = ''} = options
  const inputs: {from: string; to: string; upstream: HostPort}[] = []
  for (const to of nodes) {
    const clientUpstream = clientUpstreams[to]
    if (clientUpstream !== undefined) inputs.push({from: CLIENTS, to, upstream: clientUpstream})
    const peerUpstream = peerUpstreams[to]
    if (peerUpstream === undefined) continue
    for (const from of nodes) if (from !== to) inputs.push({from, to, upstream: peerUpstream})
  }
  const nameOf = (from: string, to: string) => `${prefix}${from}-to-${to}`
  const created = await client.populate(
    inputs.map(({from, to, upstream}) => ({
      name: nameOf(from, to),
      listen: '127.0.0.1:0',
      upstream: hostPort(upstream),
      enabled: true,
    })),
  )
  const proxies = new Map<string, MeshProxy>()
  for (const [i, {from, to}] of inputs.entries()) {
    const {name, listen} = created[i] as {name: string; listen: string}
    const applied = {enabled: true, toxics: new Map<string, WishedToxic>()}
    proxies.set(linkKey(from, to), {name, from, to, listen: parseHostPort(listen), applied})
  }
  return new ProxyMesh(client, proxies)
}

class ProxyMesh implements Mesh {
  readonly url: string
  readonly #client: ToxiproxyClient
  readonly #proxies: Map<string, MeshProxy>
  readonly #lock = new Lock()
  #wishes: Wish[] = []

  constructor(client: ToxiproxyClient, proxies: Map<string, MeshProxy>) {
    this.url = client.url
    this.#client = client
    this.#proxies = proxies
  }

  address(from: string, to: string): HostPort {
    return this.#proxy(from, to).listen
  }

  upstream(node: string, peer?: HostPort, client?: HostPort): Promise<void> {
    return this.#lock.run(async () => {
      const moves: Promise<unknown>[] = []
      for (const {name, from, to} of this.#proxies.values()) {
        const target = from === CLIENTS ? client : peer
        if (to === node && target !== undefined)
          moves.push(this.#client.updateProxy(name, {upstream: hostPort(target)}))
      }
      await allSettled(moves)
    })
  }

  block(links: readonly Link[], mode: CutMode, cause = ''): Promise<void> {
    return this.#change(links, (wishes, link) => [
      ...wishes.filter((wish) => !(isBlock(wish) && isFrom(wish, link, cause))),
      {cause, link, block: mode},
    ])
  }

  unblock(links: readonly Link[], cause = ''): Promise<void> {
    return this.#change(links, (wishes, link) => wishes.filter((wish) => !(isBlock(wish) && isFrom(wish, link, cause))))
  }

  addToxic(links: readonly Link[], toxic: LinkToxic, cause = ''): Promise<void> {
    return this.#change(links, (wishes, link) => [
      ...wishes.filter((wish) => !(isToxic(wish, toxic.name) && isFrom(wish, link, cause))),
      {cause, link, toxic},
    ])
  }

  removeToxic(links: readonly Link[], name: string, cause = ''): Promise<void> {
    return this.#change(links, (wishes, link) =>
      wishes.filter((wish) => !(isToxic(wish, name) && isFrom(wish, link, cause))),
    )
  }

  release(cause: string): Promise<void> {
    return this.#lock.run(async () => {
      const touched = this.#passed(this.#wishes.filter((wish) => wish.cause === cause).map((wish) => wish.link))
      this.#wishes = this.#wishes.filter((wish) => wish.cause !== cause)
      await this.#apply(touched)
    })
  }

  heal(): Promise<void> {
    return this.#lock.run(async () => {
      this.#wishes = []
      // Not from memory: the promise is about the server, whoever touched it.
      for (const proxy of this.#proxies.values()) proxy.applied = undefined
      await this.#apply([...this.#proxies.values()])
    })
  }

  async state(from: string, to: string): Promise<LinkState> {
    const forth = this.#proxy(from, to, true)
    const back = this.#proxy(to, from, true)
    if (forth === undefined && back === undefined) throw new RangeError(`no link from ${from} to ${to}`)
    const [dialled, answered] = await Promise.all([
      forth && this.#client.getProxy(forth.name),
      back && this.#client.getProxy(back.name),
    ])
    const on = (proxy: typeof dialled, stream: Direction) =>
      (proxy?.toxics ?? [])
        .filter((toxic) => toxic.stream === stream)
        .map((toxic) => ({...toxic, proxy: proxy?.name as string}))
    return {
      enabled: (dialled ?? answered)?.enabled ?? false,
      toxics: [...on(dialled, 'upstream'), ...on(answered, 'downstream')],
    }
  }

  close(): Promise<void> {
    return this.#lock.run(async () => {
      await allSettled([...this.#proxies.values()].map(({name}) => this.#client.deleteProxy(name)))
      this.#proxies.clear()
    })
  }

  /** Edits the wishes for each link, then brings the proxies its bytes pass in line. */
  #change(links: readonly Link[], edit: (wishes: Wish[], link: Link) => Wish[]): Promise<void> {
    return this.#lock.run(async () => {
      const touched = this.#passed(links)
      for (const link of links) this.#wishes = edit(this.#wishes, link)
      await this.#apply(touched)
    })
  }

  /** The proxies that bytes on these links pass. Throws RangeError for a link that does not exist. */
  #passed(links: readonly Link[]): MeshProxy[] {
    const passed = new Set<MeshProxy>()
    for (const {from, to} of links) {
      const both = [this.#proxy(from, to, true), this.#proxy(to, from, true)].filter((proxy) => proxy !== undefined)
      if (both.length === 0) throw new RangeError(`no link from ${from} to ${to}`)
      for (const proxy of both) passed.add(proxy)
    }
    return [...passed]
  }

  #apply(proxies: MeshProxy[]): Promise<void> {
    return allSettled(proxies.map((proxy) => this.#applyTo(proxy)))
  }

  /** Sends one proxy what differs. Toxics go before enabling and come before disabling, so nothing slips through. */
  async #applyTo(proxy: MeshProxy): Promise<void> {
    const wished = this.#wished(proxy)
    const present = proxy.applied ?? (await this.#ask(proxy))
    proxy.applied = undefined
    const {name} = proxy
    for (const [toxicName, toxic] of wished.toxics) {
      const before = present.toxics.get(toxicName)
      if (before !== undefined && sameToxic(before, toxic)) continue
      if (before === undefined) await this.#client.addToxic(name, {name: toxicName, ...toxic})
      else await this.#client.updateToxic(name, toxicName, {attributes: toxic.attributes, toxicity: toxic.toxicity})
    }
    if (!wished.enabled && present.enabled) await this.#client.updateProxy(name, {enabled: false})
    for (const [toxicName, toxic] of present.toxics) {
      if (wished.toxics.has(toxicName)) continue
      const waitMs = toxic.type === 'reset_peer' ? (toxic.attributes['timeout'] ?? 0) : 0
      await this.#client.removeToxic(name, toxicName, REMOVAL_LIMIT_MS + waitMs)
    }
    if (wished.enabled && !present.enabled) await this.#client.updateProxy(name, {enabled: true})
    proxy.applied = wished
  }

  /** What the wishes mean for one proxy. */
  #wished({from, to}: MeshProxy): {enabled: boolean; toxics: Map<string, WishedToxic>} {
    const toxics = new Map<string, WishedToxic>()
    let enabled = true
    for (const wish of this.#wishes) {
      const forth = wish.link.from === from && wish.link.to === to
      const back = wish.link.from === to && wish.link.to === from
      if (!forth && !back) continue
      const stream = forth ? 'upstream' : 'downstream'
      if (!('block' in wish)) {
        const {name, type, attributes, toxicity = 1} = wish.toxic
        toxics.set(toxicName(wish.cause, name, stream), {type, stream, attributes, toxicity})
      } else if (wish.block === 'refuse' && forth) enabled = false
      // Refused or not, the same bytes could still travel as answers on connections the other side dialled.
      else toxics.set(toxicName('', 'block', stream), {type: 'timeout', stream, attributes: {timeout: 0}, toxicity: 1})
    }
    return {enabled, toxics}
  }

  async #ask(proxy: MeshProxy): Promise<{enabled: boolean; toxics: Map<string, WishedToxic>}> {
    const {enabled, toxics} = await this.#client.getProxy(proxy.name)
    const wishedToxics = toxics.map(({name, type, stream, attributes, toxicity}): [string, WishedToxic] => [
      name,
      {type, stream: stream as Direction, attributes, toxicity},
    ])
    return {enabled, toxics: new Map(wishedToxics)}
  }

  #proxy(from: string, to: string): MeshProxy
  #proxy(from: string, to: string, optional: true): MeshProxy | undefined
  #proxy(from: string, to: string, optional = false): MeshProxy | undefined {
    const proxy = this.#proxies.get(linkKey(from, to))
    if (proxy === undefined && !optional) throw new RangeError(`no link from ${from} to ${to}`)
    return proxy
  }
}

function linkKey(from: string, to: string): string {
  return `${from}\u0000${to}`
}

function isFrom(wish: Wish, {from, to}: Link, cause: string): boolean {
  return wish.cause === cause && wish.link.from === from && wish.link.to === to
}

function isBlock(wish: Wish): boolean {
  return 'block' in wish
}

function isToxic(wish: Wish, name: string): boolean {
  return 'toxic' in wish && wish.toxic.name === name
}

/** Names go into URLs and must differ between the two streams of a proxy. */
function toxicName(cause: string, name: string, stream: Direction): string {
  const safe = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, '_')
  return `${cause === '' ? '' : `${safe(cause)}.`}${safe(name)}_${stream}`
}

/** The server fills attributes in that were not given, so only the given ones are compared. */
function sameToxic(a: WishedToxic, b: WishedToxic): boolean {
  return a.toxicity === b.toxicity && Object.entries(b.attributes).every(([key, value]) => a.attributes[key] === value)
}

/** Waits for all, then throws the first failure: one unreachable proxy must not leave the others half-done. */
async function allSettled(tasks: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
