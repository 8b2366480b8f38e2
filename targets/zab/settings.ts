/** Numbers that may be changed with `--target-arg name=value`; `reads` is `local` or `sync` and read elsewhere. */
import {repeated, some, timeout} from '../state-machine/limits.ts'

export const SETTINGS = {
  /** Time between a leader's pings, and between two attempts of one that is looking or joining, ms. */
  tickMs: 30,
  /** A leader or follower that is not heard for so long is given up, ms. */
  silenceMs: 150,
  /** How long proposals are gathered before they are synced and sent together, ms. */
  batchMs: 1,
  /** Transactions delivered between two snapshots. */
  snapshotEntries: 1000,
  /** Transactions before the snapshot that are kept for followers that are only a little behind. */
  retainedEntries: 250,
  /** Client sessions that are remembered. */
  sessions: 4096,
  /** Transactions delivered between two `commit` events; 1 lets invariants see every one. */
  eventEntries: 64,
}

export type Settings = typeof SETTINGS

export const LIMITS = [
  repeated('tickMs'),
  ...timeout('silenceMs', 'tickMs'),
  some('snapshotEntries'),
  some('eventEntries'),
  some('sessions'),
] as const
