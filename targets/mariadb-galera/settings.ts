/** What `--target-arg` can change of MariaDB with Galera, and what is claimed of it then. */
import type {TargetOptions} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** `wsrep_sync_wait`: whether a statement waits until its node has all that was committed before (`on`: 15), or does not. */
  'sync-wait': ['on', 'off'],
  /** Whether transactions lock what they read before they write (`SELECT … FOR UPDATE`). */
  'locking-reads': ['off', 'on'],
  /** `always`: a node syncs each transaction (`innodb_flush_log_at_trx_commit=1`); by default it relies on the other nodes. */
  flush: ['default', 'always'],
} as const

export interface Settings {
  readonly syncWait: boolean
  readonly lockingReads: boolean
  readonly flushAlways: boolean
}

/** Throws UsageError for an argument that it does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {'sync-wait': syncWait, 'locking-reads': locking, flush} = chosen('mariadb-galera', OFFERED, options)
  return {
    syncWait: syncWait === 'on' && !options.bugs.includes('stale-reads'),
    lockingReads: locking === 'on',
    flushAlways: flush === 'always',
  }
}

type Claims = Readonly<Record<string, Claim>>

/**
 * InnoDB's REPEATABLE READ reads from a snapshot and writes to what is there now, so that updates may be lost between
 * transactions of one node: no more is claimed of transactions than that they see nothing that is not committed. With
 * `wsrep_sync_wait` a single row is read as it is (MariaDB documentation, "Galera Cluster System Variables").
 */
export const CLAIMS: Claims = {
  append: 'read-committed',
  'rw-register': 'read-committed',
  bank: 'read-committed',
  register: 'linearizable',
}

export function claimsWith(options: TargetOptions): Claims {
  if (options.bugs.includes('taken-for-snapshot-isolation')) return {...CLAIMS, append: 'snapshot-isolation'}
  const {syncWait} = settingsOf(options)
  return syncWait || options.bugs.length > 0 ? CLAIMS : {...CLAIMS, register: 'eventual'}
}
