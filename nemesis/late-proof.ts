/**
 * The proof of a cut that its beginning could not show, because no two nodes that it parted answered each other before (dead,
 * frozen, slow): that just before it is healed two nodes which answer clients do not answer each other, and that they do as soon as it
 * is healed.
 */
import type {Cluster} from '../core/cluster.ts'
import type {NetworkControl, Ping} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {type Pair, pingPairs} from './pairs.ts'
import {runningNodes} from './victims.ts'

export type NodePair = readonly [from: NodeId, to: NodeId]

/**
 * How long answers are waited for, ms. Who was silent in the first time is asked again with the second: a slow link, or a slow moment,
 * is no cut one. Where the answers of clients take longer than a third of the first, only the second counts.
 */
const LIMITS_MS = [250, 1500] as const
/** Whoever is heard only after this part of the time in which it had been silent may have been slow before, too. */
const PROMPT = 1 / 3

/** Those of these pairs that are silent now although both of their ends answer clients. */
export async function silentPairs(
  network: NetworkControl,
  cluster: Cluster,
  pairs: readonly NodePair[],
): Promise<readonly NodePair[]> {
  const running = await runningNodes(cluster)
  let silent = pairs.filter((pair) => pair.every((end) => running.has(end)))
  for (const limitMs of LIMITS_MS) {
    if (silent.length === 0) return []
    const ends = [...new Set(silent.flat())]
    const [pings, answers] = await Promise.all([
      pingPairs(network, silent, limitMs),
      pingPairs(
        network,
        ends.map((end): Pair => ['clients', end]),
        limitMs,
      ),
    ])
    const prompt = new Set(ends.filter((_, i) => within(answers[i]!, limitMs * PROMPT)))
    const last = limitMs === LIMITS_MS.at(-1)
    silent = silent.filter((pair, i) => !pings[i]!.reachable && (!last || pair.every((end) => prompt.has(end))))
  }
  return silent
}

/** How many of these pairs answer now, so soon that they would have been heard before. */
export async function answering(network: NetworkControl, pairs: readonly NodePair[]): Promise<number> {
  // Later answers would show nothing.
  const limitMs = LIMITS_MS[1] * PROMPT
  const pings = await pingPairs(network, pairs, limitMs)
  return pings.filter((ping) => within(ping, limitMs)).length
}

function within({reachable, rttMs}: Ping, mostMs: number): boolean {
  return reachable && (rttMs as number) < mostMs
}
