/**
 * The network of a run: for every directed link between nodes, and for every client link, one Toxiproxy proxy a service, so
 * that any direction of any pair can be cut or slowed by itself.
 */
import type {CutMode, Link as NetworkLink} from '../../core/network.ts'
import type {HostPort} from '../ports.ts'
import type {ToxicJson} from '../toxiproxy/api.ts'
import type {ToxiproxyClient} from '../toxiproxy/client.ts'
import type {LinkToxic} from './desired.ts'

/** The name clients go by in links. */
export const CLIENTS = 'clients'

export type Link = NetworkLink
export type {CutMode, LinkToxic}

/** What the server says about a link. */
export interface LinkState {
  /** Whether `from` can dial `to`. */
  enabled: boolean
  /** Toxics on the bytes from→to, on any proxy they pass. */
  toxics: (ToxicJson & {proxy: string})[]
}

/** The proxied network of one run. Methods throw ToxiproxyError when the server does not do as asked. */
export interface Mesh {
  readonly url: string
  /** How many proxies there are. */
  readonly size: number
  /** Where `from` reaches a service of `to`; the first one without a name. Throws RangeError for a link that does not exist. */
  address(from: string, to: string, service?: string): HostPort
  /** A service listens elsewhere now: all proxies that lead to it follow. Their connections are closed. */
  upstream(node: string, service: string, upstream: HostPort): Promise<void>
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
  /**
   * A proxy exactly as the server now has the one on this link, leading elsewhere; deleted by `close`. Whatever the link does
   * to what is sent over it, its twin does too.
   */
  twin(from: string, to: string, upstream: HostPort): Promise<{address: HostPort; close(): Promise<void>}>
  /** Deletes the proxies. */
  close(): Promise<void>
}

/** One proxy to be made. */
export interface MeshLink {
  from: string
  to: string
  service: string
  upstream: HostPort
  /** Where it listens; any free port of 127.0.0.1 when absent. */
  listen?: HostPort
}

export interface MeshOptions {
  client: ToxiproxyClient
  links: readonly MeshLink[]
  /** Keeps the proxies of several runs on one server apart. */
  prefix?: string
}
