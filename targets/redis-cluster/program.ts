/**
 * Redis Cluster as `hosts/program` wants it: the first half of the nodes begin as primaries, each with one of the other half
 * as its replica. Nodes tell each other their addresses, over a bus on a port of its own, so what they connect to has to be
 * turned to their links (preload).
 */
import {sleep} from '../../core/clock.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint, LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramCluster, ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {exchange} from '../../net/exchange.ts'
import {mendAfterDiskFault} from '../redis/append-only-file.ts'
import {Admin, isWholeBulk} from './admin.ts'
import {RedisClusterClient} from './client.ts'
import {type Settings, settingsOf} from './settings.ts'
import {slotMigration} from './slot-migration.ts'

export const linkWays: LinkWays = {
  preload: true,
  hosts: 'its nodes tell each other addresses, not names',
  config: 'its nodes tell each other one address for each node',
}

export const SLOTS = 16_384
/** How long the nodes may take to know each other, looks of 50 ms. */
const LOOKS = 400
/** The versions that were tried. */
const TRIED = '7.0'

export function redisClusterProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  return {
    name: 'redis-cluster',
    linkWays,
    harmsDisks: true,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => {
        const [server, bus] = [await free(), await free()]
        return {
          client: {by: 'clients', upstream: server, probe: {send: ping}},
          server: {by: 'peers', upstream: server, probe: {send: ping}},
          bus: {by: 'peers', upstream: bus},
        }
      }),
    prepare: mendAfterDiskFault,
    command: (surroundings) => ({
      command: program(),
      args: argumentsOf(surroundings, settings),
      cwd: surroundings.directory,
    }),
    status: (node, services, limitMs) => statusOf(upstream(services, node, 'client'), options.nodes.length, limitMs),
    async readClock(node, services, limitMs) {
      const answer = await exchange({...upstream(services, node, 'client')}, 'TIME\r\n', limitMs, isTime)
      const [, seconds, microseconds] = TIME.exec(answer ?? '') ?? []
      return seconds === undefined ? undefined : Number(seconds) * 1000 + Number(microseconds) / 1000
    },
    form: (cluster) => form(cluster, adminOf(cluster)),
    membership: (cluster) => slotMigration(cluster, adminOf(cluster)),
    async openClient(node, _process, {links, services, context}) {
      const nodeAt = (port: number) => options.nodes.find((each) => upstream(services, each, 'client').port === port)
      const places = {
        own: links.address('clients', node, 'client'),
        at(port: number) {
          const named = nodeAt(port)
          return named === undefined ? undefined : links.address('clients', named, 'client')
        },
      }
      const client = new RedisClusterClient(places, settings, options.args['workload'], context.operationTimeoutMs / 2)
      await client.connect()
      return client
    },
  }
}

function argumentsOf({node, directory, services}: Surroundings, settings: Settings): string[] {
  const server = upstream(services, node, 'client')
  const bus = upstream(services, node, 'bus')
  return Object.entries({
    port: server.port,
    bind: server.host,
    dir: directory,
    save: '',
    appendonly: 'yes',
    appendfsync: settings.appendfsync,
    'min-replicas-to-write': settings.minReplicas,
    'min-replicas-max-lag': 2,
    'repl-diskless-sync-delay': 0,
    'repl-ping-replica-period': 1,
    'repl-timeout': 5,
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-node-timeout': settings.nodeTimeoutMs,
    'cluster-port': bus.port,
    'cluster-announce-ip': server.host,
    'cluster-announce-port': server.port,
    'cluster-announce-bus-port': bus.port,
    'cluster-replica-validity-factor': 0,
    // A primary whose slots have all moved away stays one, so that they can move back.
    'cluster-allow-replica-migration': 'no',
  }).flatMap(([name, value]) => [`--${name}`, String(value)])
}

const adminOf = ({services}: ProgramCluster): Admin => new Admin((node) => upstream(services, node, 'client'))

/** As `redis-cli --cluster create` does: slots, epochs, introductions, and then replicas. */
async function form({nodes, services, context}: ProgramCluster, admin: Admin): Promise<void> {
  const half = Math.floor(nodes.length / 2)
  const primaries = nodes.slice(0, half)
  const [first = ''] = nodes
  await Promise.all(nodes.map((node, i) => admin.order(node, [`CLUSTER SET-CONFIG-EPOCH ${i + 1}`])))
  const bound = (i: number) => Math.round((i * SLOTS) / half)
  await Promise.all(
    primaries.map((node, i) => admin.order(node, [`CLUSTER ADDSLOTSRANGE ${bound(i)} ${bound(i + 1) - 1}`])),
  )
  for (const node of nodes.slice(1)) {
    const {host, port} = upstream(services, node, 'client')
    await admin.order(first, [`CLUSTER MEET ${host} ${port} ${upstream(services, node, 'bus').port}`])
  }
  const {clock, signal} = context
  const knowsAll = async (node: NodeId) =>
    (await admin.nodes(node)).filter(({flags}) => !flags.includes('handshake')).length === nodes.length
  for (let looks = 0; looks < LOOKS && !(await Promise.all(nodes.map(knowsAll))).every(Boolean); looks++)
    await sleep(clock, 50, signal)
  for (const [i, node] of nodes.slice(half).entries()) {
    const id = await admin.text(primaries[i % half] as NodeId, 'CLUSTER MYID')
    await admin.order(node, [`CLUSTER REPLICATE ${id}`])
  }
}

/** What a node says of itself: whether it finds the cluster in order and, as a replica, whether it follows. */
async function statusOf(server: Endpoint, nodes: number, limitMs: number): Promise<Message | undefined> {
  const ask = (question: string) => exchange({...server}, `${question}\r\n`, limitMs, isWholeBulk)
  const [info, replication] = await Promise.all([ask('CLUSTER INFO'), ask('INFO replication')])
  if (info === undefined || replication === undefined) return undefined
  const field = (text: string, name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1]
  const primary = field(replication, 'role') === 'master'
  const linked = primary || field(replication, 'master_link_status') === 'up'
  return {
    type: 'status',
    role: primary ? 'primary' : 'replica',
    term: Number(field(info, 'cluster_current_epoch') ?? 0),
    ready: field(info, 'cluster_state') === 'ok' && Number(field(info, 'cluster_known_nodes')) === nodes && linked,
  }
}

/** Two bulk strings: seconds since 1970, and microseconds. */
const TIME = /^\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n(\d+)\r\n/
const isTime = (text: string): boolean => text.startsWith('-') || TIME.test(text)

const ping = (bytes: number): string => `PING${bytes === 0 ? '' : ` ${'.'.repeat(bytes)}`}\r\n`

async function version({place}: StartContext): Promise<string> {
  const {exitCode, stdout, stderr} = await place.execute({command: program(), args: ['--version']}, 10_000)
  const found = /v=(\S+)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined)
    throw new EnvironmentError('redis-server does not say its version.', [stderr])
  if (Number(found.split('.')[0]) < 7) {
    throw new EnvironmentError(`Redis ${found} is too old: slots cannot be given by ranges.`, [`Tried: ${TRIED}`])
  }
  return `Redis ${found}`
}

const program = (): string => findProgram('redis-server') ?? 'redis-server'
