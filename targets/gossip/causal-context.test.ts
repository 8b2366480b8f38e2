import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {CausalContext} from './causal-context.ts'

test('a vector with what lies beyond its gaps', () => {
  const it = new CausalContext()
  for (const sequence of [1, 2, 5, 4]) it.add('a', sequence)
  expect([it.vector(), it.cloud().sort()]).toEqual([
    {a: 2},
    [
      ['a', 4],
      ['a', 5],
    ],
  ])
  expect([2, 3, 4, 6].map((sequence) => it.has('a', sequence))).toEqual([true, false, true, false])
  it.add('a', 3)
  expect([it.vector(), it.cloud(), it.has('b', 1)]).toEqual([{a: 5}, [], false])
})

test('cover closes gaps, but only from something that is already seen', () => {
  const it = new CausalContext()
  it.add('a', 1)
  it.add('a', 4)
  it.add('a', 7)
  expect([it.cover('a', 2, 5), it.upTo('a')], 'we lack 2').toEqual([false, 1])
  expect([it.cover('a', 0, 3), it.upTo('a')], '4 was there already').toEqual([true, 4])
  expect([it.cover('a', 0, 3), it.upTo('a')], 'nothing new').toEqual([false, 4])
  expect([it.cover('a', 4, 8), it.vector(), it.cloud()]).toEqual([true, {a: 8}, []])
})

test('in any order, with repetitions, it comes to the same', () => {
  const random = createRandom('context')
  for (let round = 0; round < 50; round++) {
    const it = new CausalContext()
    const sequences = random.shuffle([...Array(20).keys()].map((i) => i + 1))
    for (const sequence of [...sequences, ...sequences.slice(0, 5)]) it.add('a', sequence)
    expect([it.vector(), it.cloud()]).toEqual([{a: 20}, []])
  }
})
