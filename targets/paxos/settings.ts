/** Numbers that may be changed with `--target-arg name=value`. */
import {repeated, some, timeout} from '../state-machine/limits.ts'

export const SETTINGS = {
  /** Time between a leader's signs of life, ms. */
  heartbeatMs: 50,
  /** Who hears of no leader for so long, plus up to as much again at random, tries to take over, ms. */
  takeoverMs: 200,
  /** A takeover that fails is tried again after a time that doubles, up to so many times the first. */
  patience: 4,
  /** How long requests are gathered before they are proposed together, ms. */
  batchMs: 1,
  /** An accept that a majority has not answered for so long is sent again, ms. */
  resendMs: 200,
  /** Most commands in one message. */
  batchCommands: 256,
  /** Slots that are applied between two snapshots. */
  snapshotSlots: 1000,
  /** Slots before the snapshot that are kept for learners that are only a little behind. */
  retainedSlots: 250,
  /** Applied slots between two `chosen` events; 1 lets invariants see every one. */
  eventSlots: 64,
  /** Client sessions that are remembered. */
  sessions: 4096,
  /** 0 lets acceptors promise to a new proposer while they hear from a leader, as in the paper. */
  sticky: 1,
  /** 0 lets a leader go on that hears no majority, as in the paper. */
  checkQuorum: 1,
}

export type Settings = typeof SETTINGS

export const LIMITS = [
  repeated('heartbeatMs'),
  ...timeout('takeoverMs', 'heartbeatMs'),
  repeated('resendMs'),
  some('patience'),
  some('batchCommands'),
  some('snapshotSlots'),
  some('eventSlots'),
  some('sessions'),
] as const
