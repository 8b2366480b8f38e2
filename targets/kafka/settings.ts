/** What `--target-arg` can change of Kafka and of its clients, and what its named misconfigurations come to. */
import type {TargetOptions} from '../../core/target.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  /** What a producer waits for: every replica in sync, or the leader alone. */
  acks: ['all', '1'],
  /** `on`: a broker knows a record again that is sent a second time. */
  idempotence: ['on', 'off'],
  /** `min.insync.replicas`: with fewer in sync than this, `acks=all` is refused. */
  'min-insync': ['2', '1'],
  /** `unclean.leader.election.enable`: whether a replica that is not in sync may lead where no other lives. */
  unclean: ['off', 'on'],
  /** `isolation.level` of consumers: whether they see what is not committed, or was aborted. Kafka's own default is the latter. */
  isolation: ['read-committed', 'read-uncommitted'],
  /** Brokers that keep a copy of each partition. */
  replicas: ['3', '2'],
  /** `always`: a broker syncs each record before it acknowledges it (`log.flush.interval.messages=1`). */
  flush: ['default', 'always'],
} as const

export interface Settings {
  readonly acks: number
  readonly idempotent: boolean
  readonly minInSync: number
  readonly unclean: boolean
  readonly replicas: number
  readonly readCommitted: boolean
  readonly flushAlways: boolean
}

/** Throws UsageError for an argument that Kafka does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {acks, idempotence, unclean, replicas, isolation, flush, ...rest} = chosen('kafka', OFFERED, options)
  const has = (bug: string) => options.bugs.includes(bug)
  const allAcks = acks === 'all' && !has('acks-one')
  return {
    acks: allAcks ? -1 : 1,
    // As producers do: they give it up where they do not wait for all.
    idempotent: idempotence === 'on' && allAcks && !has('no-idempotence'),
    minInSync: has('unclean-election') ? 1 : Number(rest['min-insync']),
    unclean: unclean === 'on' || has('unclean-election'),
    replicas: has('unclean-election') ? 2 : Number(replicas),
    flushAlways: flush === 'always',
    readCommitted: isolation === 'read-committed' && !has('read-uncommitted'),
  }
}
