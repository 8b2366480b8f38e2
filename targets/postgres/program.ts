/**
 * PostgreSQL as `hosts/program` wants it: a primary, a standby that commits wait for, and others that they do not wait for.
 * Each dials the primary over its own link, which its configuration names; `controller.ts` promotes and makes anew.
 */
import type {LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {probeService} from '../../hosts/links/probe.ts'
import {confinementOf} from '../../hosts/local/confinement.ts'
import type {ProgramTarget} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {MAKE_TABLE, PostgresClient} from './client.ts'
import {USER} from './connection.ts'
import {Controller, SSL_REQUEST} from './controller.ts'
import {DataDirectories} from './data.ts'
import {version} from './installation.ts'
import {type Settings, settingsOf} from './settings.ts'
import {type Report, Servers} from './status.ts'

export const linkWays: LinkWays = {
  config: true,
  hosts: 'each node is told an address of its primary, which is simpler',
  preload: 'each node is told an address of its primary, which is simpler',
}

/** How long making the table may take, ms. */
const FORM_MS = 10_000

export function postgresProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  const [first = '', second] = options.nodes
  const heir = settings.waitsForStandby ? second : undefined
  let made: Promise<DataDirectories> | undefined
  let data: DataDirectories
  let servers: Servers
  let controller: Controller | undefined

  async function makeDirectories({place, directory, faults}: StartContext): Promise<DataDirectories> {
    const harmed = faults?.includes('disk') ?? true
    const fsync = settings.fsync === 'auto' ? (harmed ? 'on' : 'off') : settings.fsync
    const created = new DataDirectories(place, await confinementOf(place, USER, directory), directory, {
      ...settings,
      fsync,
    })
    await created.create(options.nodes)
    return created
  }

  return {
    name: 'postgres',
    linkWays,
    harmsDisks: true,
    version,
    async services(context) {
      const services = await servicesOnFreePorts(context, async (free) => {
        const server = await free()
        // Not probed itself: a node that is fenced in a partition would look as if its links were still cut afterwards.
        return {client: {by: 'clients', upstream: server}, server: {by: 'peers', upstream: server}}
      })
      servers = new Servers((node) => upstream(services, node, 'server'))
      return services
    },
    async prepare({node, links, first: firstStart}, context) {
      if (!firstStart && controller !== undefined) return controller.prepare(node)
      made ??= makeDirectories(context)
      data = await made
      const follows = node === first ? undefined : links.address(node, first, 'server')
      data.begin(node, node === first ? 'primary' : 'standby')
      data.write({node, follows, waitsFor: node === first ? heir : undefined, closed: true})
    },
    command: ({node, services}) =>
      data.command('postgres', ['-D', data.of(node), '-p', String(upstream(services, node, 'server').port)]),
    async status(node, services, limitMs) {
      const report = await servers.report(node, limitMs)
      if (report !== undefined) return statusOf(node, report, controller, settings)
      // It may be alive and let nobody in yet.
      const {reachable} = await probeService(upstream(services, node, 'server'), {send: SSL_REQUEST}, limitMs)
      return reachable ? {type: 'status', ready: false} : undefined
    },
    async form(cluster) {
      await servers.ask(first, MAKE_TABLE, FORM_MS)
      controller = new Controller(cluster, data, servers, settings)
      controller.start()
    },
    async openClient(node, _process, {links, context, nodes}) {
      const address = (to: NodeId) => links.address('clients', to, 'client')
      const others = nodes.filter((other) => other !== node)
      const places = {own: address(node), all: [node, ...others].map(address)}
      // Connecting has to end before an operation's own deadline can begin to matter.
      const limitMs = context.operationTimeoutMs / 2
      const client = new PostgresClient(places, settings, options.args['workload'], limitMs)
      await client.connect()
      return client
    },
    repair: async () => controller?.tidy(),
    async close() {
      await controller?.stop()
      servers?.close()
    },
  }
}

function statusOf(node: NodeId, report: Report, controller: Controller | undefined, settings: Settings): Message {
  const {standby, closed, timeline, applied, streaming, followers} = report
  const primary = controller?.primary
  const heir = controller?.heir
  const heirFollows = followers.some((follower) => follower.name === heir && follower.streaming)
  const serves = standby ? streaming : !closed && (!settings.waitsForStandby || heirFollows)
  return {
    type: 'status',
    role: standby ? 'follower' : 'leader',
    term: timeline,
    // Before there is a controller nothing is known of who leads: the nodes are up, which is enough to go on.
    ...(primary === undefined ? {} : {leader: standby ? primary : node}),
    ready: serves,
    lastApplied: applied,
  }
}
