/** What `--target-arg` can change of NATS JetStream, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** How many servers keep each message. */
  replicas: ['3', '1'],
  /** Who answers reads: the leader of the stream, or any of its replicas (`allow_direct`, the default of key-value buckets). */
  reads: ['leader', 'direct'],
  /** `always`: every message is synced to disk before it is acknowledged (`sync_interval: always`, from 2.10 on). */
  sync: ['default', 'always'],
} as const

export interface Settings {
  readonly replicas: number
  readonly directReads: boolean
  readonly syncAlways: boolean
  /** Whether what is put into a queue is waited for until it is stored. */
  readonly acknowledged: boolean
}

/** Throws UsageError for an argument that it does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {replicas, reads, sync} = chosen('nats', OFFERED, options)
  return {
    replicas: Number(replicas),
    directReads: reads === 'direct' || options.bugs.includes('direct-reads'),
    syncAlways: sync === 'always',
    acknowledged: !options.bugs.includes('core-publish'),
  }
}
