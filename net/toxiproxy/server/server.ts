/**
 * Our own Toxiproxy server (the idea, the API and the toxics are Shopify's): wire-compatible, so that any Toxiproxy
 * client can drive it, but seeded, loopback-only unless asked, and with every attribute checked when it arrives.
 */
import {readFile} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {availableParallelism} from 'node:os'
import {wallClock} from '../../../core/clock.ts'
import {EnvironmentError, messageOf, UsageError} from '../../../core/error.ts'
import {AddressError, isLoopback, joinAddress, resolveHost} from './address.ts'
import {serverRandom} from './chance.ts'
import {ApiError} from './error.ts'
import {createHttpServer} from './http.ts'
import {Lanes} from './lanes.ts'
import {Metrics} from './metrics.ts'
import {Proxies} from './proxies.ts'
import {populateRequests, type Service} from './routes.ts'

/**
 * How many processes should carry connections. Two, where there are cores for them beside the cluster's own: on two cores
 * a second one costs its start and the handing over, and gains nothing.
 */
export function defaultLanes(): number {
  return availableParallelism() < 4 ? 1 : 2
}

/** What `GET /version` says: the release whose behaviour this server has, and that it is ours. */
export const SERVER_VERSION = '2.12.0-chaos'

export interface ToxiproxyOptions {
  /** Where the API listens; localhost. */
  host?: string
  /** 8474 as Toxiproxy has it; 0 for any free one. */
  port?: number
  /** Decides which connections a toxicity below 1 hits, jitter and slice sizes. */
  seed?: string | number
  /** `/metrics` counts bytes per proxy. */
  proxyMetrics?: boolean
  /** `/metrics` shows what the process uses. */
  runtimeMetrics?: boolean
  /** A JSON file with the proxies to start with. */
  config?: string
  /**
   * Not as the real server does it, but as a test wants it: ends of connections are passed on as they are, what the server
   * tears apart is reset (`end.ts`), and toxics given with a new proxy are there from its first connection.
   */
  strict?: boolean
  /** How many processes carry connections; 1, this one alone, when absent. */
  lanes?: number
  /** Let the API and the proxies listen on addresses that other machines can reach. */
  allowRemote?: boolean
}

export interface RunningToxiproxy {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Stops listening and drops every connection. */
  close(): Promise<void>
}

/**
 * Starts a server in this process. Throws EnvironmentError when the address is taken or a configured proxy does not
 * start, and UsageError when the address or the configuration makes no sense.
 */
export async function startToxiproxy(options: ToxiproxyOptions = {}): Promise<RunningToxiproxy> {
  const {host = 'localhost', port = 8474, seed = 0, allowRemote = false, strict = false} = options
  const ip = await listenIp(host, allowRemote)
  const clock = wallClock()
  const metrics = options.proxyMetrics ? new Metrics() : undefined
  const lanes = new Lanes(options.lanes ?? 1, {clock, strict}, seed, {
    onDirectionDone: ({listener, proxy, upstream}, direction, receivedBytes, sentBytes) =>
      metrics?.add({direction, listener, proxy, upstream}, receivedBytes, sentBytes),
    onDone: () => {},
  })
  const proxies = new Proxies({lanes, allowRemote})
  const service: Service = {
    clock,
    random: serverRandom(seed),
    metrics,
    proxies,
    strict,
    version: SERVER_VERSION,
    runtimeMetrics: options.runtimeMetrics ?? false,
  }
  const server = createHttpServer(service)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(apiTaken(error, host, port)))
      server.listen({host: ip, port, exclusive: true}, resolve)
    })
  } catch (error) {
    await lanes.close()
    throw error
  }
  const bound = server.address() as AddressInfo
  const close = async () => {
    await proxies.close()
    await lanes.close()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  try {
    if (options.config !== undefined) await loadConfig(proxies, options.config, strict)
  } catch (error) {
    await close()
    throw error
  }
  return {url: `http://${joinAddress(bound.address, bound.port)}`, host: bound.address, port: bound.port, close}
}

async function listenIp(host: string, allowRemote: boolean): Promise<string> {
  let ip: string
  try {
    ip = await resolveHost(host === '' ? '127.0.0.1' : host)
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`cannot listen on ${host}: ${error.message}`)
    throw error
  }
  if (!allowRemote && !isLoopback(ip))
    throw new UsageError(`${host} is reachable from other machines`, [
      'anybody who reaches the API can open connections from this machine; choose a loopback address, or allow it explicitly',
    ])
  return ip
}

function apiTaken(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const why = error.code === 'EADDRINUSE' ? 'the address is already in use' : messageOf(error)
  return new EnvironmentError(
    `cannot start the Toxiproxy server on ${host}:${port}: ${why}`,
    ['choose another port, or 0 for any free one'],
    error,
  )
}

async function loadConfig(proxies: Proxies, path: string, strict: boolean): Promise<void> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read the proxy configuration ${path}: ${messageOf(error)}`, [], error)
  }
  let failure: ApiError | undefined
  try {
    failure = (await proxies.populate(populateRequests(text, strict))).failure
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new UsageError(
      `${path}: ${error.message}`,
      ['expected: [{"name", "listen", "upstream", "enabled"}, …]'],
      error,
    )
  }
  if (failure !== undefined) throw new EnvironmentError(`${path}: ${failure.message}`, [], failure)
}
