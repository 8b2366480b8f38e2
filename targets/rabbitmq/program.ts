/**
 * A RabbitMQ cluster as `hosts/program` wants it: the server's own script without the wrapper of the distribution, which knows
 * one node a machine. Nodes find each other by classic configuration, all at once.
 */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {UsageError} from '../../core/error.ts'
import type {LinkWays} from '../../core/links.ts'
import type {TargetOptions} from '../../core/target.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {exchange} from '../../net/exchange.ts'
import {RabbitClient} from './client.ts'
import {Erlang, erlangName} from './erlang.ts'
import {serverScript, version} from './installed.ts'
import {Membership} from './members.ts'
import {type Settings, settingsOf} from './settings.ts'

export const linkWays: LinkWays = {
  preload: true,
  hosts: 'before it starts a node makes sure that nobody on this machine listens at its port, at any address',
  config: 'nodes find each other by name, and are told no ports',
}

/** What a client says first; whoever serves clients answers at once (AMQP 0-9-1, section 2.2.4). */
const GREETING = 'AMQP\0\0\t\u0001'
/** Time after which a silent peer counts as gone, s. */
const TICK_S = 4

export function rabbitProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  const erlang = new Erlang()
  const membership = new Membership(erlang, options.nodes)
  return {
    name: 'rabbitmq',
    linkWays,
    harmsDisks: true,
    version,
    async services(context) {
      if (context.linkWay === 'netns') {
        throw new UsageError('Target rabbitmq cannot be run in namespaces: its nodes share one name server.', [
          'It can by: auto, preload',
        ])
      }
      await erlang.start(context)
      return servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free(), probe: {send: GREETING}},
        distribution: {by: 'peers', upstream: await free()},
      }))
    },
    async prepare(surroundings) {
      if (!surroundings.first) return
      erlang.giveCookie(surroundings.directory)
      writeFileSync(join(surroundings.directory, 'rabbitmq.conf'), configuration(surroundings, settings))
      writeFileSync(join(surroundings.directory, 'plugins'), '[].\n')
    },
    command: (surroundings) => ({
      command: serverScript(),
      args: [],
      cwd: surroundings.directory,
      env: {...erlang.environment, ...environment(surroundings)},
    }),
    async status(node, services, limitMs) {
      const greeted = await exchange(upstream(services, node, 'client'), GREETING, limitMs, () => true)
      if (greeted === undefined) return undefined
      return {type: 'status', ready: (await membership.seenBy(node, limitMs))?.length === options.nodes.length}
    },
    async openClient(node, _process, {links, context, nodes}) {
      const places = {broker: links.address('clients', node, 'client'), copies: nodes.length}
      const client = new RabbitClient(places, settings, context.clock, context.operationTimeoutMs / 2)
      await client.connect()
      return client
    },
    repair: (cluster) => membership.reunite(cluster),
    close: () => erlang.stop(),
  }
}

function configuration({nodes}: Surroundings, {partitionHandling}: Settings): string {
  return `${[
    'cluster_formation.peer_discovery_backend = classic_config',
    ...nodes.map((node, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${erlangName(node)}`),
    // All start at once: who finds nobody begins, the others join after a moment.
    'cluster_formation.discovery_retry_limit = 2',
    'cluster_formation.discovery_retry_interval = 200',
    'cluster_formation.randomized_startup_delay_range.min = 0',
    'cluster_formation.randomized_startup_delay_range.max = 1',
    `cluster_partition_handling = ${partitionHandling}`,
    'loopback_users = none',
    'vm_memory_high_watermark.absolute = 512MB',
    'disk_free_limit.absolute = 50MB',
  ].join('\n')}\n`
}

function environment({node, directory, services}: Surroundings): Record<string, string> {
  const inside = (name: string) => join(directory, name)
  const erlangArguments = [
    '-noinput',
    '-kernel inet_dist_use_interface {127,0,0,1}',
    `-kernel net_ticktime ${TICK_S}`,
    // Small machines: one scheduler, which sleeps when there is nothing to do.
    '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
  ]
  return {
    HOME: directory,
    LANG: 'C.UTF-8',
    RABBITMQ_NODENAME: erlangName(node),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(upstream(services, node, 'client').port),
    RABBITMQ_DIST_PORT: String(upstream(services, node, 'distribution').port),
    RABBITMQ_MNESIA_BASE: inside('mnesia'),
    RABBITMQ_LOG_BASE: inside('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: inside('plugins'),
    RABBITMQ_CONFIG_FILE: inside('rabbitmq.conf'),
    RABBITMQ_FEATURE_FLAGS_FILE: inside('feature-flags'),
    RABBITMQ_PID_FILE: inside('pid'),
    // The machine's own settings are for a node of its own.
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    // The script becomes the node, instead of waiting for one that it starts.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangArguments.join(' '),
  }
}
