/** Puts a cluster right by all means that it has, whatever faults may have left behind. Safe to do twice. */
import type {Cluster} from '../core/cluster.ts'
import {messageOf} from '../core/error.ts'

/**
 * Network, clocks, disks and processes as they were. What cannot be undone is returned, a line each; not what `halt` broke off, such as
 * the start of a node that nobody wants any more.
 */
export async function restore(cluster: Cluster, halt?: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  const attempt = async (what: string, work: Promise<unknown> | undefined) => {
    await work?.catch((error: unknown) => {
      if (halt?.aborted !== true || error !== halt.reason) problems.push(`healing ${what}: ${messageOf(error)}`)
    })
  }
  const {network, clock, disk, process, membership} = cluster
  await attempt('the network', network?.healAll())
  for (const node of cluster.nodes) {
    await attempt(`the clock of ${node}`, clock?.skew(node, 0))
    await attempt(`the clock of ${node}`, clock?.drift?.(node, 0))
    await attempt(`the disk of ${node}`, disk?.heal(node))
    await attempt(node, process?.resume?.(node))
    await attempt(node, process?.restart(node))
  }
  await attempt('the membership', membership?.restore())
  await attempt('the cluster', cluster.repair?.())
  return problems
}
