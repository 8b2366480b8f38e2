/** The defects that `kv` can be given: what a single node can still do wrong is to forget, and to do a thing twice. */
import type {Bug} from '../../core/target.ts'

const LOST = ['lost-element', 'stale-read', 'resurrected-element']

export const bugs = [
  {
    name: 'no-sync',
    change: 'node.ts: answers go out without the write-ahead log having been synced',
    source: 'Redis with appendfsync everysec, LevelDB with sync=false: a power cut takes back what was acknowledged',
    workload: 'set',
    nemesis: ['kill:all'],
    anomalies: LOST,
    options: {interval: '2s', keys: 4},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'cut-before-checkpoint',
    change: 'wal.ts: the log is cut before the checkpoint that replaces it is synced',
    source:
      'rename before fsync of the new file: the zero-length files of ext4 ("Application Crash Consistency", Pillai et al., OSDI 2014)',
    workload: 'set',
    nemesis: ['kill:all'],
    anomalies: LOST,
    options: {interval: '2s', keys: 4, checkpointRecords: 20},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'no-dedupe',
    change: 'store.ts: a retry is executed again',
    source: 'at-least-once requests without an idempotency key',
    workload: 'counter',
    nemesis: ['latency:all'],
    anomalies: ['counter-out-of-bounds'],
    options: {interval: '1s', attemptMs: 20, rate: '400/s'},
    budget: {simulatedS: 5, realS: 30},
  },
  {
    name: 'read-uncommitted',
    change: 'node.ts: reads see writes that are not on disk yet, and whose writer was therefore not answered',
    source: 'reading from the memory table before group commit is done: a crash takes back what was read',
    workload: 'register',
    nemesis: ['kill:all'],
    anomalies: ['stale-read', 'lost-write', 'phantom-read', 'nonlinearizable'],
    options: {
      interval: '3s',
      batchMs: 200,
      rate: '400/s',
      concurrency: '10n',
      'op-timeout': '400ms',
      time: '60s',
      heal: '3s',
    },
    budget: {simulatedS: 10, realS: 60},
  },
  {
    name: 'ids-in-memory',
    change: 'node.ts: ids come from a counter that starts anew with the process',
    source:
      'sequences kept in memory: a restart gives the same numbers again (early Snowflake clones; AUTO_INCREMENT of InnoDB before MySQL 8.0)',
    workload: 'unique-ids',
    nemesis: ['kill:all'],
    anomalies: ['duplicate-id'],
    options: {interval: '1s'},
    budget: {simulatedS: 5, realS: 30},
  },
] as const satisfies readonly Bug[]

export type BugName = (typeof bugs)[number]['name']
