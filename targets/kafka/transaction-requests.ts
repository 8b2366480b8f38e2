/** What is asked of the coordinator of a producer and its transactions (KIP-98), one request in one version each. */
import type {Connection} from './connection.ts'
import {KafkaError} from './errors.ts'
import type {Producer} from './records.ts'
import {PARTITION} from './requests.ts'
import {Writer} from './wire.ts'

const API = {findCoordinator: 10, initProducerId: 22, addPartitionsToTxn: 24, endTxn: 26} as const
/** The kind of key that `findCoordinator` is asked for. */
const OF_TRANSACTIONS = 1

export type Identity = Omit<Producer, 'sequence'>

/** The id of the broker that keeps account of the transactions under this name. Throws KafkaError. */
export async function findCoordinator(connection: Connection, transaction: string): Promise<number> {
  const body = new Writer().text(transaction).byte(OF_TRANSACTIONS).done()
  const reader = await connection.call(API.findCoordinator, 1, body)
  reader.int()
  const code = reader.short()
  reader.text()
  if (code !== 0) throw new KafkaError(code)
  return reader.int()
}

/**
 * Identifies a producer that sends nothing twice. With a name for its transactions, asked of their coordinator, whatever was left
 * open under that name is aborted, and whoever used it before is shut out; a transaction that is open for `limitMs` is aborted.
 */
export async function initProducer(connection: Connection, transaction?: string, limitMs = 60_000): Promise<Identity> {
  const body = new Writer()
    .text(transaction ?? null)
    .int(limitMs)
    .done()
  const reader = await connection.call(API.initProducerId, 1, body)
  reader.int()
  const code = reader.short()
  if (code !== 0) throw new KafkaError(code)
  const identity = {id: reader.long(), epoch: reader.short()}
  return transaction === undefined ? identity : {...identity, transaction}
}

/** The topic will be appended to in the transaction, which begins with this. Throws KafkaError. */
export async function addTopic(connection: Connection, producer: Identity, topic: string): Promise<void> {
  const body = ofTransaction(producer)
    .array([topic], (each) => each.text(topic).array([PARTITION], (part) => part.int(PARTITION)))
    .done()
  const reader = await connection.call(API.addPartitionsToTxn, 1, body)
  reader.int()
  const [[code = -1] = []] = reader.array((each) => {
    each.text()
    return each.array((partition) => {
      partition.int()
      return partition.short()
    })
  })
  if (code !== 0) throw new KafkaError(code)
}

/** Throws KafkaError. Asked again, it is answered in the same way. */
export async function endTransaction(connection: Connection, producer: Identity, commit: boolean): Promise<void> {
  const reader = await connection.call(API.endTxn, 1, ofTransaction(producer).bool(commit).done())
  reader.int()
  const code = reader.short()
  if (code !== 0) throw new KafkaError(code)
}

const ofTransaction = ({transaction, id, epoch}: Identity): Writer =>
  new Writer()
    .text(transaction ?? null)
    .long(id)
    .short(epoch)
