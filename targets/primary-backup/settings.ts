/** What may be changed with `--target-arg name=value`. */
import {UsageError} from '../../core/error.ts'
import {repeated, some, timeout} from '../state-machine/limits.ts'
import {settingsFrom} from '../state-machine/settings.ts'

export const NUMBERS = {
  /** Time between heartbeats of a primary, ms. */
  heartbeatMs: 40,
  /** A primary that is not heard for so long, plus up to as much again at random, is taken for failed, ms. */
  failoverMs: 150,
  /** How long requests are gathered before they are written and sent together, ms. */
  batchMs: 1,
  /** Entries that are applied between two snapshots. */
  snapshotEntries: 1000,
  /** Entries before the snapshot that are kept for backups that are only a little behind. */
  retainedEntries: 250,
  /** Client sessions that are remembered. */
  sessions: 4096,
}

export const LIMITS = [
  repeated('heartbeatMs'),
  ...timeout('failoverMs', 'heartbeatMs'),
  some('snapshotEntries'),
  some('sessions'),
] as const

/**
 * When a client is answered. `sync`: a majority of the nodes has it on disk. `semi-sync`: the primary and one backup have it,
 * as in MySQL's plugin of that name. `async`: the primary has it, and backups will hear of it; a failover loses the rest.
 */
export const MODES = ['sync', 'semi-sync', 'async'] as const
export type Mode = (typeof MODES)[number]

export type Settings = typeof NUMBERS & {readonly mode: Mode}

/** Throws UsageError for a mode that is none, and for numbers that are none. */
export function settingsOf(args: Readonly<Record<string, string>>): Settings {
  const mode = args['mode'] ?? 'sync'
  if (!(MODES as readonly string[]).includes(mode)) {
    throw new UsageError(`The target argument mode=${mode} is no mode.`, [`Modes: ${MODES.join(', ')}`])
  }
  return {...settingsFrom(NUMBERS, args), mode: mode as Mode}
}
