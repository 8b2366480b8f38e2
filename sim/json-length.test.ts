import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Json} from '../core/node.ts'
import {jsonLength} from './json-length.ts'

test('is the length of what JSON writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({stringUnit: 'binary'}), (value) => {
      expect(jsonLength(value as Json)).toBe(JSON.stringify(value).length)
    }),
  )
  for (const number of [0, -0, 9, 10, 99, 100, 999_999, 1e6, 1e15, 1e21, -5, 0.1]) {
    expect(jsonLength(number), String(number)).toBe(JSON.stringify(number).length)
  }
})
