import {expect, it} from 'vitest'
import {EdnLiteral} from './edn-literal.ts'
import {elementsOf, sameValue, showList, showValue, valueKey} from './value.ts'

it.each<[unknown, unknown]>([
  [
    {a: 1, b: [2, null]},
    {b: [2, null], a: 1},
  ],
  [new Set([1, 'x']), new Set(['x', 1])],
  [undefined, null],
  [2n ** 60n, 2n ** 60n],
  [Number.NaN, Number.NaN],
  [new EdnLiteral('1/3'), new EdnLiteral('1/3')],
])('%o is the same as %o', (left, right) => {
  expect(sameValue(left, right)).toBe(true)
  expect(valueKey(left)).toBe(valueKey(right))
})

it.each<[unknown, unknown]>([
  [1, '1'],
  [Number.NaN, 'NaN'],
  [Number.NaN, null],
  [null, 'null'],
  [
    [1, 2],
    [2, 1],
  ],
  [[1, 2], '\0[1,2]'],
  [[1], new Set([1])],
  [{a: 1}, {a: 1, b: null}],
  [['1'], [1]],
  ['\0"a', '\0a'],
  [true, 'true'],
])('%o is not %o', (left, right) => {
  expect(sameValue(left, right)).toBe(false)
})

it('prints values for sentences', () => {
  expect(
    [null, 3, 2n ** 60n, 'ok', 'a b', [1, null, [2]], {a: 1}, new Set([1])].map((value) => showValue(value)),
  ).toEqual(['nothing', '3', '1152921504606846976', 'ok', '"a b"', '[1 nil [2]]', '{a: 1}', '{1}'])
  // A text that looks like a number is not one: "Process 0 read 1, but only 1 was possible" says nothing.
  expect(['1', '-2.5e3', 'true', 'nil', 'n1', '2026-01-01', '1a'].map((value) => showValue(value))).toEqual([
    ...['"1"', '"-2.5e3"', '"true"', '"nil"'],
    ...['n1', '2026-01-01', '1a'],
  ])
  expect(showList([1, 2, 3, 4], 2)).toBe('1 2 … 2 more')
  expect(showValue(new EdnLiteral('#inst "2026"'))).toBe('#inst "2026"')
})

it('takes arrays and sets for collections, nothing for an empty one', () => {
  expect([[1], new Set([1]), null].map(elementsOf)).toEqual([[1], [1], []])
  expect([1, {}, undefined].map(elementsOf)).toEqual([undefined, undefined, undefined])
})
