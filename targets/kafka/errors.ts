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
    super(DEFINITE[code] ?? ENDS_TRANSACTION[code] ?? OTHERS[code] ?? `error ${code} of Kafka`)
    this.code = code
  }
}

const OTHERS: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  14: 'COORDINATOR_LOAD_IN_PROGRESS',
  15: 'COORDINATOR_NOT_AVAILABLE',
  16: 'NOT_COORDINATOR',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  41: 'NOT_CONTROLLER',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  48: 'INVALID_TXN_STATE',
  51: 'CONCURRENT_TRANSACTIONS',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
}

/** Whether this error means that nothing was appended. Anything but an answer of a broker never does. */
export function isDefinite(error: unknown): boolean {
  return error instanceof KafkaError && Object.hasOwn(DEFINITE, error.code)
}

/**
 * After which a transaction of this producer can no longer be committed, told before anything is done
 * (`endTransactionWithTV1` in `TransactionCoordinator.scala` of Kafka 4.1.1). Not among them: INVALID_TXN_STATE, which is also said
 * of a commit that was written in the meantime; COORDINATOR_NOT_AVAILABLE and NOT_COORDINATOR, which also stand for one that was
 * written and perhaps replicated (`appendTransactionToLog` in `TransactionStateManager.scala`).
 */
const ENDS_TRANSACTION: Readonly<Record<number, string>> = {
  47: 'INVALID_PRODUCER_EPOCH: the transaction was open for too long, or somebody else has its name',
  49: 'INVALID_PRODUCER_ID_MAPPING: the name has another producer',
  90: 'PRODUCER_FENCED: as 47',
}

/** Whether this answer means that the transaction was not committed and never will be. */
export function endsTransaction(error: unknown): boolean {
  return error instanceof KafkaError && Object.hasOwn(ENDS_TRANSACTION, error.code)
}

/** Whether the same broker will answer otherwise in a moment: the last transaction is still being ended, or it is loading. */
export function isPassing(error: unknown): boolean {
  return error instanceof KafkaError && (error.code === 51 || error.code === 14)
}
