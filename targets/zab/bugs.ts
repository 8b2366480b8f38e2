/** The defects that this Zab can be given: each is a line at its place in the code, found there as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'
import {FORGETFUL} from '../state-machine/leased-node.ts'

const BROKEN = ['lost-element', 'stale-read', 'resurrected-element', 'unexpected-element', 'duplicate-element']

export const bugs = [
  {
    name: 'skip-sync',
    change:
      'synchronisation.ts: a new leader broadcasts as soon as it has its epoch, and followers keep the history they have',
    source: 'Zab without phase 2 (paper, section IV-B): the primary order of the new epoch builds on sand',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: [...BROKEN, 'node-crash'],
    options: {interval: '2s', keys: 4, rate: '400/s'},
    budget: {simulatedS: 20, realS: 60},
  },
  {
    name: 'keep-uncommitted',
    change: "synchronisation.ts: what a follower has beyond the leader's history, or other than it, stays",
    source: "the TRUNC of ZooKeeper's synchronisation left out (ZOOKEEPER-1642 and its kin; paper, algorithm 2)",
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: [...BROKEN, 'node-crash'],
    options: {interval: '2s', keys: 4, rate: '400/s'},
    budget: {simulatedS: 5, realS: 60},
  },
  {
    name: 'read-as-sync',
    change: 'sync.ts: a sync is answered by the peer that was asked, without the leader',
    source: 'reading a replica and calling it recent ("ZooKeeper", ATC 2010, section 4.4: why sync exists)',
    workload: 'cas',
    nemesis: ['partition:one'],
    anomalies: ['stale-read', 'lost-write', 'nonlinearizable'],
    options: {interval: '3s'},
    budget: {simulatedS: 15, realS: 30},
  },
  {...FORGETFUL, options: {...FORGETFUL.options, silenceMs: 100, tickMs: 25}},
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
