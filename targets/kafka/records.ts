/** Record batches, format 2 (KIP-98): what is appended to a partition, and what is read of it. */
import {Reader, Writer} from './wire.ts'

/** Who sends: with it a broker knows a batch again that is sent a second time. */
export interface Producer {
  readonly id: bigint
  readonly epoch: number
  /** The number of the batch's first record among those of this producer for this partition. */
  readonly sequence: number
}

export interface StoredRecord {
  readonly offset: bigint
  readonly value: Buffer
}

const MAGIC = 2
/** What comes before the length's own count, and what comes before the checksum. */
const LENGTH_ENDS_AT = 12
/** Attributes of a batch: written by brokers, for transactions; and the bits of the compression. */
const CONTROL = 0x20
const COMPRESSION = 0x07

/** A batch of one record. */
export function batchOf(value: string, producer: Producer | undefined): Buffer {
  const body = Buffer.from(value)
  const record = new Writer().byte(0).varint(0).varint(0).varint(-1).varint(body.length).bytes(body).varint(0).done()
  const checked = new Writer()
    .short(0)
    .int(0)
    .long(0n)
    .long(0n)
    .long(producer?.id ?? -1n)
    .short(producer?.epoch ?? -1)
    .int(producer?.sequence ?? -1)
    .int(1)
    .varint(record.length)
    .bytes(record)
    .done()
  const rest = new Writer()
    .int(-1)
    .byte(MAGIC)
    .int(crc32c(checked) | 0)
    .bytes(checked)
    .done()
  return new Writer().long(0n).buffer(rest).done()
}

/** The records of these batches; the last may be cut off, and is left out then. */
export function recordsOf(batches: Buffer): StoredRecord[] {
  const reader = new Reader(batches)
  const records: StoredRecord[] = []
  while (reader.left >= LENGTH_ENDS_AT) {
    const base = reader.long()
    const length = reader.int()
    if (length > reader.left) break
    const batch = new Reader(reader.take(length))
    batch.take(4)
    const magic = batch.byte()
    if (magic !== MAGIC) throw new Error(`record batches of format ${magic} are not read`)
    batch.take(4)
    const attributes = batch.short()
    if ((attributes & COMPRESSION) !== 0) throw new Error('compressed batches are not read')
    batch.take(4 + 8 + 8 + 8 + 2 + 4)
    const count = batch.int()
    for (let i = 0; i < count; i++) {
      const record = new Reader(batch.take(batch.varint()))
      record.byte()
      record.varint()
      const offset = base + BigInt(record.varint())
      record.take(Math.max(0, record.varint()))
      const value = record.take(Math.max(0, record.varint()))
      if ((attributes & CONTROL) === 0) records.push({offset, value})
    }
  }
  return records
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
