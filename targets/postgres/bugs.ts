/** Ways in which PostgreSQL is set up or used wrongly while more is expected of it. Each must be convicted. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'async-failover',
    change: 'no commit waits for a standby, and one of them is promoted all the same',
    source: 'PostgreSQL manual, 27.2.8 "Synchronous Replication": some transactions may be lost in a failover',
    workload: 'register',
    nemesis: ['partition:leader'],
    anomalies: ['nonlinearizable', 'lost-write', 'stale-read'],
    options: {interval: '8s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'no-fencing',
    change: 'the old primary is left as it is when a standby is promoted, and its clients with it',
    source: 'PostgreSQL manual, 27.3 "Failover": STONITH is necessary, or both systems think they are the primary',
    workload: 'register',
    nemesis: ['partition:leader'],
    anomalies: ['nonlinearizable', 'lost-write', 'stale-read'],
    options: {interval: '8s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'repeatable-read-as-serializable',
    change: 'transactions run at REPEATABLE READ and are taken for serializable',
    source:
      'PostgreSQL manual, 13.2.2; Berenson et al., "A Critique of ANSI SQL Isolation Levels" (1995): A5B, write skew',
    workload: 'append',
    nemesis: ['none'],
    anomalies: ['G2-item', 'G2', 'G-single', 'G-nonadjacent', 'G2-item-realtime', 'G2-item-process'],
    options: {keys: 4, time: '15s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'standby-reads',
    change: 'standbys are read, and what they answer is taken for the present value',
    source: 'PostgreSQL manual, 27.4.1: data on the standby takes some time to arrive',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    options: {interval: '4s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
