/** Record batches: the checksum's published check value, and what is written is what is read. */
import {expect, test} from 'vitest'
import {batchesOf, batchOf, committedOf, crc32c, recordsOf} from './records.ts'
import {Reader, Writer} from './wire.ts'

test('CRC-32C of "123456789" is its published check value', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})

test.each([0, -1, 1, 63, -64, 64, 300, 100_000])('%d is the same after a varint', (value) => {
  expect(new Reader(new Writer().varint(value).done()).varint()).toBe(value)
})

test('batches are read one after the other, each from its own offset', () => {
  const first = batchOf(['17'], undefined)
  const second = batchOf(['"a longer value"'], {id: 4n, epoch: 0, sequence: 9})
  second.writeBigInt64BE(5n, 0)
  const values = recordsOf(Buffer.concat([first, second])).map(({offset, value}) => [offset, value.toString()])
  expect(values).toEqual([
    [0n, '17'],
    [5n, '"a longer value"'],
  ])
})

test('a batch that is cut off is left out', () => {
  const batch = batchOf(['17'], undefined)
  expect(recordsOf(Buffer.concat([batch, batch.subarray(0, 30)]))).toHaveLength(1)
})

test('what transactions write for themselves is no record', () => {
  const batch = batchOf(['17'], undefined)
  batch.writeInt16BE(0x20, 21)
  expect(recordsOf(batch)).toEqual([])
})

/** A batch of a transaction of this producer, from this offset on. */
function ofTransaction(id: bigint, offset: bigint, ...values: string[]): Buffer {
  const batch = batchOf(values, {id, epoch: 0, sequence: 0, transaction: 't'})
  batch.writeBigInt64BE(offset, 0)
  return batch
}

/** What a broker writes where such a transaction ends. */
function marker(id: bigint, offset: bigint, ended: 'commit' | 'abort'): Buffer {
  const key = Buffer.from([0, 0, 0, ended === 'commit' ? 1 : 0])
  const record = new Writer().byte(0).varint(0).varint(0).varint(4).bytes(key).varint(-1).varint(0).done()
  const body = new Writer().short(0x30).int(0).long(0n).long(0n).long(id).short(0).int(-1).int(1)
  const rest = new Writer().int(-1).byte(2).int(0).bytes(body.varint(record.length).bytes(record).done()).done()
  return new Writer().long(offset).buffer(rest).done()
}

test('of transactions only what was committed is left', () => {
  const bytes = Buffer.concat([
    ofTransaction(1n, 0n, 'a', 'b'),
    ofTransaction(2n, 2n, 'c'),
    marker(1n, 3n, 'abort'),
    ofTransaction(1n, 4n, 'd'),
    marker(2n, 5n, 'commit'),
    marker(1n, 6n, 'commit'),
  ])
  const batches = batchesOf(bytes)
  expect(batches.map(({nextOffset}) => nextOffset)).toEqual([2n, 3n, 4n, 5n, 6n, 7n])
  expect(batches.map(({ended}) => ended)).toEqual([undefined, undefined, 'abort', undefined, 'commit', 'commit'])
  const left = committedOf(batches, [{producerId: 1n, firstOffset: 0n}])
  expect(left.map(({offset, value}) => [offset, value.toString()])).toEqual([
    [2n, 'c'],
    [4n, 'd'],
  ])
})
