/** Record batches: the checksum's published check value, and what is written is what is read. */
import {expect, test} from 'vitest'
import {batchOf, crc32c, recordsOf} from './records.ts'
import {Reader, Writer} from './wire.ts'

test('CRC-32C of "123456789" is its published check value', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})

test.each([0, -1, 1, 63, -64, 64, 300, 100_000])('%d is the same after a varint', (value) => {
  expect(new Reader(new Writer().varint(value).done()).varint()).toBe(value)
})

test('batches are read one after the other, each from its own offset', () => {
  const first = batchOf('17', undefined)
  const second = batchOf('"a longer value"', {id: 4n, epoch: 0, sequence: 9})
  second.writeBigInt64BE(5n, 0)
  const values = recordsOf(Buffer.concat([first, second])).map(({offset, value}) => [offset, value.toString()])
  expect(values).toEqual([
    [0n, '17'],
    [5n, '"a longer value"'],
  ])
})

test('a batch that is cut off is left out', () => {
  const batch = batchOf('17', undefined)
  expect(recordsOf(Buffer.concat([batch, batch.subarray(0, 30)]))).toHaveLength(1)
})

test('what transactions write for themselves is no record', () => {
  const batch = batchOf('17', undefined)
  batch.writeInt16BE(0x20, 21)
  expect(recordsOf(batch)).toEqual([])
})
