/** What people take Galera for and what it is not: in each, more is expected than it keeps. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'stale-reads',
    change: '`wsrep_sync_wait` is left at its default of 0, and what a node answers is taken for the present value',
    source: 'MariaDB documentation, "wsrep_sync_wait": reads may be served before earlier write sets are applied',
    workload: 'register',
    nemesis: ['pause:one'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    // A node has to be frozen for longer than the 6 s after which the others go on without it.
    options: {interval: '20s', keys: 4, time: '50s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'taken-for-snapshot-isolation',
    change: 'REPEATABLE READ across the cluster is taken for snapshot isolation, as it was once documented',
    source: '"Jepsen: MariaDB Galera Cluster" (Kingsbury 2015); Berenson et al. (1995): P4, lost update',
    workload: 'append',
    nemesis: ['none'],
    anomalies: ['lost-update', 'G-single', 'G-nonadjacent', 'internal', 'G1c', 'G0'],
    options: {keys: 3, time: '20s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
