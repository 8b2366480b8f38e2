/** The defects that the registry can be given: each is a line at its place in the code, found there by its name. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'no-fencing',
    change: 'locks.ts: the resource accepts any token, also one that is older than another it has seen',
    source:
      'Kleppmann, "How to do distributed locking" (2016): a holder that slept writes after its lease has gone to another; HBase did',
    workload: 'lock',
    nemesis: ['pause:leader'],
    anomalies: ['stale-token-accepted'],
    options: {interval: '3s', keys: 2},
    budget: {simulatedS: 10, realS: 30},
  },
  {
    name: 'lease-on-wall-clock',
    change:
      'leases.ts: a lease ends when the wall clock of whoever leads has passed a time that another clock gave out',
    source:
      'Redlock\'s reliance on clocks (Kleppmann 2016); Burrows, "Chubby" (OSDI 2006), section 2.8, counts from receipt instead',
    workload: 'lock',
    nemesis: ['clock:bump'],
    anomalies: ['overlapping-holders'],
    options: {interval: '1s', keys: 2},
    budget: {simulatedS: 40, realS: 30},
  },
  {
    name: 'watch-gap',
    change: 'node.ts: a watcher is told the latest change only, whatever it has missed before it',
    source:
      'one-shot watches that are set again after the read (ZooKeeper programmer\'s guide, "Things to Remember about Watches")',
    workload: 'watch',
    nemesis: ['partition:one'],
    anomalies: ['poll-skip', 'lost-record'],
    options: {interval: '3s'},
    budget: {simulatedS: 5, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
