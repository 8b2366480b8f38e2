/** What `--target-arg` can change of PostgreSQL, what its named misconfigurations come to, and what is left to promise. */
import type {TargetOptions} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {chosen} from '../arguments.ts'

/** The default first. */
const OFFERED = {
  isolation: ['serializable', 'repeatable-read', 'read-committed'],
  /** Whether an acknowledgement waits for the standby that would take over. */
  replication: ['sync', 'async'],
  /** `synchronous_commit`: what exactly an acknowledgement waits for. */
  'synchronous-commit': ['on', 'remote-apply', 'remote-write', 'local', 'off'],
  /** `auto`: on where disks are harmed, and off otherwise: what a killed process has written the system keeps, synced or not. */
  fsync: ['auto', 'on', 'off'],
  /** Whether the old primary is ended before another takes over. */
  fencing: ['on', 'off'],
  /** `standby`: reads are asked of the client's own node, a standby mostly. */
  reads: ['primary', 'standby'],
} as const

export interface Settings {
  readonly isolation: 'SERIALIZABLE' | 'REPEATABLE READ' | 'READ COMMITTED'
  /** Whether what was acknowledged is on the standby that would take over. */
  readonly replicated: boolean
  /** Whether commits name a standby to wait for. */
  readonly waitsForStandby: boolean
  readonly synchronousCommit: string
  readonly fsync: 'auto' | 'on' | 'off'
  readonly fencing: boolean
  readonly standbyReads: boolean
}

/** Throws UsageError for an argument that PostgreSQL does not take. */
export function settingsOf(options: TargetOptions): Settings {
  const {
    isolation,
    replication,
    fencing,
    fsync,
    reads,
    'synchronous-commit': commit,
  } = chosen('postgres', OFFERED, options)
  const has = (bug: string) => options.bugs.includes(bug)
  const level = has('repeatable-read-as-serializable') ? 'repeatable-read' : isolation
  const waitsForStandby = replication === 'sync' && !has('async-failover')
  return {
    isolation: level.toUpperCase().replace('-', ' ') as Settings['isolation'],
    replicated: waitsForStandby && commit !== 'local' && commit !== 'off',
    waitsForStandby,
    synchronousCommit: commit.replace('-', '_'),
    fsync,
    fencing: fencing === 'on' && !has('no-fencing'),
    standbyReads: reads === 'standby' || has('standby-reads'),
  }
}

type Claims = Readonly<Record<string, Claim>>

/**
 * A statement or transaction sees all that was committed before it began (manual, 13.2), and a commit is acknowledged after
 * it has become visible: registers are linearizable, and "serializable" is strict. For the latter see Ports & Grittner,
 * "Serializable Snapshot Isolation in PostgreSQL" (VLDB 2012), theorem 3: that one transaction ended before another began
 * is, like every dependency but the one from a read to a later write, a commit before a snapshot.
 */
export const CLAIMS: Claims = {
  register: 'linearizable',
  append: 'strict-serializable',
  'rw-register': 'strict-serializable',
  bank: 'strict-serializable',
}

/** What is promised of transactions at the weaker levels (manual, 13.2.1 and 13.2.2). */
const WEAKER: Readonly<Record<string, Claim>> = {
  'REPEATABLE READ': 'snapshot-isolation',
  'READ COMMITTED': 'read-committed',
}

/** What is claimed with these options. Misconfigurations are judged by what they are taken for. */
export function claimsWith(options: TargetOptions): Claims {
  const misused = options.bugs.length > 0
  const {isolation, replicated, fencing, standbyReads} = settingsOf(options)
  // Acknowledged transactions may be lost, or old ones read: nothing is left to say of them.
  if (!misused && (!replicated || !fencing || standbyReads)) return {register: 'eventual'}
  const weaker = misused ? undefined : WEAKER[isolation]
  if (weaker === undefined) return CLAIMS
  return {register: 'linearizable', append: weaker, 'rw-register': weaker, bank: weaker}
}
