/**
 * A Kafka cluster as `hosts/program` wants it: every node is broker and controller (KRaft), the server's main class run by
 * Java itself. Its identity is written by hand, which saves starting Java once more for each node. Two ports among peers: one
 * for replication, one for the controllers.
 */

import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterWall} from '../../core/clock.ts'
import type {Endpoint, LinkWays} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command} from '../../core/place.ts'
import type {Random} from '../../core/random.ts'
import type {TargetOptions} from '../../core/target.ts'
import {java, smallJvm} from '../../hosts/local/jvm.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {openClient} from './client.ts'
import {Connection} from './connection.ts'
import {classPath, version} from './installed.ts'
import {metadata} from './requests.ts'
import {type Settings, settingsOf} from './settings.ts'

export const linkWays: LinkWays = {
  hosts: true,
  preload: true,
  config: 'a broker advertises one address to all its peers',
}

/** A broker that is not heard for so long counts as dead, ms; a follower as far behind leaves the set of those in sync. */
const SESSION_MS = 3000
const HEARTBEAT_MS = 500

export function kafkaProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  let clusterId: string | undefined
  const {nodes} = options
  return {
    name: 'kafka',
    linkWays,
    harmsDisks: true,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free()},
        replication: {by: 'peers', upstream: await free()},
        controller: {by: 'peers', upstream: await free()},
      })),
    async prepare(surroundings, {random}) {
      if (!surroundings.first) return
      clusterId ??= uuid(random)
      const {directory, node} = surroundings
      // Not recursive: Node says ENOENT of a read-only file system then.
      mkdirSync(join(directory, 'data'))
      const identity = {version: 1, 'cluster.id': clusterId, 'node.id': idOf(nodes, node), 'directory.id': uuid(random)}
      writeFileSync(join(directory, 'data', 'meta.properties'), properties(identity))
      writeFileSync(join(directory, 'server.properties'), configuration(surroundings, settings))
    },
    command: commandLine,
    async status(node, services, limitMs) {
      const connection = await Connection.open(upstream(services, node, 'client'), limitMs)
      const cancel = afterWall(limitMs, () => connection.close())
      try {
        const {brokers, partitions} = await metadata(connection, null)
        const led = [...partitions.values()].every(({leader}) => leader >= 0)
        return {type: 'status', ready: brokers.length === nodes.length && led}
      } finally {
        cancel()
        connection.close()
      }
    },
    async openClient(node, process, {links, context}) {
      const own = idOf(nodes, node)
      const ids = [own, ...nodes.map((each) => idOf(nodes, each)).filter((id) => id !== own)]
      const address = (id: number) => links.address('clients', nodes[id - 1] as NodeId, 'client')
      const limitMs = context.operationTimeoutMs * 0.75
      const {workload} = options.args
      return openClient({
        addresses: {ids, address},
        settings,
        clock: context.clock,
        limitMs,
        name: `chaos-${process}`,
        workload,
      })
    },
  }
}

const idOf = (nodes: readonly NodeId[], node: NodeId): number => nodes.indexOf(node) + 1

/** As Kafka writes them. Those that begin with many zeros are reserved. */
const uuid = (random: Random): string =>
  Buffer.from(Uint32Array.from({length: 4}, () => random.uint32()).buffer).toString('base64url')

function configuration({nodes, node, directory, services, address}: Surroundings, {flushAlways}: Settings): string {
  const url = (listener: string, {host, port}: Endpoint) => `${listener}://${host}:${port}`
  const own = (service: string) => upstream(services, node, service)
  const voters = nodes.map((peer) => {
    const {host, port} = address(peer, 'controller')
    return `${idOf(nodes, peer)}@${host}:${port}`
  })
  return properties({
    'process.roles': 'broker,controller',
    'node.id': idOf(nodes, node),
    'controller.quorum.voters': voters.join(),
    listeners: [
      url('CLIENTS', own('client')),
      url('PEERS', own('replication')),
      url('CONTROLLER', own('controller')),
    ].join(),
    'advertised.listeners': [url('CLIENTS', own('client')), url('PEERS', address(node, 'replication'))].join(),
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,PEERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PEERS',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': false,
    // Records come without a time of their own, which is 1970 to whoever deletes old ones.
    'log.message.timestamp.type': 'LogAppendTime',
    'log.retention.ms': -1,
    ...(flushAlways ? {'log.flush.interval.messages': 1} : {}),
    'broker.session.timeout.ms': SESSION_MS,
    'broker.heartbeat.interval.ms': HEARTBEAT_MS,
    'replica.lag.time.max.ms': SESSION_MS,
    'replica.socket.timeout.ms': SESSION_MS,
    // Who dials again after a cut waits no longer than this.
    'replica.fetch.backoff.ms': 200,
    'controller.quorum.request.timeout.ms': 1000,
    'transaction.state.log.num.partitions': 3,
    'transaction.state.log.replication.factor': Math.min(3, nodes.length),
    'transaction.state.log.min.isr': Math.min(2, nodes.length),
    // What a client has left open holds up all readers.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 1,
  })
}

function commandLine({directory}: Surroundings): Command {
  return {
    command: java(),
    args: [...smallJvm(256, directory), '-cp', classPath(), 'kafka.Kafka', join(directory, 'server.properties')],
    cwd: directory,
  }
}

function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
