/** Numbers that may be changed with `--target-arg name=value`. */
import {repeated, some} from '../state-machine/limits.ts'

/** Timing as in section 5.6 of the paper: broadcast time ≪ election timeout ≪ mean time between failures. */
export const SETTINGS = {
  /** Time between heartbeats, ms. */
  heartbeatMs: 50,
  /** A follower that hears nothing for so long, plus up to as much again at random, starts an election, ms. */
  electionMs: 150,
  /** How long entries and reads are gathered before they are synced and sent together, ms. */
  batchMs: 1,
  /** Most entries in one message. */
  batchEntries: 256,
  /** Entries that are applied between two snapshots. */
  snapshotEntries: 1000,
  /** Entries before the snapshot that are kept for followers that are only a little behind. */
  retainedEntries: 250,
  /** Characters of a snapshot in one message. */
  chunkLength: 65536,
  /** Applied entries between two `commit` events; 1 lets invariants see every one. */
  eventEntries: 64,
  /** Client sessions that are remembered. */
  sessions: 4096,
  /** 0 lets followers start elections without asking around first. */
  preVote: 1,
  /** 1 answers reads by the leader's lease, without a round of heartbeats. */
  leaseReads: 0,
  /** 0 lets a leader go on that hears no majority. */
  checkQuorum: 1,
}

export type Settings = typeof SETTINGS

/** Heartbeats may be rarer than elections are soon: followers ask around before they stand for one (pre-vote). */
export const LIMITS = [
  repeated('heartbeatMs'),
  {
    name: 'electionMs',
    least: 10,
    most: 10_000,
    why: 'votes have to come back meanwhile, and clients do not wait that long',
  },
  some('batchEntries'),
  some('chunkLength'),
  some('snapshotEntries'),
  some('eventEntries'),
  some('sessions'),
] as const
