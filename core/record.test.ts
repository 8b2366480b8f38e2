import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Json} from './node.ts'
import {readRecord, writeRecord} from './record.ts'

const record = fc.jsonValue() as fc.Arbitrary<Json>

test('the checksum of the standard check text, as a record that is a number', () => {
  expect(writeRecord(123456789)).toBe('cbf43926 123456789')
})

test('what was written is read', () => {
  fc.assert(
    fc.property(record, (value) => {
      expect(readRecord(writeRecord(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('a torn line and a flipped bit are noticed', () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.nat(6), (value, at, bit) => {
      const line = writeRecord(value)
      const place = at % line.length
      expect(readRecord(line.slice(0, place))).toBeUndefined()
      const flipped = String.fromCharCode(line.charCodeAt(place) ^ (1 << bit))
      expect(readRecord(line.slice(0, place) + flipped + line.slice(place + 1))).toBeUndefined()
    }),
  )
})
