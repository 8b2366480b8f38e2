/** Which links can show anything now: those whose both ends run and on which nothing is cut, in either direction. */
import type {Cluster} from '../core/cluster.ts'
import type {Link, NetworkControl} from '../core/network.ts'
import {runningNodes} from './victims.ts'

/** The first of them, `most` at most. A probe of any other link would only be waited for. */
export async function ableLinks(
  network: NetworkControl,
  cluster: Cluster,
  links: readonly Link[],
  most: number,
): Promise<readonly Link[]> {
  const running = await runningNodes(cluster)
  const alive = links.filter((link) => [link.from, link.to].every((end) => end === 'clients' || running.has(end)))
  // Each is asked of the network: a few in reserve have to do.
  const asked = alive.slice(0, 2 * most)
  const whole = await Promise.all(
    asked.map(async ({from, to}) => {
      const cut = await Promise.all([network.isCut({from, to}), network.isCut({from: to, to: from})])
      return !cut.includes(true)
    }),
  )
  return asked.filter((_, i) => whole[i]).slice(0, most)
}
