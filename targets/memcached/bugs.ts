/** How a cache of several servers comes to answer with old values. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'failover',
    change:
      'clients ask the next server while one does not answer, and go back to it later: it has kept what it had, and both have the key',
    source:
      'rehashing on failure (`failover` of memjs, `remove_failed_servers` of libmemcached); "Scaling Memcache at Facebook" (Nishtala et al., NSDI 2013, section 3.3) says why not',
    workload: 'register',
    nemesis: ['pause'],
    anomalies: ['stale-read', 'nonlinearizable', 'lost-write'],
    options: {interval: '4s', keys: 4, time: '20s'},
    budget: {simulatedS: 0, realS: 60},
  },
] as const satisfies readonly Bug[]
