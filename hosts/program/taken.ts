/**
 * A port was free when it was chosen, and somebody else may have it by the time a program listens there. Programs say so late (Galera:
 * once nobody has joined it for a minute), in words of their own, or not at all (epmd ends as if all were well).
 */
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint, Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place} from '../../core/place.ts'

/** Throws EnvironmentError where somebody listens at one of these already; each comes with what it is for. */
export async function assertFree(place: Place, wanted: ReadonlyMap<string, Endpoint>): Promise<void> {
  for (const [what, address] of wanted) {
    if ((await place.isFree?.(address)) === false) {
      throw new EnvironmentError(
        `Port ${address.port} of ${address.host}, where ${what} is to listen, is already in use by another program.`,
        ['It was free when this run chose it: start the run again.'],
      )
    }
  }
}

/** Where a node is to listen, by what for. Services may share a port. */
export function endpointsOf(node: NodeId, services: Services): ReadonlyMap<string, Endpoint> {
  const offered = Object.entries(services[node] ?? {})
  return new Map(offered.map(([service, {upstream}]) => [`node ${node} (${service})`, upstream]))
}
