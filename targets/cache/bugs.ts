/** The defects that the cache can be given: each is found at its place in the code as `has('<name>')`. */
import type {Bug} from '../../core/target.ts'

export const bugs = [
  {
    name: 'stale-set',
    change:
      'entries.ts: what a slow reader found is put into the cache, though it has been overwritten and deleted since',
    source:
      'the race of set after delete in cache-aside (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1)',
    workload: 'staleness',
    nemesis: ['none'],
    anomalies: ['too-stale'],
    // A long time to live, which is safe as long as deletes arrive and count; and readers that take their time.
    options: {ttlMs: 60000, thinkMs: 50, rate: '600/s', keys: 200},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'no-ttl',
    change: 'node.ts: entries stay until they are deleted',
    source: 'invalidation alone: a delete that does not arrive leaves the old value for ever',
    workload: 'staleness',
    nemesis: ['partition'],
    anomalies: ['too-stale'],
    // A delete that did not arrive is not repeated soon: the time to live would have been the remedy.
    options: {interval: '700ms', keys: 200, rate: '800/s', retryMs: 60000},
    budget: {simulatedS: 15, realS: 30},
  },
  {
    name: 'hash-flap',
    change: 'node.ts: a server keeps what it serves without limit, since each key is served by one server only',
    source:
      'hash balancing with health checks: a server that is thought dead by some is not dead, and its keys are served from two places',
    workload: 'staleness',
    nemesis: ['partition', 'pause'],
    anomalies: ['too-stale'],
    options: {mode: 'local', interval: '1s', keys: 60, rate: '400/s'},
    budget: {simulatedS: 5, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
