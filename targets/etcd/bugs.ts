/**
 * Ways in which etcd is used wrongly while more is expected of it. Each must be convicted: the promise that it is judged by
 * is the one that the user takes for granted, not the one that the setting makes.
 */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'serializable-reads',
    change: 'reads are asked for as serializable (`etcdctl get --consistency=s`), and taken for linearizable',
    source: 'etcd documentation, "KV API guarantees"; what etcd 0.4 did by default ("Jepsen: etcd and Consul", 2014)',
    workload: 'register',
    nemesis: ['partition:leader'],
    anomalies: ['stale-read', 'lost-write', 'nonlinearizable'],
    options: {interval: '4s', keys: 4},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
