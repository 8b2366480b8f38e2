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
  {
    name: 'unfenced-lock',
    change:
      'the resource behind a lock takes whoever comes, without asking for the token: the lease is taken for the lock',
    source: '"Jepsen: etcd 3.4.3" (Kingsbury 2020), section 3.2; Kleppmann, "How to do distributed locking" (2016)',
    workload: 'lock',
    // Its clients sleep longer than their leases; faults only keep them waiting, and a new leader prolongs every lease.
    nemesis: ['none'],
    anomalies: ['stale-token-accepted'],
    options: {keys: 2, rate: '100/s', time: '20s'},
    budget: {simulatedS: 0, realS: 60},
  },
  {
    name: 'watch-from-now',
    change: 'a watch that was cut is opened anew without a start revision, and what happened meanwhile is not told',
    source:
      'etcd documentation, "Interacting with etcd: watch historical changes of keys"; "API guarantees: resumable"',
    workload: 'watch',
    // What kills a node cuts every watch through it, while clients of the others go on writing. Links that were spoilt cut few.
    nemesis: ['kill:one'],
    anomalies: ['poll-skip', 'poll-skip-within', 'lost-record'],
    options: {interval: '3s', keys: 4, time: '9s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
