/** What `--target-arg` can change of etcd, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** `serializable`: the node answers reads from its own state, without asking a quorum. */
  reads: ['linearizable', 'serializable'],
} as const

export interface Settings {
  readonly serializableReads: boolean
  /** Whether the resource behind a lock asks for its token. */
  readonly fencing: boolean
  /** Whether a watch that was cut goes on from the revision at which it ended. */
  readonly resumedWatches: boolean
}

/** Throws UsageError for an argument that etcd does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {reads} = chosen('etcd', OFFERED, options)
  return {
    serializableReads: reads === 'serializable' || options.bugs.includes('serializable-reads'),
    fencing: !options.bugs.includes('unfenced-lock'),
    resumedWatches: !options.bugs.includes('watch-from-now'),
  }
}
