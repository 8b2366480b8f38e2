/** What `--target-arg` can change of ZooKeeper, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** `sync`: before a server is read it is asked to catch up with the leader. `local`: it answers with what it has. */
  reads: ['sync', 'local'],
} as const

export interface Settings {
  readonly syncedReads: boolean
  /** Whether the resource behind a lock asks for its token. */
  readonly fencing: boolean
  /** Whether each change that is announced is a node of its own. */
  readonly everyChange: boolean
}

/** Throws UsageError for an argument that ZooKeeper does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {reads} = chosen('zookeeper', OFFERED, options)
  return {
    syncedReads: reads === 'sync' && !options.bugs.includes('local-reads'),
    fencing: !options.bugs.includes('unfenced-lock'),
    everyChange: !options.bugs.includes('one-shot-watch'),
  }
}
