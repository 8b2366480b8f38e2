/**
 * A proxy: an address that listens, an address it forwards to, its toxics, and the connections that live. Everything
 * that changes it runs under its lock, one at a time.
 */
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'
import {Lock} from '../../lock.ts'
import {nextQuietPort, reserve} from '../../ports.ts'
import type {Direction, ProxyJson} from '../api.ts'
import {AddressError, isLoopback, joinAddress, resolveHost, splitAddress} from './address.ts'
import {apiError, proxyNotFound} from './error.ts'
import type {Lanes} from './lanes.ts'
import type {ToxicEntry} from './toxic-entry.ts'

/** As many waiting connections as the kernel allows. */
const BACKLOG = 4096
/** Quiet ports that are tried before any free one is taken. */
const TRIES = 2_000

/** What all proxies of a server share. */
export interface ProxyHost {
  readonly lanes: Lanes
  /** Whether proxies may listen where other machines can reach them. */
  readonly allowRemote: boolean
}

let proxies = 0

export class TcpProxy {
  readonly name: string
  readonly lock = new Lock()
  listen: string
  upstream: string
  enabled = false
  readonly #id = proxies++
  readonly #host: ProxyHost
  #toxics: ToxicEntry[] = []
  #listener: Server | undefined
  #accepted = 0
  #retired = false

  constructor(name: string, listen: string, upstream: string, host: ProxyHost) {
    this.name = name
    this.listen = listen
    this.upstream = upstream
    this.#host = host
  }

  toJson(): ProxyJson & {Logger: object} {
    const {name, listen, upstream, enabled} = this
    // `Logger` is a leak of the real server's insides that its clients have come to know.
    return {name, listen, upstream, enabled, Logger: {}, toxics: this.toxics().map((entry) => entry.toJson())}
  }

  /** Upstream toxics first, then downstream, each in chain order. */
  toxics(): ToxicEntry[] {
    const towards = (direction: Direction) => this.#toxics.filter((entry) => entry.direction === direction)
    return [...towards('upstream'), ...towards('downstream')]
  }

  toxic(name: string): ToxicEntry | undefined {
    return this.#toxics.find((entry) => entry.name === name)
  }

  /** Binds the address and takes connections. Throws ApiError: 400 for an address that is not for us, else 500. */
  async start(): Promise<void> {
    if (this.#retired) throw proxyNotFound()
    if (this.enabled) return
    const {host, port} = await this.#bindAddress()
    const listener = createServer({noDelay: true, pauseOnConnect: true, allowHalfOpen: true}, (socket) =>
      this.#accept(socket),
    )
    await listenOn(listener, host, port).catch((error: NodeJS.ErrnoException) => {
      throw apiError(500, listenMessage(error, host, port))
    })
    // Out of descriptors, say: the connection is lost, the proxy is not.
    listener.on('error', () => {})
    const bound = listener.address() as AddressInfo
    this.#listener = listener
    this.listen = joinAddress(bound.address, bound.port)
    this.enabled = true
  }

  /** Stops listening and closes every connection. */
  async stop(): Promise<void> {
    this.enabled = false
    this.#listener?.close()
    this.#listener = undefined
    await this.#host.lanes.drop(this.#id)
  }

  /** Stops it for good, also for requests that were under way when it was deleted. */
  retire(): Promise<void> {
    this.#retired = true
    return this.stop()
  }

  /** Moves it, and starts or stops it. Live connections survive when nothing changes. */
  async update(listen: string, upstream: string, enabled: boolean): Promise<void> {
    if (await this.differs(listen, upstream)) {
      await this.stop()
      this.listen = listen
      this.upstream = upstream
    }
    if (enabled === this.enabled) return
    if (enabled) await this.start()
    else await this.stop()
  }

  /** Whether it would have to be restarted to be at these addresses. Throws ApiError 500. */
  async differs(listen: string, upstream: string): Promise<boolean> {
    if (upstream !== this.upstream) {
      await resolveListen(listen)
      return true
    }
    return (await resolveListen(listen)) !== this.listen
  }

  async addToxic(entry: ToxicEntry): Promise<void> {
    this.#toxics = [...this.#toxics, entry]
    await this.#host.lanes.addToxic(this.#id, entry)
  }

  async updateToxic(entry: ToxicEntry): Promise<void> {
    await this.#host.lanes.updateToxic(this.#id, entry)
  }

  async removeToxic(entry: ToxicEntry): Promise<void> {
    this.#toxics = this.#toxics.filter((candidate) => candidate !== entry)
    await this.#host.lanes.removeToxic(this.#id, entry)
  }

  async #bindAddress(): Promise<{host: string; port: number}> {
    try {
      const {host, port} = splitAddress(this.listen)
      // The real server listens on every interface when no host is given; a proxy into a broken cluster should not.
      const ip = await resolveHost(host === '' ? '127.0.0.1' : host)
      if (!this.#host.allowRemote && !isLoopback(ip))
        throw apiError(
          400,
          `listen address ${this.listen} is not a loopback address; this server serves its own machine only`,
        )
      return {host: ip, port}
    } catch (error) {
      if (error instanceof AddressError) throw apiError(500, `listen tcp: ${error.message}`)
      throw error
    }
  }

  #accept(client: Socket): void {
    const number = this.#accepted++
    const {name: proxy, listen: listener, upstream} = this
    this.#host.lanes.accept(client, {proxyId: this.#id, proxy, number, listener, upstream}, this.#toxics)
  }
}

/**
 * Takes the port, or any that is free where it is 0: one that no outgoing connection is ever given, since a proxy that is
 * disabled leaves its port and must find it free when it is enabled again.
 */
async function listenOn(listener: Server, host: string, port: number): Promise<void> {
  const attempt = (candidate: number) =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen({host, port: candidate, backlog: BACKLOG, exclusive: true}, () => {
        listener.off('error', reject)
        resolve()
      })
    })
  if (port !== 0) return attempt(port)
  for (let tries = 0; tries < TRIES; tries++) {
    const candidate = nextQuietPort('proxies')
    if (!(await reserve({host, port: candidate}))) continue
    try {
      return await attempt(candidate)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  return attempt(0)
}

/** The address a listener would be asked for, hosts resolved. Throws ApiError 500 in Go's words. */
async function resolveListen(listen: string): Promise<string> {
  try {
    const {host, port} = splitAddress(listen)
    return joinAddress(await resolveHost(host === '' ? '127.0.0.1' : host), port)
  } catch (error) {
    if (error instanceof AddressError) throw apiError(500, error.message)
    throw error
  }
}

const ERRNO: Record<string, string> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EMFILE: 'too many open files',
}

function listenMessage(error: NodeJS.ErrnoException, host: string, port: number): string {
  return `listen tcp ${joinAddress(host, port)}: bind: ${ERRNO[error.code ?? ''] ?? error.message}`
}
