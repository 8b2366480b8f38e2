/** What `--target-arg` can change of Redis Cluster, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** Whom reads are asked of: the primary of the slot, or the client's own node where that is one of its replicas. */
  reads: ['primary', 'replicas'],
  /** `cluster-node-timeout`, ms: how long a node may be silent before it is taken for down. Redis' own default is 15000. */
  'node-timeout': ['1500', '5000', '15000'],
  /** `min-replicas-to-write`: with fewer replicas than this in touch a primary refuses writes. */
  'min-replicas': ['0', '1'],
  appendfsync: ['everysec', 'always', 'no'],
} as const

export interface Settings {
  readonly readsOfReplicas: boolean
  readonly nodeTimeoutMs: number
  readonly minReplicas: number
  readonly appendfsync: string
}

/** Throws UsageError for an argument that Redis Cluster does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {reads, appendfsync, ...numbers} = chosen('redis-cluster', OFFERED, options)
  const large = options.bugs.includes('large-node-timeout')
  return {
    readsOfReplicas: reads === 'replicas' || options.bugs.includes('replica-reads'),
    nodeTimeoutMs: large ? 5000 : Number(numbers['node-timeout']),
    minReplicas: Number(numbers['min-replicas']),
    appendfsync,
  }
}
