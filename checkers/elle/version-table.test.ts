import {expect, test} from 'vitest'
import {VersionTable} from './version-table.ts'

test('every key and value has one number, however many there are', () => {
  const table = new VersionTable(4)
  const values = [
    ...Array.from({length: 300}, (_, i) => i - 150),
    'a',
    '1',
    2n ** 70n,
    0.5,
    {id: 1},
    '{"id":1}',
    2 ** 40,
    -(2 ** 30),
    Number.NaN,
  ]
  const numbers = new Map<string, number>()
  for (let key = 0; key < 50; key++) {
    const initial = table.addInitial(key)
    for (const [i, value] of values.entries()) numbers.set(`${key}/${i}`, table.intern(key, value))
    expect(table.keys.items[initial]).toBe(key)
  }
  expect(new Set(numbers.values()).size).toBe(50 * values.length)
  expect(table.size).toBe(50 * (values.length + 1))
  for (let key = 0; key < 50; key++) {
    for (const [i, value] of values.entries()) {
      const number = numbers.get(`${key}/${i}`)!
      expect(table.intern(key, structuredClone(value))).toBe(number)
      expect(table.valueOf(number)).toEqual(value)
      expect(table.keys.items[number]).toBe(key)
    }
  }
})
