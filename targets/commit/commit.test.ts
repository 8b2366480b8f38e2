/** Locks and operations by themselves, and whole clusters in the modes that `tests/targets.test.ts` does not run. */
import {describe, expect, test} from 'vitest'
import {parseNemeses} from '../../nemesis/index.ts'
import {judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {commit} from './index.ts'
import {Locks, older} from './locks.ts'
import {execute, transactionOf} from './operations.ts'
import {modeOf} from './settings.ts'

test('shared locks go together, exclusive ones do not', () => {
  const locks = new Locks()
  const [a, b] = [
    {txn: 'a', age: 1},
    {txn: 'b', age: 2},
  ]
  locks.take(a, new Map([['x', false]]))
  expect(locks.conflicts('b', new Map([['x', false]]))).toEqual([])
  expect(locks.conflicts('b', new Map([['x', true]]))).toEqual([a])
  locks.take(b, new Map([['x', false]]))
  locks.release('a', ['x'])
  expect(locks.conflicts('c', new Map([['x', true]]))).toEqual([b])
  expect(older(a, b)).toBe(true)
})

test('a transaction sees its own writes, and money is not overdrawn', () => {
  const {operations} = transactionOf('txn', [
    ['r', 'x', null],
    ['append', 'x', 2],
    ['r', 'x', null],
  ])!
  const outcome = execute(operations, () => [1])
  expect(outcome).toEqual({
    writes: {x: [1, 2]},
    results: [
      [0, [1]],
      [2, [1, 2]],
    ],
  })
  const transfer = transactionOf('transfer', {from: 'a', to: 'b', amount: 101})!
  expect(execute(transfer.operations, () => undefined)).toEqual({refused: 'insufficient funds'})
})

test('a mode that does not exist is refused with those that do', () => {
  expect(() => modeOf({mode: '4pc'})).toThrow('4pc')
})

describe('never accused of what its mode promises', () => {
  test.each([
    ['three phases while nodes only crash', '3pc', 'kill'],
    ['try-confirm-cancel under everything', 'tcc', 'all'],
  ])('%s', async (_, mode, faults) => {
    for (let seed = 1; seed <= 10; seed++) {
      const {verdicts, simulation} = await judged({
        target: commit,
        workload: WORKLOADS['bank']!,
        nemeses: parseNemeses(faults),
        seed,
        strict: true,
        args: {mode},
      })
      const accused = verdicts.filter(({validity}) => validity === 'invalid')
      expect(accused.map(({anomalies}) => anomalies[0]?.sentence)).toEqual([])
      expect(simulation.recovered).toBe(true)
    }
  })
})
