/** The mesh on a Toxiproxy server: brings each proxy in line with what is desired, sending only differences. */
import type {CutMode, Link} from '../../core/network.ts'
import {Lock} from '../lock.ts'
import {type HostPort, hostPort, parseHostPort} from '../ports.ts'
import type {Direction} from '../toxiproxy/api.ts'
import type {ToxiproxyClient} from '../toxiproxy/client.ts'
import {type Desired, isBlock, isFrom, isToxic, type LinkToxic, type ProxyState, sameToxic, stateOf} from './desired.ts'
import type {LinkState, Mesh} from './mesh.ts'

/** One proxy, and what the server was last told of it. */
export interface MeshProxy {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly service: string
  readonly listen: HostPort
  /** Undefined after a failure: the server has to be asked. */
  applied: ProxyState | undefined
}

/** Beyond the longest reset_peer wait, how long removing a toxic may take. */
const REMOVAL_LIMIT_MS = 10_000

export class ProxyMesh implements Mesh {
  readonly url: string
  readonly #client: ToxiproxyClient
  /** By link. */
  readonly #proxies = new Map<string, MeshProxy[]>()
  readonly #all: MeshProxy[]
  readonly #prefix: string
  readonly #lock = new Lock()
  #desired: Desired[] = []
  #twins = 0

  constructor(client: ToxiproxyClient, proxies: readonly MeshProxy[], prefix: string) {
    this.url = client.url
    this.#client = client
    this.#prefix = prefix
    this.#all = [...proxies]
    for (const proxy of proxies) {
      const key = linkKey(proxy.from, proxy.to)
      this.#proxies.set(key, [...(this.#proxies.get(key) ?? []), proxy])
    }
  }

  get size(): number {
    return this.#all.length
  }

  address(from: string, to: string, service?: string): HostPort {
    const on = this.#on(from, to)
    const found = service === undefined ? on[0] : on.find((proxy) => proxy.service === service)
    if (found === undefined) throw new RangeError(`no link from ${from} to ${to}${service ? ` (${service})` : ''}`)
    return found.listen
  }

  upstream(node: string, service: string, upstream: HostPort): Promise<void> {
    return this.#lock.run(async () => {
      const moved = this.#all.filter((proxy) => proxy.to === node && proxy.service === service)
      await allSettled(moved.map(({name}) => this.#client.updateProxy(name, {upstream: hostPort(upstream)})))
    })
  }

  block(links: readonly Link[], mode: CutMode, cause = ''): Promise<void> {
    return this.#change(links, (list, link) => [
      ...list.filter((desired) => !(isBlock(desired) && isFrom(desired, link, cause))),
      {cause, link, block: mode},
    ])
  }

  unblock(links: readonly Link[], cause = ''): Promise<void> {
    return this.#change(links, (list, link) =>
      list.filter((desired) => !(isBlock(desired) && isFrom(desired, link, cause))),
    )
  }

  addToxic(links: readonly Link[], toxic: LinkToxic, cause = ''): Promise<void> {
    return this.#change(links, (list, link) => [
      ...list.filter((desired) => !(isToxic(desired, toxic.name) && isFrom(desired, link, cause))),
      {cause, link, toxic},
    ])
  }

  removeToxic(links: readonly Link[], name: string, cause = ''): Promise<void> {
    return this.#change(links, (list, link) =>
      list.filter((desired) => !(isToxic(desired, name) && isFrom(desired, link, cause))),
    )
  }

  release(cause: string): Promise<void> {
    return this.#lock.run(async () => {
      const touched = this.#passed(this.#desired.filter((desired) => desired.cause === cause).map(({link}) => link))
      this.#desired = this.#desired.filter((desired) => desired.cause !== cause)
      await this.#apply(touched)
    })
  }

  heal(): Promise<void> {
    return this.#lock.run(async () => {
      this.#desired = []
      // Not from memory: the promise is about the server, whoever touched it.
      for (const proxy of this.#all) proxy.applied = undefined
      await this.#apply(this.#all)
    })
  }

  async state(from: string, to: string): Promise<LinkState> {
    const forth = this.#on(from, to)
    const back = this.#on(to, from)
    if (forth.length + back.length === 0) throw new RangeError(`no link from ${from} to ${to}`)
    const ask = (proxies: readonly MeshProxy[]) => Promise.all(proxies.map(({name}) => this.#client.getProxy(name)))
    const [dialled, answered] = await Promise.all([ask(forth), ask(back)])
    const on = (proxies: typeof dialled, stream: Direction) =>
      proxies.flatMap(({name, toxics}) =>
        toxics.filter((toxic) => toxic.stream === stream).map((toxic) => ({...toxic, proxy: name})),
      )
    return {
      enabled: (dialled.length > 0 ? dialled : answered).every(({enabled}) => enabled),
      toxics: [...on(dialled, 'upstream'), ...on(answered, 'downstream')],
    }
  }

  async twin(from: string, to: string, upstream: HostPort): Promise<{address: HostPort; close(): Promise<void>}> {
    const [original] = this.#on(from, to)
    if (original === undefined) throw new RangeError(`no link from ${from} to ${to}`)
    const {enabled, toxics} = await this.#ask(original)
    const name = `${this.#prefix}twin-${++this.#twins}-of-${from}-to-${to}`
    const [made] = await this.#client.populate([
      {name, listen: '127.0.0.1:0', upstream: hostPort(upstream), enabled: true},
    ])
    const close = () => this.#client.deleteProxy(name)
    try {
      for (const [toxic, {type, stream, attributes, toxicity}] of toxics) {
        await this.#client.addToxic(name, {name: toxic, type, stream, attributes, toxicity})
      }
      if (!enabled) await this.#client.updateProxy(name, {enabled: false})
    } catch (error) {
      await close()
      throw error
    }
    return {address: parseHostPort((made as {listen: string}).listen), close}
  }

  close(): Promise<void> {
    return this.#lock.run(async () => {
      await allSettled(this.#all.map(({name}) => this.#client.deleteProxy(name)))
      this.#all.length = 0
      this.#proxies.clear()
    })
  }

  /** Edits what is desired for each link, then brings the proxies its bytes pass in line. */
  #change(links: readonly Link[], edit: (list: Desired[], link: Link) => Desired[]): Promise<void> {
    return this.#lock.run(async () => {
      const touched = this.#passed(links)
      for (const link of links) this.#desired = edit(this.#desired, link)
      await this.#apply(touched)
    })
  }

  /** The proxies that bytes on these links pass. Throws RangeError for a link that does not exist. */
  #passed(links: readonly Link[]): MeshProxy[] {
    const passed = new Set<MeshProxy>()
    for (const {from, to} of links) {
      const both = [...this.#on(from, to), ...this.#on(to, from)]
      if (both.length === 0) throw new RangeError(`no link from ${from} to ${to}`)
      for (const proxy of both) passed.add(proxy)
    }
    return [...passed]
  }

  #apply(proxies: readonly MeshProxy[]): Promise<void> {
    return allSettled(proxies.map((proxy) => this.#applyTo(proxy)))
  }

  /** Sends one proxy what differs. Toxics go before enabling and come before disabling, so nothing slips through. */
  async #applyTo(proxy: MeshProxy): Promise<void> {
    const desired = stateOf(this.#desired, proxy as Link)
    const present = proxy.applied ?? (await this.#ask(proxy))
    proxy.applied = undefined
    const {name} = proxy
    for (const [toxicName, toxic] of desired.toxics) {
      const before = present.toxics.get(toxicName)
      if (before !== undefined && sameToxic(before, toxic)) continue
      if (before === undefined) await this.#client.addToxic(name, {name: toxicName, ...toxic})
      else await this.#client.updateToxic(name, toxicName, {attributes: toxic.attributes, toxicity: toxic.toxicity})
    }
    if (!desired.enabled && present.enabled) await this.#client.updateProxy(name, {enabled: false})
    for (const [toxicName, toxic] of present.toxics) {
      if (desired.toxics.has(toxicName)) continue
      const waitMs = toxic.type === 'reset_peer' ? (toxic.attributes['timeout'] ?? 0) : 0
      await this.#client.removeToxic(name, toxicName, REMOVAL_LIMIT_MS + waitMs)
    }
    if (desired.enabled && !present.enabled) await this.#client.updateProxy(name, {enabled: true})
    proxy.applied = desired
  }

  async #ask(proxy: MeshProxy): Promise<ProxyState> {
    const {enabled, toxics} = await this.#client.getProxy(proxy.name)
    return {
      enabled,
      toxics: new Map(
        toxics.map(({name, type, stream, attributes, toxicity}) => [
          name,
          {type, stream: stream as Direction, attributes, toxicity},
        ]),
      ),
    }
  }

  #on(from: string, to: string): readonly MeshProxy[] {
    return this.#proxies.get(linkKey(from, to)) ?? []
  }
}

function linkKey(from: string, to: string): string {
  return `${from}\u0000${to}`
}

/** Waits for all, then throws the first failure: one unreachable proxy must not leave the others half-done. */
async function allSettled(tasks: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
