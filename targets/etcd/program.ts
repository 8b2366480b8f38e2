/**
 * An etcd cluster as `hosts/program` wants it. Its nodes know each other by names, since a cluster is identified by the list
 * of its peers' addresses: a node that is told other addresses has another cluster id, and is refused for ever.
 */
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint, LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {Command} from '../../core/place.ts'
import type {StartContext} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {askOnce} from '../../net/http.ts'
import {openClient} from './client.ts'
import {ask} from './gateway.ts'
import {membership, newRoster, type Roster} from './membership.ts'

export const linkWays: LinkWays = {
  hosts: true,
  config: 'nodes that are told other addresses of their peers have other cluster ids',
  preload: 'it is a Go program, which does not call connect() of the C library',
}

/** As in production on a fast network; the election timeout is ten heartbeats, as its documentation says. */
const HEARTBEAT_MS = 100
const ELECTION_MS = 1000
/** How long a node that serves clients may take to say what it is, ms. */
const CLIENT_LIMIT_MS = 500
/** The versions that were tried. */
const TRIED = '3.4 to 3.6'

interface Status {
  readonly header: {readonly member_id: string}
  readonly leader?: string
  readonly raftTerm?: string
  readonly raftAppliedIndex?: string
}

export function etcdProgram(): ProgramTarget {
  /** The nodes by their member ids, as they have told. */
  const members = new Map<string, NodeId>()
  const roster = newRoster()
  return {
    name: 'etcd',
    linkWays,
    harmsDisks: true,
    // A new member asks each other one whether it is a member already, 1 s each. All started at once, each accepts the question and
    // answers none: 2 s for nothing (`isMemberBootstrapped` in etcdserver/cluster_util.go). A node that is not there refuses at once.
    inTurn: true,
    clientPort: 2379,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free(), probe: {send: versionRequest}},
        peer: {by: 'peers', upstream: await free(), probe: {send: versionRequest}},
      })),
    command: (surroundings) => commandLine(surroundings, roster),
    membership: (cluster) => membership(cluster, roster),
    async status(node, services, limitMs) {
      roster.seen(node)
      // In a container its peers' port cannot be reached from here.
      const answering = services[node]?.['peer'] === undefined ? 'client' : 'peer'
      const [status, version] = await Promise.all([
        // A node that has found no leader since its start lets clients connect and answers none of them.
        ask<Status>(upstream(services, node, 'client'), 'maintenance/status', {}, Math.min(limitMs, CLIENT_LIMIT_MS)),
        // Its peers are answered before clients are.
        // In a container its peers' port is not to be reached from here.
        askOnce({...upstream(services, node, answering)}, 'GET', '/version', undefined, limitMs),
      ])
      if (status !== undefined) return statusOf(node, status, members)
      return version === undefined ? undefined : {type: 'status', ready: false}
    },
    openClient: (node, _process, {links, context}) =>
      openClient(
        links.address('clients', node, 'client'),
        context.operationTimeoutMs,
        context.options,
        context.place.resident?.run,
      ),
  }
}

/** Answered without asking anybody else. */
const versionRequest = (bytes: number): string =>
  `GET /version HTTP/1.1\r\nHost: chaos\r\nX-Ballast: ${'.'.repeat(bytes)}\r\n\r\n`

async function version({place}: StartContext): Promise<string> {
  const {exitCode, stdout, stderr} = await place.execute({command: program(), args: ['--version']}, 10_000)
  const found = /etcd Version: (\S+)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined) throw new EnvironmentError('etcd does not say its version.', [stderr])
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 3 || (major === 3 && minor < 4)) {
    throw new EnvironmentError(`etcd ${found} is too old: its gateway speaks another dialect.`, [`Tried: ${TRIED}`])
  }
  return `etcd ${found}`
}

function commandLine({node, nodes, directory, services, joining, address}: Surroundings, roster: Roster): Command {
  const url = ({host, port}: Endpoint) => `http://${host}:${port}`
  const own = url(address(node, 'peer'))
  roster.peerUrls.set(node, own)
  // One that joins is told of those that are members now, or it is refused.
  const peers = joining ? roster.present : nodes
  const client = url(upstream(services, node, 'client'))
  return {
    command: program(),
    args: Object.entries({
      name: node,
      'data-dir': `${directory}/data`,
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': url(upstream(services, node, 'peer')),
      'initial-advertise-peer-urls': own,
      'initial-cluster': peers.map((peer) => `${peer}=${url(address(peer, 'peer'))}`).join(','),
      'initial-cluster-token': 'chaos',
      'initial-cluster-state': joining ? 'existing' : 'new',
      'heartbeat-interval': HEARTBEAT_MS,
      'election-timeout': ELECTION_MS,
      logger: 'zap',
      'log-level': 'warn',
    }).map(([name, value]) => `--${name}=${value}`),
    cwd: directory,
  }
}

function statusOf(
  node: NodeId,
  {header, leader, raftTerm, raftAppliedIndex}: Status,
  members: Map<string, NodeId>,
): Message {
  members.set(header.member_id, node)
  const known = leader !== undefined && leader !== '0'
  return {
    type: 'status',
    role: !known ? 'candidate' : leader === header.member_id ? 'leader' : 'follower',
    term: Number(raftTerm ?? 0),
    leader: known ? (members.get(leader) ?? leader) : null,
    ready: known,
    lastApplied: Number(raftAppliedIndex ?? 0),
  }
}

const program = (): string => findProgram('etcd') ?? 'etcd'
