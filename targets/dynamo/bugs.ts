/** The defects that the Dynamo store can be given: each is found at its place in the code as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'r-plus-w',
    change: 'server.ts: one answer and one copy count as quorums, and the store is sold as strict all the same',
    source: 'R + W ≤ N: read and write quorums need not overlap (DeCandia et al. 2007, section 4.5; Gifford 1979)',
    workload: 'staleness',
    nemesis: ['partition'],
    anomalies: ['too-stale'],
    options: {interval: '2s'},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'drop-hints',
    change: 'server.ts: a node that stands in for an owner confirms what it is given, and does not keep it',
    source:
      'hinted handoff that is not durable: the hints of a stand-in are the only copy (DeCandia et al. 2007, section 4.6)',
    workload: 'set',
    nemesis: ['partition'],
    anomalies: ['lost-element'],
    // With one copy of each key, what a stand-in forgets is gone.
    options: {interval: '2s', keys: 40, n: 1, r: 1, w: 1},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'lost-sibling',
    change: 'causal-object.ts: of two concurrent versions the later by the clock stays, and the other is thrown away',
    source:
      'last writer wins where siblings are promised: additions vanish from carts ("Jepsen: Riak" and "Jepsen: Cassandra", Kingsbury 2013)',
    workload: 'set',
    nemesis: ['partition'],
    anomalies: ['lost-element', 'resurrected-element'],
    options: {interval: '2s'},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'ring-rebuild',
    change: 'ring.ts places keys by hash modulo the number of nodes, and a node cleans away what has another place now',
    source: 'what consistent hashing was made to avoid (Karger et al. 1997): when a node joins, nearly every key moves',
    workload: 'set',
    nemesis: ['none'],
    anomalies: ['lost-element'],
    options: {n: 1, r: 1, w: 1, joinMs: 2000},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'tombstone-expiry',
    change: 'tombstones.ts: removals are known by marks that are cleaned up after 300 ms',
    source:
      'tombstones that are collected before every replica has seen them: Cassandra nodes that were down for longer than gc_grace_seconds bring removed rows back',
    workload: 'set',
    nemesis: ['partition', 'kill'],
    anomalies: ['resurrected-element'],
    options: {interval: '2s'},
    budget: {simulatedS: 5, realS: 60},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
