import {expect, it} from 'vitest'
import {stats} from '../../checkers/liveness/stats.ts'
import {type Budget, BudgetSpent, type Checker, UNLIMITED} from '../../core/checker.ts'
import {History} from '../../core/history.ts'
import {OpStore} from '../../core/store/op-store.ts'
import {createBudget, MemoryLimit} from './budget.ts'
import {runCheckers} from './judge.ts'

/** Spent in any case: memory that the process gives back meanwhile is no excuse. */
const NONE = -1e15

/** Asks until it is spent: memory is not looked at each time. */
function spent(budget: Budget): string {
  for (;;) {
    const what = budget.exceeded()
    if (what !== undefined) return what
  }
}

it('memory is spent once the process has grown by more than it may', () => {
  expect(new MemoryLimit(1e15).exceeded()).toBeUndefined()
  expect(new MemoryLimit(NONE).exceeded()).toMatch(/ B of memory$/)
  expect(spent(createBudget(60_000, new MemoryLimit(NONE)))).toMatch(/ B of memory$/)
  expect(createBudget(60_000, 1e15).exceeded()).toBeUndefined()
  expect(createBudget(-1, 1e15).exceeded()).toMatch(/s of time$/)
})

it('a look throws while the limit stands', () => {
  const limit = new MemoryLimit(NONE)
  expect(limit.look).toThrow(BudgetSpent)
  limit.lift()
  expect(limit.look).not.toThrow()
})

it('a checker that reads on after the memory is spent is unknown, and the others go on', async () => {
  const limit = new MemoryLimit(NONE)
  const store = new OpStore(limit.look)
  for (let index = 0; index < 20_000; index++) {
    store.push({index, timeNs: index, type: index % 2 ? 'ok' : 'invoke', process: 0, f: 'read', value: null})
  }
  const unconcerned: Checker = {
    name: 'unconcerned',
    description: 'reads nothing',
    check: () => ({
      checker: 'unconcerned',
      property: 'nothing',
      kind: 'safety',
      validity: 'valid',
      summary: '',
      anomalies: [],
    }),
  }
  const verdicts = await runCheckers(new History(store), [stats(), unconcerned], UNLIMITED)
  expect(verdicts).toMatchObject([
    {
      checker: 'stats',
      validity: 'unknown',
      reason: expect.stringMatching(/^out of .* of memory: stats did not come to an end$/),
    },
    {checker: 'unconcerned', validity: 'valid'},
  ])
})
