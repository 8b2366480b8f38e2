/** What is asked of brokers: each function is one request in one version, the newest before the flexible ones or less. */
import type {Connection} from './connection.ts'
import {KafkaError} from './errors.ts'
import {batchOf, type Producer, recordsOf, type StoredRecord} from './records.ts'
import {Writer} from './wire.ts'

const API = {produce: 0, fetch: 1, metadata: 3, createTopics: 19, initProducerId: 22} as const
/** Every topic has one partition: the key of a log is a topic. */
const PARTITION = 0
const FETCH_BYTES = 1 << 20

export interface Partition {
  /** The id of its leader; -1 for none. */
  readonly leader: number
  /** How many replicas are in sync. */
  readonly inSync: number
}

export interface Metadata {
  /** Ids of brokers that are alive, as this one has heard. */
  readonly brokers: readonly number[]
  /** By topic; those that this broker knows. */
  readonly partitions: ReadonlyMap<string, Partition>
}

/** Of these topics; of all where none are named. */
export async function metadata(connection: Connection, topics: readonly string[] | null): Promise<Metadata> {
  const writer = topics === null ? new Writer().int(-1) : new Writer().array(topics, (each, name) => each.text(name))
  const reader = await connection.call(API.metadata, 4, writer.bool(false).done())
  reader.int()
  const brokers = reader.array((each) => {
    const id = each.int()
    each.text()
    each.int()
    each.text()
    return id
  })
  reader.text()
  reader.int()
  const partitions = new Map<string, Partition>()
  reader.array((topic) => {
    topic.short()
    const name = topic.text() ?? ''
    topic.byte()
    topic.array((partition) => {
      partition.short()
      const index = partition.int()
      const leader = partition.int()
      partition.array((replica) => replica.int())
      const inSync = partition.array((replica) => replica.int()).length
      if (index === PARTITION) partitions.set(name, {leader, inSync})
    })
  })
  return {brokers, partitions}
}

/** Throws KafkaError; a topic that exists already is none. */
export async function createTopic(
  connection: Connection,
  name: string,
  replicas: number,
  settings: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<void> {
  const writer = new Writer().array([name], (topic) =>
    topic
      .text(name)
      .int(1)
      .short(replicas)
      .int(0)
      .array(Object.entries(settings), (each, [setting, value]) => each.text(setting).text(value)),
  )
  const reader = await connection.call(API.createTopics, 4, writer.int(limitMs).bool(false).done())
  reader.int()
  const [code = 0] = reader.array((topic) => {
    topic.text()
    const error = topic.short()
    topic.text()
    return error
  })
  if (code !== 0 && code !== KafkaError.TOPIC_EXISTS) throw new KafkaError(code)
}

/** Identifies a producer that sends nothing twice. */
export async function initProducer(connection: Connection): Promise<Omit<Producer, 'sequence'>> {
  const reader = await connection.call(API.initProducerId, 1, new Writer().text(null).int(60_000).done())
  reader.int()
  const code = reader.short()
  if (code !== 0) throw new KafkaError(code)
  return {id: reader.long(), epoch: reader.short()}
}

/** Where the record went. Throws KafkaError. */
export async function produce(
  connection: Connection,
  topic: string,
  value: string,
  acks: number,
  limitMs: number,
  producer: Producer | undefined,
): Promise<bigint> {
  const writer = new Writer()
    .text(null)
    .short(acks)
    .int(limitMs)
    .array([topic], (each) =>
      each.text(topic).array([PARTITION], (part) => part.int(PARTITION).buffer(batchOf(value, producer))),
    )
  const reader = await connection.call(API.produce, 7, writer.done())
  const [answers = []] = reader.array((each) => {
    each.text()
    return each.array((partition) => {
      partition.int()
      const answer = {code: partition.short(), offset: partition.long()}
      partition.long()
      partition.long()
      return answer
    })
  })
  const [{code, offset} = {code: -1, offset: -1n}] = answers
  if (code !== 0) throw new KafkaError(code)
  return offset
}

/** The records from this offset on. Throws KafkaError. */
export async function fetch(
  connection: Connection,
  topic: string,
  offset: bigint,
  waitMs: number,
): Promise<readonly StoredRecord[]> {
  const writer = new Writer()
    .int(-1)
    .int(waitMs)
    .int(1)
    .int(FETCH_BYTES)
    .byte(0)
    .array([topic], (each) =>
      each.text(topic).array([PARTITION], (part) => part.int(PARTITION).long(offset).int(FETCH_BYTES)),
    )
  const reader = await connection.call(API.fetch, 4, writer.done())
  reader.int()
  const [answers = []] = reader.array((each) => {
    each.text()
    return each.array((partition) => {
      partition.int()
      const code = partition.short()
      partition.long()
      partition.long()
      partition.array((aborted) => aborted.take(16))
      return {code, batches: partition.buffer()}
    })
  })
  const [{code, batches} = {code: -1, batches: Buffer.alloc(0)}] = answers
  if (code !== 0) throw new KafkaError(code)
  // A batch is given whole, though it may begin before what was asked for.
  return recordsOf(batches).filter((record) => record.offset >= offset)
}
