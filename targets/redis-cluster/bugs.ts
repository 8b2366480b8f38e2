/**
 * What people take Redis Cluster for and what it is not: in each, more is expected than its documentation promises.
 */
import type {Bug} from '../../core/target.ts'

const SPECIFICATION = 'Redis Cluster specification, "Write safety"'

export const bugs = [
  {
    name: 'asynchronous-replication',
    change:
      'acknowledged writes are taken for kept, though a primary that was cut off goes on to acknowledge them for a while',
    source: `${SPECIFICATION}: writes are lost that reach the minority side of a partition before it notices`,
    workload: 'set',
    nemesis: ['partition:one'],
    anomalies: ['lost-element', 'resurrected-element'],
    options: {interval: '8s', keys: 12, time: '40s', rate: '300'},
    budget: {simulatedS: 0, realS: 90},
  },
  {
    name: 'large-node-timeout',
    change:
      'cluster-node-timeout is 5 s, so that a primary that was cut off acknowledges writes for longer before it stops',
    source: `${SPECIFICATION}: the window in which writes are lost is about as long as the node timeout`,
    workload: 'set',
    nemesis: ['partition:one'],
    anomalies: ['lost-element', 'resurrected-element'],
    options: {interval: '20s', keys: 12, time: '60s', rate: '300'},
    budget: {simulatedS: 0, realS: 90},
  },
  {
    name: 'replica-reads',
    change: 'replicas are read (READONLY), and what they answer is taken for the present value',
    source: 'Redis documentation, "READONLY": the client is willing to read possibly stale data',
    workload: 'register',
    nemesis: ['partition:one'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    options: {interval: '5s', keys: 12, rate: '300'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
