/** Record batches, format 2 (KIP-98): what is appended to a partition, and what is read of it. */
import {Reader, Writer} from './wire.ts'

/** Who sends: with it a broker knows a batch again that is sent a second time. */
export interface Producer {
  readonly id: bigint
  readonly epoch: number
  /** The number of the batch's first record among those of this producer for this partition. */
  readonly sequence: number
  /** The transactional id, for a batch of a transaction. */
  readonly transaction?: string
}

export interface StoredRecord {
  readonly offset: bigint
  readonly value: Buffer
}

/** A batch as it is stored. */
export interface Batch {
  readonly producerId: bigint
  readonly transactional: boolean
  /** How a transaction of this producer ended, for a batch by which brokers say that. */
  readonly ended?: 'commit' | 'abort'
  /** Those of clients. */
  readonly records: readonly StoredRecord[]
  /** Of its first record, and of what comes after it. */
  readonly firstOffset: bigint
  readonly nextOffset: bigint
}

const MAGIC = 2
/** What comes before the length's own count, and what comes before the checksum. */
const LENGTH_ENDS_AT = 12
/** Attributes of a batch: written by brokers, part of a transaction; and the bits of the compression. */
const CONTROL = 0x20
const TRANSACTIONAL = 0x10
const COMPRESSION = 0x07

/** One batch of these records, which are appended together or not at all. */
export function batchOf(values: readonly string[], producer: Producer | undefined): Buffer {
  const records = values.map((value, i) => {
    const body = Buffer.from(value)
    return new Writer().byte(0).varint(0).varint(i).varint(-1).varint(body.length).bytes(body).varint(0).done()
  })
  const checked = new Writer()
    .short(producer?.transaction === undefined ? 0 : TRANSACTIONAL)
    .int(values.length - 1)
    .long(0n)
    .long(0n)
    .long(producer?.id ?? -1n)
    .short(producer?.epoch ?? -1)
    .int(producer?.sequence ?? -1)
    .int(values.length)
  for (const record of records) checked.varint(record.length).bytes(record)
  const body = checked.done()
  const rest = new Writer()
    .int(-1)
    .byte(MAGIC)
    .int(crc32c(body) | 0)
    .bytes(body)
    .done()
  return new Writer().long(0n).buffer(rest).done()
}

/** Those of these batches that came whole: the last may be cut off. */
export function batchesOf(bytes: Buffer): Batch[] {
  const reader = new Reader(bytes)
  const batches: Batch[] = []
  while (reader.left >= LENGTH_ENDS_AT) {
    const firstOffset = reader.long()
    const length = reader.int()
    if (length > reader.left) break
    batches.push(batchIn(new Reader(reader.take(length)), firstOffset))
  }
  return batches
}

function batchIn(batch: Reader, firstOffset: bigint): Batch {
  batch.take(4)
  const magic = batch.byte()
  if (magic !== MAGIC) throw new Error(`record batches of format ${magic} are not read`)
  batch.take(4)
  const attributes = batch.short()
  if ((attributes & COMPRESSION) !== 0) throw new Error('compressed batches are not read')
  const nextOffset = firstOffset + BigInt(batch.int()) + 1n
  batch.take(8 + 8)
  const producerId = batch.long()
  batch.take(2 + 4)
  const control = (attributes & CONTROL) !== 0
  const records = Array.from({length: batch.int()}, () => {
    const record = new Reader(batch.take(batch.varint()))
    record.byte()
    record.varint()
    const offset = firstOffset + BigInt(record.varint())
    const key = record.take(Math.max(0, record.varint()))
    return {offset, key, value: record.take(Math.max(0, record.varint()))}
  })
  const common = {producerId, transactional: (attributes & TRANSACTIONAL) !== 0, firstOffset, nextOffset}
  if (!control) return {...common, records}
  // Their key says what they are: a version, and 1 where a transaction was committed.
  const kind = records[0]?.key ?? Buffer.alloc(0)
  return {...common, records: [], ended: kind.length >= 4 && kind.readInt16BE(2) === 1 ? 'commit' : 'abort'}
}

/** The records of clients in these batches. */
export function recordsOf(bytes: Buffer): StoredRecord[] {
  return batchesOf(bytes).flatMap(({records}) => records)
}

/** A transaction that was aborted, as a broker tells a consumer of what is committed: of whom, and from where on. */
export interface Aborted {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** What is left of these batches without those of aborted transactions, as consumers of Kafka find out (KIP-98). */
export function committedOf(batches: readonly Batch[], aborted: readonly Aborted[]): StoredRecord[] {
  const coming = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const under = new Set<bigint>()
  return batches.flatMap(({producerId, transactional, ended, records, nextOffset}) => {
    for (let next = coming[0]; next !== undefined && next.firstOffset < nextOffset; next = coming[0]) {
      under.add(next.producerId)
      coming.shift()
    }
    if (ended !== undefined) under.delete(producerId)
    return transactional && under.has(producerId) ? [] : records
  })
}

/** CRC-32C (Castagnoli), reflected. */
const TABLE = Uint32Array.from({length: 256}, (_, i) => {
  let value = i
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
