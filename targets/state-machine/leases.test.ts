/** Leases are counted in ticks from when a holder was heard, and never end early. */
import {expect, test} from 'vitest'
import {Leases} from './leases.ts'
import {Locks} from './locks.ts'

const settings = {leaseTickMs: 40, leaseMarginMs: 40}

/** x is held with token 1 for 100 ms. */
function held(): Locks {
  const locks = new Locks()
  locks.perform('acquire', 'x', 100, 7)
  return locks
}

/** Ticks until the lease of x is found to have run out. */
function ticksUntilExpired(leases: Leases, locks: Locks): number {
  for (let ticks = 1; ticks < 100; ticks++) if (leases.tick(locks).length > 0) return ticks
  throw new Error('the lease never ends')
}

test('a lease ends after its time and a margin, counted from the first look', () => {
  // The first tick sees the lock; 140 ms are over with the fourth after it.
  expect(ticksUntilExpired(new Leases(settings), held())).toBe(5)
})

test('a holder that is heard has its whole lease again', () => {
  const [leases, locks] = [new Leases(settings), held()]
  for (let i = 0; i < 4; i++) leases.tick(locks)
  leases.heard('x', 1)
  expect(ticksUntilExpired(leases, locks)).toBe(4)
})

test('an earlier holder is not heard in the name of the present one', () => {
  const [leases, locks] = [new Leases(settings), held()]
  for (let i = 0; i < 4; i++) leases.tick(locks)
  leases.heard('x', 0)
  expect(leases.tick(locks)).toEqual([{key: 'x', token: 1}])
})

test('who did not lead knows nothing, and gives a whole lease', () => {
  const [leases, locks] = [new Leases(settings), held()]
  for (let i = 0; i < 4; i++) leases.tick(locks)
  leases.forget()
  expect(ticksUntilExpired(leases, locks)).toBe(5)
})
