/**
 * Clusters in network namespaces: every node has an address and a kernel's network stack of its own, and faults are done to
 * packets. Runs only inside a namespace of ours (`enter.ts`), as root or not.
 */
import {type Capabilities, PROXIED_NETWORK} from '../../core/capabilities.ts'
import type {Connect} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place} from '../../core/place.ts'
import type {LaunchOptions} from '../../net/toxiproxy/launch.ts'
import {NamespaceLinks} from './network.ts'
import {namespacePlace} from './place.ts'
import {Topology} from './topology.ts'

export {enterNamespace, insideNamespace} from './enter.ts'
export {whyNoNamespaces} from './support.ts'

/** What can be done to a target's clusters here: to their links all that proxies can, and packets can be lost. */
export function inNamespaces(capabilities: Capabilities): Capabilities {
  return capabilities['network.black-hole'] === true ? {...capabilities, ...NETWORK} : capabilities
}

const NETWORK = {
  ...PROXIED_NETWORK,
  'network.loss': true,
  'network.duplicate': 'TCP drops packets that it has already',
  'network.reorder': 'TCP puts packets in order again',
} as const satisfies Capabilities

export interface NamespaceRoom {
  readonly place: Place
  readonly connect: Connect
  close(): Promise<void>
}

/** Makes the namespaces of a cluster. Throws EnvironmentError where the system refuses. */
export async function openNamespaces(
  nodes: readonly NodeId[],
  local: Place,
  options: LaunchOptions,
): Promise<NamespaceRoom> {
  const topology = await Topology.open(nodes)
  return {
    place: namespacePlace(local, topology),
    connect: (_, services) => NamespaceLinks.connect(topology, services, options),
    close: () => topology.close(),
  }
}
