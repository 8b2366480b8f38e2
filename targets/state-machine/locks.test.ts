import {expect, test} from 'vitest'
import {Locks} from './locks.ts'

const ALICE = 1
const BOB = 2

function told(locks: Locks, f: string, value: number, session = ALICE) {
  const answer = locks.perform(f, 'x', value, session)
  return answer.type === 'ok' ? answer.value : answer.type === 'failed' ? answer.error : answer.type
}

test('one holder at a time, and tokens that only grow', () => {
  const locks = new Locks()
  expect(told(locks, 'acquire', 500)).toBe(1)
  expect(told(locks, 'acquire', 500, BOB)).toBe('held')
  expect(told(locks, 'release', 1)).toBe(1)
  expect(told(locks, 'acquire', 500, BOB)).toBe(2)
  expect(told(locks, 'release', 1)).toBe('not held')
  expect(locks.held().map(([name, {token, leaseMs}]) => [name, token, leaseMs])).toEqual([['x', 2, 500]])
})

test('the resource refuses a token older than one it has seen, unless it is the bug that it does not', () => {
  for (const fencing of [true, false]) {
    const locks = new Locks({fencing})
    told(locks, 'acquire', 500)
    expect(told(locks, 'expire', 1)).toBe(1)
    told(locks, 'acquire', 500, BOB)
    expect(told(locks, 'use', 1)).toBe(1)
    expect(told(locks, 'use', 2, BOB)).toBe(2)
    expect(told(locks, 'use', 1)).toBe(fencing ? 'stale token' : 1)
  }
})

test('a lease that was renewed by another grant is not expired by the old token', () => {
  const locks = new Locks()
  told(locks, 'acquire', 500)
  told(locks, 'release', 1)
  told(locks, 'acquire', 500, BOB)
  expect(told(locks, 'expire', 1)).toBe('not held')
  const copy = new Locks()
  copy.restore(locks.snapshot())
  expect(told(copy, 'acquire', 500)).toBe('held')
})
