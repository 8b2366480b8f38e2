/** What people take ZooKeeper for and what it is not: more is expected than its documentation promises. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'local-reads',
    change: 'servers are read without `sync`, and what they answer is taken for the present value',
    source:
      'ZooKeeper Programmer\'s Guide, "Consistency Guarantees": reads are sequentially consistent, and may be old',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    options: {interval: '4s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'unfenced-lock',
    change:
      'the resource behind a lock takes whoever comes: the session that expired while its client slept is not asked for',
    source: 'Kleppmann, "How to do distributed locking" (2016); Hunt et al., "ZooKeeper" (ATC 2010), section 2.4',
    workload: 'lock',
    // Its clients sleep longer than their sessions last: faults only keep them waiting.
    nemesis: ['none'],
    anomalies: ['stale-token-accepted'],
    options: {keys: 2, rate: '100/s', time: '20s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'one-shot-watch',
    change: 'one node is written again and again, and its watch, which fires once, is expected to tell of every value',
    source: 'ZooKeeper Programmer\'s Guide, "Things to Remember about Watches": one time triggers, changes are missed',
    workload: 'watch',
    nemesis: ['pause'],
    anomalies: ['poll-skip', 'poll-skip-within', 'lost-record'],
    options: {keys: 4, time: '10s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
