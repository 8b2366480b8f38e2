/**
 * The proof of a cut that its beginning could not show, because no two nodes that it parted answered each other before (dead, frozen, slow): that just before
 * it is healed two nodes which answer clients do not answer each other, and that they do as soon as it is healed.
 */
import type {Cluster} from '../core/cluster.ts'
import type {NetworkControl} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {type Pair, pingPairs} from './pairs.ts'
import {runningNodes} from './victims.ts'

export type NodePair = readonly [from: NodeId, to: NodeId]

/** How long answers are waited for, ms; the next where those of clients take longer than a third of it. */
const LIMITS_MS = [250, 1000] as const

/** Those of these pairs that are silent now although both of their ends answer clients. */
export async function silentPairs(
  network: NetworkControl,
  cluster: Cluster,
  pairs: readonly NodePair[],
): Promise<readonly NodePair[]> {
  const running = await runningNodes(cluster)
  const able = pairs.filter((pair) => pair.every((end) => running.has(end)))
  if (able.length === 0) return []
  const ends = [...new Set(able.flat())]
  for (const limitMs of LIMITS_MS) {
    const [pings, answers] = await Promise.all([
      pingPairs(network, able, limitMs),
      pingPairs(
        network,
        ends.map((end): Pair => ['clients', end]),
        limitMs,
      ),
    ])
    const prompt = new Set(ends.filter((_, i) => answers[i]!.reachable && (answers[i]!.rttMs as number) < limitMs / 3))
    const silent = able.filter((pair, i) => !pings[i]!.reachable && pair.every((end) => prompt.has(end)))
    if (silent.length > 0) return silent
  }
  return []
}

/** How many of these pairs answer now. */
export async function answering(network: NetworkControl, pairs: readonly NodePair[]): Promise<number> {
  const pings = await pingPairs(network, pairs, LIMITS_MS[1])
  return pings.filter(({reachable}) => reachable).length
}
