/** Pairs of ends between which links are cut or not, and the probing of many at once. */
import {type NetworkControl, type Ping, pingAll} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'

export type Pair = readonly [from: NodeId | 'clients', to: NodeId]

/** What became of a probe of each pair, in their order. */
export function pingPairs(network: NetworkControl, pairs: readonly Pair[], limitMs: number): Promise<readonly Ping[]> {
  return pingAll(
    network,
    pairs.map(([from, to]) => ({from, to})),
    limitMs,
  )
}
