import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {type TransactionShape, transactionSource} from './generate.ts'
import type {MicroOp} from './micro-op.ts'

function take(count: number, shape: TransactionShape, seed = 'take'): (readonly MicroOp[])[] {
  const random = createRandom(seed)
  const transactions: (readonly MicroOp[])[] = []
  let source = transactionSource('list-append', shape)
  for (let i = 0; i < count; i++) {
    const next = source.next(random)
    source = next.source
    transactions.push(next.transaction)
  }
  return transactions
}

test('no value is ever written to a key twice, and keys are retired', () => {
  const mops = take(5000, {activeKeys: 4, maxWritesPerKey: 8}).flat()
  const writes = mops.filter((mop) => mop[0] === 'append').map((mop) => `${mop[1]}=${mop[2]}`)
  expect(new Set(writes).size).toBe(writes.length)
  expect(mops.every((mop) => mop[0] === 'r' || (mop[2] as number) <= 8)).toBe(true)
  expect(new Set(mops.map((mop) => mop[1])).size).toBeGreaterThan(500)
})

test('lengths, ratio of reads and skew are as asked', () => {
  const transactions = take(5000, {
    activeKeys: 4,
    minLength: 2,
    maxLength: 3,
    maxWritesPerKey: 1e9,
    skew: 2,
    readRatio: 0.25,
  })
  expect(new Set(transactions.map((mops) => mops.length))).toEqual(new Set([2, 3]))
  const mops = transactions.flat()
  expect(mops.filter((mop) => mop[0] === 'r').length / mops.length).toBeCloseTo(0.25, 1)
  const counts = [0, 1, 2, 3].map((key) => mops.filter((mop) => mop[1] === key).length)
  for (const key of [1, 2, 3]) expect(counts[key]! / counts[key - 1]!).toBeCloseTo(2, 0)
})

test('a source is a value: asked twice with the same chance, it answers the same', () => {
  const source = transactionSource('rw-register').next(createRandom(1)).source
  expect(source.next(createRandom(2)).transaction).toEqual(source.next(createRandom(2)).transaction)
  expect(take(50, {}, 'a')).toEqual(take(50, {}, 'a'))
})

test('registers are written, lists appended to', () => {
  const verbs = (workload: 'list-append' | 'rw-register') => {
    const {transaction} = transactionSource(workload, {minLength: 50, maxLength: 50}).next(createRandom(3))
    return new Set(transaction.map((mop) => mop[0]))
  }
  expect(verbs('list-append')).toEqual(new Set(['r', 'append']))
  expect(verbs('rw-register')).toEqual(new Set(['r', 'w']))
})
