/** What is asked of brokers: each function is one request in one version, the newest before the flexible ones or less. */
import type {Connection} from './connection.ts'
import {KafkaError} from './errors.ts'
import {type Aborted, type Batch, batchesOf, batchOf, type Producer} from './records.ts'
import {Writer} from './wire.ts'

const API = {produce: 0, fetch: 1, metadata: 3, createTopics: 19} as const
/** Every topic has one partition: the key of a log is a topic. */
export const PARTITION = 0
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

/** Where the first of these records went; they are appended together. Throws KafkaError. */
export async function produce(
  connection: Connection,
  topic: string,
  values: readonly string[],
  acks: number,
  limitMs: number,
  producer: Producer | undefined,
): Promise<bigint> {
  const writer = new Writer()
    .text(producer?.transaction ?? null)
    .short(acks)
    .int(limitMs)
    .array([topic], (each) =>
      each.text(topic).array([PARTITION], (part) => part.int(PARTITION).buffer(batchOf(values, producer))),
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

/** What a broker has from an offset on. */
export interface Fetched {
  readonly batches: readonly Batch[]
  /** Transactions among them that were aborted; told only to those who read what is committed. */
  readonly aborted: readonly Aborted[]
  /** How far whoever asked may read: to where every transaction has ended, or every replica in sync has come. */
  readonly end: bigint
}

/** `waitMs`: how long the broker may wait for anything at all. Throws KafkaError. */
export async function fetch(
  connection: Connection,
  topic: string,
  offset: bigint,
  {waitMs, committed}: {readonly waitMs: number; readonly committed: boolean},
): Promise<Fetched> {
  const writer = new Writer()
    .int(-1)
    .int(waitMs)
    .int(waitMs === 0 ? 0 : 1)
    .int(FETCH_BYTES)
    .byte(committed ? 1 : 0)
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
      const replicated = partition.long()
      const stable = partition.long()
      const aborted = partition.array((of) => ({producerId: of.long(), firstOffset: of.long()}))
      return {code, end: committed ? stable : replicated, aborted, bytes: partition.buffer()}
    })
  })
  const [{code, end, aborted, bytes} = {code: -1, end: 0n, aborted: [], bytes: Buffer.alloc(0)}] = answers
  if (code !== 0) throw new KafkaError(code)
  return {batches: batchesOf(bytes), aborted, end}
}
