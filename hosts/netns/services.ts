/**
 * The services of a cluster in namespaces, made reachable where programs expect them: at the loopback addresses that they
 * would have without namespaces.
 */
import type {Endpoint, Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {NodeAddresses} from './addresses.ts'
import {tool} from './run.ts'
import type {Topology} from './topology.ts'

/** Tells the router and every node where the services are. Called again when one has moved. */
export async function announce(topology: Topology, services: Services): Promise<void> {
  const nodes = [...topology.addresses.keys()]
  await Promise.all([
    tool(['nft', '-f', '-'], routerMap(topology, services)),
    ...nodes.map((node) => tool(topology.inside(node, ['nft', '-f', '-']), nodeMaps(topology, services, node))),
  ])
}

/** Where `from` dials a service of `to`. */
export function dialled(
  there: NodeAddresses,
  from: NodeId | 'clients',
  {upstream, listen}: Services[string][string],
): Endpoint {
  return listen?.(from) ?? {host: from === 'clients' ? there.clients : there.peers, port: upstream.port}
}

function routerMap(topology: Topology, services: Services): string {
  const elements = offered(services).flatMap(([node, service]) => {
    const {peers, clients} = topology.of(node)
    const {upstream, listen, by} = service
    const direct = isLoopback(upstream.host) ? [element(upstream, {host: peers, port: upstream.port})] : []
    const link = by === 'clients' && listen !== undefined ? listen('clients') : undefined
    return [...direct, ...(link === undefined ? [] : [element(link, {host: clients, port: upstream.port})])]
  })
  return filled('hosts', elements)
}

function nodeMaps(topology: Topology, services: Services, node: NodeId): string {
  const own = Object.values(services[node] ?? {})
    .filter(({upstream}) => isLoopback(upstream.host))
    .map(({upstream}) => `${upstream.port} : ${upstream.host}`)
  const links = offered(services).flatMap(([to, {by, listen, upstream}]) =>
    to === node || by !== 'peers' || listen === undefined
      ? []
      : [element(listen(node), {host: topology.of(to).peers, port: upstream.port})],
  )
  return filled('local', own) + filled('links', links)
}

function offered(services: Services) {
  return Object.entries(services).flatMap(([node, byName]) =>
    Object.values(byName).map((service) => [node, service] as const),
  )
}

function filled(map: string, elements: readonly string[]): string {
  const all = [...new Set(elements)].join(', ')
  return `flush map ip chaos ${map}\n${all === '' ? '' : `add element ip chaos ${map} { ${all} }\n`}`
}

function element(from: Endpoint, to: Endpoint): string {
  return `${from.host} . ${from.port} : ${to.host} . ${to.port}`
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.')
}
