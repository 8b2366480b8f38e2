/**
 * What an error of Kafka says about whether a record was appended (org.apache.kafka.common.protocol.Errors). Those below are
 * given before a leader appends.
 *
 * Not among them: NOT_LEADER_OR_FOLLOWER (6), with which a broker that has appended a record and stops being the leader
 * answers as well (DelayedProduce.tryComplete); REQUEST_TIMED_OUT (7) and NOT_ENOUGH_REPLICAS_AFTER_APPEND (20), which say so.
 */
export const DEFINITE: Readonly<Record<number, string>> = {
  2: 'CORRUPT_MESSAGE: the checksum does not match',
  3: 'UNKNOWN_TOPIC_OR_PARTITION: this broker does not have it',
  5: 'LEADER_NOT_AVAILABLE: nobody leads the partition',
  10: 'MESSAGE_TOO_LARGE',
  17: 'INVALID_TOPIC_EXCEPTION',
  19: 'NOT_ENOUGH_REPLICAS: fewer are in sync than min.insync.replicas',
  21: 'INVALID_REQUIRED_ACKS',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  35: 'UNSUPPORTED_VERSION',
  42: 'INVALID_REQUEST',
  74: 'FENCED_LEADER_EPOCH',
  76: 'UNSUPPORTED_COMPRESSION_TYPE',
  87: 'INVALID_RECORD',
}

export class KafkaError extends Error {
  static readonly TOPIC_EXISTS = 36
  static readonly UNKNOWN_TOPIC = 3
  override name = 'KafkaError'
  readonly code: number

  constructor(code: number) {
    super(DEFINITE[code] ?? OTHERS[code] ?? `error ${code} of Kafka`)
    this.code = code
  }
}

const OTHERS: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  41: 'NOT_CONTROLLER',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
}

/** Whether this error means that nothing was appended. Anything but an answer of a broker never does. */
export function isDefinite(error: unknown): boolean {
  return error instanceof KafkaError && Object.hasOwn(DEFINITE, error.code)
}
