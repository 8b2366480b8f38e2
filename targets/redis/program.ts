/**
 * Redis with Sentinel as `hosts/program` wants it: on each node a server and a sentinel, one process group, so that they are
 * cut off, killed and frozen together. The first node begins as the primary.
 */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sleep} from '../../core/clock.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {LinkWays} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {exchange} from '../../net/exchange.ts'
import {mendAfterDiskFault} from './append-only-file.ts'
import {MASTER, RedisClient} from './client.ts'
import {settingsOf} from './settings.ts'
import {statusOf} from './status.ts'

export const linkWays: LinkWays = {
  hosts: true,
  preload: true,
  config: 'sentinels tell each other one address for each server',
}

/** How long a sentinel hears nothing of an instance before it takes it for down, ms. */
const DOWN_AFTER_MS = 1000
const FAILOVER_TIMEOUT_MS = 3000
/** How long a server or a sentinel may take to answer while the cluster is formed, ms. */
const ANSWER_MS = 1000
/**
 * The file that a node's sentinel waits for: it asks for replicas when it starts, and then only every ten seconds, so it had
 * better start when there are some.
 */
const REPLICATED = 'replicated'
/** The versions that were tried. */
const TRIED = '7.0'

export function redisProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  const [first = ''] = options.nodes
  return {
    name: 'redis',
    linkWays,
    harmsDisks: true,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => {
        const [server, sentinel] = [await free(), await free()]
        return {
          client: {by: 'clients', upstream: server, probe: {send: ping}},
          find: {by: 'clients', upstream: sentinel},
          server: {by: 'peers', upstream: server, probe: {send: ping}},
          sentinel: {by: 'peers', upstream: sentinel},
        }
      }),
    async prepare(surroundings, context) {
      await mendAfterDiskFault(surroundings, context)
      // Both rewrite their files as things change: only the first start may write them.
      if (!surroundings.first) return
      writeFileSync(join(surroundings.directory, 'redis.conf'), serverFile(surroundings, first, settings))
      writeFileSync(join(surroundings.directory, 'sentinel.conf'), sentinelFile(surroundings, first))
    },
    command: ({directory}) => ({
      command: 'sh',
      args: [
        '-c',
        `(until [ -e ${REPLICATED} ]; do sleep 0.05; done; exec "$0" sentinel.conf --sentinel) & exec "$0" redis.conf`,
        findProgram('redis-server') ?? 'redis-server',
      ],
      cwd: directory,
    }),
    status(node, services, limitMs) {
      const nodeAt = (port: number) => options.nodes.find((each) => upstream(services, each, 'client').port === port)
      const [server, sentinel] = [upstream(services, node, 'client'), upstream(services, node, 'find')]
      return statusOf(node, server, sentinel, options.nodes.length, nodeAt, limitMs)
    },
    async readClock(node, services, limitMs) {
      const answer = await exchange({...upstream(services, node, 'client')}, 'TIME\r\n', limitMs, isTime)
      const [, seconds, microseconds] = TIME.exec(answer ?? '') ?? []
      return seconds === undefined ? undefined : Number(seconds) * 1000 + Number(microseconds) / 1000
    },
    async form({nodes, services, context}) {
      const {clock, signal} = context
      const server = upstream(services, first, 'client')
      const complete = (text: string) => text.includes('\r\n\r\n') || text.endsWith('\r\n')
      const replicas = async () =>
        (await exchange({...server}, 'INFO replication\r\n', ANSWER_MS, complete))?.match(/state=online/g)?.length
      for (let looks = 0; looks < 200 && (await replicas()) !== nodes.length - 1; looks++)
        await sleep(clock, 50, signal)
      for (const node of nodes) writeFileSync(join(context.directory, node, REPLICATED), '')
    },
    async openClient(node, _process, {links, services, context}) {
      const address = (to: NodeId, service: string) => links.address('clients', to, service)
      const places = {
        own: address(node, 'client'),
        sentinel: address(node, 'find'),
        primary: (port: number) =>
          address(options.nodes.find((each) => upstream(services, each, 'client').port === port) ?? first, 'client'),
      }
      // Connecting has to end before an operation's own deadline can begin to matter.
      const client = new RedisClient(places, settings, options.args['workload'], context.operationTimeoutMs / 2)
      await client.connect()
      return client
    },
  }
}

/** Two bulk strings: seconds since 1970, and microseconds. */
const TIME = /^\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n(\d+)\r\n/
const isTime = (text: string): boolean => text.startsWith('-') || TIME.test(text)

const ping = (bytes: number): string => `PING${bytes === 0 ? '' : ` ${'.'.repeat(bytes)}`}\r\n`

async function version({place}: StartContext): Promise<string> {
  const command = findProgram('redis-server') ?? 'redis-server'
  const {exitCode, stdout, stderr} = await place.execute({command, args: ['--version']}, 10_000)
  const found = /v=(\S+)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined)
    throw new EnvironmentError('redis-server does not say its version.', [stderr])
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new EnvironmentError(`Redis ${found} is too old: its sentinels know no names of hosts.`, [`Tried: ${TRIED}`])
  }
  return `redis ${found} with sentinels`
}

function serverFile({node, services, address}: Surroundings, first: NodeId, settings: ReturnType<typeof settingsOf>) {
  const own = address(node, 'server')
  const primary = address(first, 'server')
  return lines([
    ['port', upstream(services, node, 'server').port],
    ['bind', '127.0.0.1'],
    ['dir', '.'],
    ['save', '""'],
    ['appendonly', 'yes'],
    ['appendfsync', settings.appendfsync],
    ['min-replicas-to-write', settings.minReplicas],
    ['min-replicas-max-lag', 2],
    ['repl-diskless-sync-delay', 0],
    ['repl-ping-replica-period', 1],
    ['repl-timeout', 5],
    ['replica-announce-ip', own.host],
    ['replica-announce-port', own.port],
    ...(node === first ? [] : [['replicaof', `${primary.host} ${primary.port}`] as const]),
  ])
}

function sentinelFile({node, nodes, services, address}: Surroundings, first: NodeId): string {
  const own = address(node, 'sentinel')
  const primary = address(first, 'server')
  const quorum = Math.floor(nodes.length / 2) + 1
  return lines([
    ['port', upstream(services, node, 'sentinel').port],
    ['bind', '127.0.0.1'],
    ['dir', '.'],
    ['sentinel resolve-hostnames', 'yes'],
    ['sentinel announce-hostnames', 'yes'],
    ['sentinel announce-ip', own.host],
    ['sentinel announce-port', own.port],
    ['sentinel monitor', `${MASTER} ${primary.host} ${primary.port} ${quorum}`],
    ['sentinel down-after-milliseconds', `${MASTER} ${DOWN_AFTER_MS}`],
    ['sentinel failover-timeout', `${MASTER} ${FAILOVER_TIMEOUT_MS}`],
    ['sentinel parallel-syncs', `${MASTER} ${nodes.length}`],
  ])
}

function lines(pairs: readonly (readonly [string, string | number])[]): string {
  return `${pairs.map(([name, value]) => `${name} ${value}`).join('\n')}\n`
}
