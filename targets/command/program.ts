/**
 * Somebody else's program as `hosts/program` wants it: nothing is asked of it but that it can be told its port and its
 * peers. With a `probe` its answers prove cuts and freezes; without one, twins of its links and the operating system do.
 */
import type {CommandTarget} from '../../core/config.ts'
import type {Probe} from '../../core/links.ts'
import type {Command} from '../../core/place.ts'
import {probeService} from '../../hosts/links/probe.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {unreachable} from '../../net/ports.ts'
import {asClient, readyLine} from './shape.ts'
import {fill, parseTemplate} from './template.ts'

export function commandProgram(name: string, target: CommandTarget): ProgramTarget {
  const words = parseTemplate(target.command)
  const probe: Probe | undefined = target.probe === undefined ? undefined : {send: target.probe}
  const line = readyLine(name, target)
  return {
    ...(line === undefined ? {} : {upOnLine: line}),
    services: (context) =>
      servicesOnFreePorts(context, async (free) => {
        const service = {upstream: await free(), ...(probe === undefined ? {} : {probe})}
        return {client: {by: 'clients', ...service}, peer: {by: 'peers', ...service}}
      }),
    command: (surroundings) => commandLine(words, surroundings),
    async status(node, services, limitMs) {
      const address = upstream(services, node, 'client')
      const up =
        probe === undefined
          ? (await unreachable({...address}, limitMs)) === undefined
          : (await probeService(address, probe, limitMs)).reachable
      return up ? {type: 'status'} : undefined
    },
    // A frozen process still accepts connections: without something that it answers to, nobody can tell.
    tellsLife: probe !== undefined,
    openClient: async (node, _process, cluster) => {
      const client = await target.client({
        node,
        ...cluster.links.address('clients', node, 'client'),
        run: cluster.context.place.resident?.run ?? cluster.context.seed,
      })
      return asClient(name, client)
    },
  }
}

function commandLine(words: readonly string[], {node, nodes, directory, services, links}: Surroundings): Command {
  const peers = nodes.filter((peer) => peer !== node)
  const [command = '', ...args] = fill(words, {
    id: node,
    port: String(upstream(services, node, 'client').port),
    peers: peers.map((peer) => `${peer}=127.0.0.1:${links.address(node, peer, 'peer').port}`).join(','),
    directory,
    nodes: nodes.join(','),
  })
  return {command, args}
}
