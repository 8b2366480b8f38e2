import {describe, expect, test} from 'vitest'
import {compact, Dictionary, decodeValue, encodeValue, unzigzag, zigzag} from './values.ts'

describe('a value in words', () => {
  test.each([
    [null, 'nil'],
    [7, '7'],
    [-1, '-1'],
    [true, 'true'],
    ['x3', 'x3'],
    ['two words', '"two words"'],
    ['', '""'],
    [12345678901234567890n, '12345678901234567890'],
    [[1, 2, 3], '[1 2 3]'],
    [[], '[]'],
    [{from: 1, to: 2}, '{from: 1, to: 2}'],
    [new Map([['a', 1]]), '{a: 1}'],
    [
      [
        ['r', 'x', [1, 2]],
        ['append', 'y', 3],
      ],
      'r x [1 2] · append y 3',
    ],
    [[['r', 'x', null]], 'r x nil'],
    [[3, 5], '[3 5]'],
  ])('%s is %s', (value, words) => expect(compact(value)).toBe(words))

  test('a long list stops at the limit, and costs no more than the limit', () => {
    const words = compact(
      Array.from({length: 1_000_000}, (_, i) => i),
      50,
    )
    expect(words).toHaveLength(51)
    expect(words.endsWith('…')).toBe(true)
  })
})

test.each([
  0,
  1,
  -1,
  7,
  -7,
  2 ** 29 - 1,
  -(2 ** 29) + 1,
  2 ** 29,
  2 ** 53,
  -(2 ** 40),
  1.5,
  null,
  'x',
  '0',
  [1],
  2n ** 70n,
])('the cell of %s decodes to its words', (value) => {
  const texts = new Dictionary()
  const cell = encodeValue(value, texts, 100)
  expect(cell).toBeGreaterThanOrEqual(0)
  expect(cell).toBeLessThan(2 ** 32)
  expect(decodeValue(cell, texts.texts)).toBe(value === null ? '' : compact(value))
})

test('equal texts share an entry', () => {
  const texts = new Dictionary()
  expect(encodeValue('a b', texts, 100)).toBe(encodeValue('a b', texts, 100))
  expect(texts.texts).toHaveLength(1)
})

test.each([0, 1, -1, 2, -2, 123456, -123456])('zigzag of %i comes back', (value) => {
  expect(unzigzag(zigzag(value))).toBe(value)
  expect(zigzag(value)).toBeGreaterThanOrEqual(0)
})
