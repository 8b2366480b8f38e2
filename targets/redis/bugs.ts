/**
 * What people take Redis with Sentinel for and what it is not: in each, more is expected than its documentation promises.
 */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'asynchronous-replication',
    change: 'acknowledged writes are taken for kept, though a primary that was cut off goes on to acknowledge them',
    source:
      'Redis documentation, "Sentinel": acknowledged writes may be lost ("Jepsen: Redis", Kingsbury 2013, lost 56 % of them)',
    workload: 'set',
    nemesis: ['partition:leader'],
    anomalies: ['lost-element'],
    options: {interval: '12s', keys: 4, time: '30s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'replica-reads',
    change: 'replicas are read, and what they answer is taken for the present value',
    source: 'Redis documentation, "Replication": replicas follow asynchronously',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    options: {interval: '4s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'unsynced-appends',
    change: 'acknowledged writes are taken for kept when the power fails, though they are synced but once a second',
    source:
      'Redis documentation, "Persistence": with appendfsync everysec "you may lose 1 second of data if there is a disaster"',
    workload: 'set',
    nemesis: ['disk:power-cut'],
    anomalies: ['lost-element'],
    options: {interval: '6s', keys: 4, time: '30s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
