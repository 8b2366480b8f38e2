/** Numbers that may be changed with `--target-arg name=value`. */
import {repeated, some, timeout} from '../state-machine/limits.ts'

export const SETTINGS = {
  /** Brokers that keep a copy of each partition. */
  replicas: 3,
  /** What a producer waits for: 0 nothing, 1 the leader, 2 every in-sync replica ("acks=all"). */
  acks: 2,
  /** Time between two looks at what is to be done, ms. */
  tickMs: 100,
  /** A broker that is not heard for so long counts as dead, ms. */
  deadMs: 600,
  /** A broker that has not been taken for dead for so long leads again what it is meant to lead, ms. */
  preferMs: 1000,
  /** A replica that has not caught up for so long leaves the in-sync set, ms. */
  lagMs: 500,
  /** A replica that has been out of the in-sync set has to keep up for so long before it comes back, ms. */
  rejoinMs: 0,
  /** Records in one answer. */
  batchRecords: 200,
  /** A message that was handed out and not acknowledged for so long is handed out again, ms. */
  redeliverMs: 500,
  /** Times that a message is handed out before it goes to the dead letters. */
  deliveries: 16,
  /** A member of the consumer group that is not heard for so long is out of it, ms. */
  memberMs: 2000,
}

export type Settings = typeof SETTINGS

export const LIMITS = [
  some('replicas'),
  repeated('tickMs'),
  some('batchRecords'),
  some('deliveries'),
  ...timeout('deadMs', 'tickMs'),
] as const
