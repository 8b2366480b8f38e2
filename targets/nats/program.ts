/** A NATS cluster with JetStream as `hosts/program` wants it: one stream holds what all workloads write. */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {RetentionPolicy, StreamConfig} from 'nats'
import {sleep} from '../../core/clock.ts'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {Endpoint, LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramCluster, ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {askOnce} from '../../net/http.ts'
import {openClient} from './client.ts'
import {STREAM} from './connection.ts'
import {managing, membership} from './membership.ts'
import {Consumers} from './queue.ts'
import {type Settings, settingsOf} from './settings.ts'

export const linkWays: LinkWays = {
  hosts: true,
  config: 'servers tell each other of further routes, which would lead past the links',
  preload: 'it is a Go program, which does not call connect() of the C library',
}

/** How often the stream is tried to be made while the cluster finds its leader. */
const FORM_TRIES = 150
/** How long a server may take to make the stream, ms. */
const API_MS = 2000
/** How often a silent server is asked before it is started again. */
const SILENT_LOOKS = 4
/** The versions that were tried. */
const TRIED = '2.9 and 2.11'

export function natsProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  const consumers = new Consumers()
  return {
    name: 'nats',
    linkWays,
    harmsDisks: true,
    version: (context) => version(context, settings),
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free()},
        monitor: {by: 'clients', upstream: await free()},
        route: {by: 'peers', upstream: await free()},
      })),
    async prepare(surroundings) {
      writeFileSync(join(surroundings.directory, 'nats.conf'), configuration(surroundings, settings))
    },
    command: ({directory}) => ({command: program(), args: ['-c', join(directory, 'nats.conf')], cwd: directory}),
    status: async (node, services, limitMs) => {
      const monitor = {...upstream(services, node, 'monitor')}
      const [health, streams] = await Promise.all([
        askOnce(monitor, 'GET', '/healthz', undefined, limitMs),
        askOnce(monitor, 'GET', '/jsz?accounts=true&streams=true', undefined, limitMs),
      ])
      return streams === undefined ? undefined : statusOf(node, health?.status === 200, streams.text, settings)
    },
    membership,
    repair: restartSilent,
    form: (cluster) => makeStream(cluster, settings, options.args['workload']),
    openClient: (node, _process, {links, context}) =>
      openClient(links.address('clients', node, 'client'), options, context.operationTimeoutMs / 2, consumers),
  }
}

/** What is kept of the messages of each workload. */
function retained(workload: string | undefined): Partial<StreamConfig> {
  if (workload === 'log') return {subjects: ['log.>']}
  if (workload === 'queue') return {subjects: ['queue.>'], retention: 'workqueue' as RetentionPolicy}
  if (workload === 'set') return {subjects: ['set.>']}
  return {subjects: ['kv.>'], max_msgs_per_subject: 1}
}

async function makeStream(
  {nodes, services, context}: ProgramCluster,
  settings: Settings,
  workload: string | undefined,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      // A server answers its monitor before it takes clients.
      await managing(upstream(services, nodes[0] as NodeId, 'client'), API_MS, (manager) =>
        manager.streams.add({
          name: STREAM,
          num_replicas: Math.min(settings.replicas, nodes.length),
          ...retained(workload),
          allow_direct: settings.directReads,
        }),
      )
      return
    } catch (error) {
      if (tries === FORM_TRIES) throw new EnvironmentError(`NATS makes no stream: ${messageOf(error)}.`)
      await sleep(context.clock, 100, context.signal)
    }
  }
}

async function version({place}: StartContext, {syncAlways}: Settings): Promise<string> {
  const {exitCode, stdout, stderr} = await place.execute({command: program(), args: ['--version']}, 10_000)
  const found = /v(\d[\w.-]*)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined)
    throw new EnvironmentError('nats-server does not say its version.', [stderr])
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 2 || (major === 2 && minor < 9)) {
    throw new EnvironmentError(`nats-server ${found} is too old.`, [`Tried: ${TRIED}`])
  }
  if (syncAlways && major === 2 && minor < 10) {
    throw new EnvironmentError(`nats-server ${found} cannot sync every message: sync=always needs 2.10 or newer.`)
  }
  return `nats ${found}`
}

function configuration({node, nodes, directory, services, address}: Surroundings, {syncAlways}: Settings): string {
  const at = (service: string) => `127.0.0.1:${upstream(services, node, service).port}`
  const named = ({host, port}: Endpoint) => `${host}:${port}`
  const routes = nodes.filter((peer) => peer !== node).map((peer) => `"nats-route://${named(address(peer, 'route'))}"`)
  return `
server_name: ${node}
listen: "${at('client')}"
http: "${at('monitor')}"
ping_interval: "1s"
ping_max: 2
jetstream { store_dir: "${directory}", max_mem: 64M, max_file: 512M${syncAlways ? ', sync_interval: always' : ''} }
cluster {
  name: chaos
  listen: "${at('route')}"
  advertise: "${named(address(node, 'route'))}"
  no_advertise: true
  connect_retries: 1000000
  routes: [${routes.join(', ')}]
}
`
}

/**
 * A server whose disk was full may never serve again by itself: it gives JetStream up until it is started again, or answers
 * nobody. (2.9.10 was seen to do the latter.) An operator would start it again, and so do we.
 */
async function restartSilent({nodes, retired, observe, process, context}: ProgramCluster): Promise<void> {
  const serves = async (node: NodeId) => {
    const status = await observe.status(node)
    return status !== undefined && status['disabled'] !== true
  }
  const restart = async (node: NodeId) => {
    for (let looks = 0; looks < SILENT_LOOKS; looks++) {
      if (await serves(node)) return
      await sleep(context.clock, 300, context.signal)
    }
    context.warn(`${node} did not serve again by itself, and was started again.`)
    await process.kill(node)
    await process.restart(node)
  }
  await Promise.all(nodes.filter((node) => !retired.includes(node)).map(restart))
}

/** The fields of `/jsz` that matter here. */
interface Jsz {
  /** It had JetStream, and has given it up. */
  readonly disabled?: boolean
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string
      readonly cluster?: {readonly leader?: string; readonly replicas?: readonly Replica[]}
    }[]
  }[]
}

/** A follower as the leader sees it. */
interface Replica {
  readonly current?: boolean
  /** Entries that it has not got yet; absent for none. */
  readonly lag?: number
}

/**
 * Roles are those in the stream: which server leads the cluster matters to nobody who writes. Whether followers have caught up
 * is what their leader says. Their last sequences are no measure of it: 2.9.10 was seen to keep them apart for good after
 * publishes that were refused for their expected sequence, a restart and an election.
 */
function statusOf(node: NodeId, healthy: boolean, text: string, {replicas}: Settings): Message {
  const {account_details: accounts = [], disabled = false} = JSON.parse(text) as Jsz
  if (disabled) return {type: 'status', role: 'member', ready: false, disabled}
  const stream = accounts.flatMap(({stream_detail: each = []}) => each).find(({name}) => name === STREAM)
  // With one replica the others hold nothing of it.
  if (stream === undefined) return {type: 'status', role: 'member', ready: healthy && replicas === 1}
  const {leader = '', replicas: followers = []} = stream.cluster ?? {}
  return {
    type: 'status',
    role: leader === node ? 'leader' : 'follower',
    ...(replicas === 1 ? {} : {leader: leader === '' ? null : leader}),
    ready:
      healthy && leader !== '' && (leader !== node || followers.every(({current, lag = 0}) => current && lag === 0)),
  }
}

const program = (): string => findProgram('nats-server') ?? 'nats-server'
