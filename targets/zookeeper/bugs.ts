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
] as const satisfies readonly Bug[]
