/** What the programs of a cluster on this machine listen on: for every node ports of its own that nobody else has. */
import type {Endpoint, Service, Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {StartContext} from '../../core/target.ts'

/** Where a node's program itself listens, behind whatever links lead to it. */
export function upstream(services: Services, node: NodeId, service: string): Endpoint {
  const offered = services[node]?.[service]
  if (offered === undefined) throw new RangeError(`${node} offers no service "${service}"`)
  return offered.upstream
}

/** `offer` says what one node offers; each call of what it is given is a free endpoint. */
export async function servicesOnFreePorts(
  {options, place}: Pick<StartContext, 'options' | 'place'>,
  offer: (free: () => Promise<Endpoint>) => Promise<Record<string, Service>>,
): Promise<Services> {
  const free = async (): Promise<Endpoint> => ({host: '127.0.0.1', port: await place.freePort()})
  const services: Record<NodeId, Services[string]> = {}
  for (const node of options.nodes) services[node] = await offer(free)
  return services
}
