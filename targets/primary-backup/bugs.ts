/** The defects that primary-backup can be given: each is a line at its place in the code, found there as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'

const BROKEN = ['lost-element', 'stale-read', 'resurrected-element', 'unexpected-element', 'duplicate-element']

export const bugs = [
  {
    name: 'async-as-sync',
    change: 'replication.ts: a client is answered when the primary has its write, although the mode is sync',
    source:
      'asynchronous replication sold as durable ("Jepsen: Redis", Kingsbury 2013; MySQL without rpl_semi_sync_master_wait_point)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: BROKEN,
    options: {interval: '3s', keys: 4},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'two-primaries',
    change: 'replication.ts, failover.ts: replicas obey a primary of any epoch, and a primary never steps down',
    source:
      'split brain for want of a fence (GitHub, 24 October 2018; Elasticsearch before 7, "Jepsen: Elasticsearch", 2014)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: [...BROKEN, 'node-crash'],
    options: {interval: '3s', keys: 4},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'ack-then-write',
    change: 'replication.ts: replicas acknowledge what they will write within 100 ms',
    source:
      'Alsberg & Day 1976, "two-host resiliency", taken for durability: both hosts in one building with one power line',
    workload: 'set',
    nemesis: ['kill:all'],
    anomalies: [...BROKEN, 'node-crash'],
    options: {interval: '3s', keys: 4, time: '60s', heal: '3s'},
    excludes: ['async-as-sync'],
    budget: {simulatedS: 5, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
