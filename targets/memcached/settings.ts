/** What `--target-arg` can change of the clients of memcached, and what their named misconfiguration comes to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** `on`: what a server that does not answer is asked, the next one is asked instead, for as long as `retry-dead` says. */
  failover: ['off', 'on'],
  /** How long a server counts as dead after it did not answer, s; the library's own default is 60. */
  'retry-dead': ['2', '10', '60'],
} as const

export interface Settings {
  readonly failover: boolean
  readonly retryDeadS: number
}

/** Throws UsageError for an argument that memcached does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {failover, 'retry-dead': retryDead} = chosen('memcached', OFFERED, options)
  return {failover: failover === 'on' || options.bugs.includes('failover'), retryDeadS: Number(retryDead)}
}
