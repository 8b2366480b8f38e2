/** What `--target-arg` can change of Redis, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** Whom reads are asked of: the node that the client belongs to, a replica mostly, or the primary. */
  reads: ['node', 'primary'],
  /** `WAIT`: how many replicas must have a write before it counts as acknowledged. */
  wait: ['0', '1', '2'],
  /** `min-replicas-to-write`: with fewer replicas than this in touch a primary refuses writes. */
  'min-replicas': ['0', '1', '2'],
  appendfsync: ['everysec', 'always', 'no'],
} as const

export interface Settings {
  readonly readsOfPrimary: boolean
  readonly wait: number
  readonly minReplicas: number
  readonly appendfsync: string
}

/** Throws UsageError for an argument that Redis does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {reads, wait, appendfsync, 'min-replicas': minReplicas} = chosen('redis', OFFERED, options)
  return {
    readsOfPrimary: reads === 'primary' || options.bugs.includes('asynchronous-replication'),
    wait: Number(wait),
    minReplicas: Number(minReplicas),
    appendfsync,
  }
}
