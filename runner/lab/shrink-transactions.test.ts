/**
 * Shrinking of transaction histories: of a database that keeps a promise no part that is left breaks it, failed and pending
 * transactions included; what is left of a broken one is a part of what was recorded and broken in the same way.
 */
import {describe, expect, test} from 'vitest'
import type {ElleDetail} from '../../checkers/elle/elle-verdict.ts'
import {listAppend} from '../../checkers/elle/list-append.ts'
import type {Model} from '../../checkers/elle/models.ts'
import {rwRegister} from '../../checkers/elle/rw-register.ts'
import {type Isolation, simulate} from '../../checkers/elle/simulated-database.fixture.ts'
import type {Workload} from '../../checkers/elle/transactions.ts'
import type {History} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {createRandom, type Random} from '../../core/random.ts'
import {shrinkHistory, without} from './shrink-history.ts'

const HISTORIES = 60
const KEEPS: Readonly<Record<Isolation, readonly Model[]>> = {
  strict: ['strict-serializable'],
  'stale-readers': ['serializable'],
  snapshot: ['strong-snapshot-isolation'],
  'read-committed': ['strong-read-committed'],
  'read-uncommitted': [],
}

const cases = (['list-append', 'rw-register'] as const).flatMap((workload) =>
  (Object.keys(KEEPS) as Isolation[]).map((isolation) => ({workload, isolation})),
)

function checkerOf(workload: Workload, isolation: Isolation) {
  if (workload === 'list-append') return listAppend()
  const orderly = isolation === 'strict'
  return rwRegister({sequentialKeys: orderly, linearizableKeys: orderly})
}

function recorded(random: Random, workload: Workload, isolation: Isolation, lie = 0): History {
  return simulate(random, {
    workload,
    isolation,
    transactions: random.between(8, 60),
    clients: random.between(2, 8),
    keys: random.between(1, 4),
    maxMops: random.between(1, 4),
    fail: 0.1,
    info: 0.2,
    lie,
  })
}

describe.each(cases)('$workload on $isolation', ({workload, isolation}) => {
  const checker = checkerOf(workload, isolation)
  const typesOf = async (some: History) => new Set((await checker.check(some)).anomalies.map(({type}) => type))

  test('no part that is left breaks what the whole keeps, or shows another kind of anomaly', async () => {
    let left = 0
    for (let i = 0; i < HISTORIES; i++) {
      const random = createRandom(`shrink/${workload}/${isolation}/${i}`)
      const whole = recorded(random, workload, isolation)
      const share = random.next()
      const smaller = without(
        whole,
        [...whole.operations].filter(() => random.chance(share)),
        'seen',
      )
      left += whole.operations.length - smaller.operations.length
      const {not, alsoNot} = (await checker.check(smaller)).detail as ElleDetail
      for (const model of KEEPS[isolation]) expect([...not, ...alsoNot], `history ${i}`).not.toContain(model)
      if ((await typesOf(whole)).size === 0) expect([...(await typesOf(smaller))], `history ${i}`).toEqual([])
    }
    expect(left).toBeGreaterThan(HISTORIES)
  })

  test('what is left of a broken one was recorded so, and is broken in one of the same ways', {
    timeout: 60_000,
  }, async () => {
    let broken = 0
    for (let i = 0; i < 12; i++) {
      const random = createRandom(`shrunk/${workload}/${isolation}/${i}`)
      const whole = recorded(random, workload, isolation, 0.1)
      const types = await typesOf(whole)
      const smallest = await shrinkHistory({
        history: whole,
        judge: async (some) => [await checker.check(some)],
        signal: new AbortController().signal,
        onProgress() {},
      })
      if (smallest === undefined) continue
      broken++
      const {history, finding} = smallest
      expect(finding.anomalies.some(({type}) => types.has(type))).toBe(true)
      expect(history.length).toBeLessThanOrEqual(whole.length)
      expect(isPartOf(history, whole)).toBe(true)
      for (const {invoke, completion, process} of history.operations) {
        expect(completion === undefined || completion.process === process).toBe(true)
        expect(invoke.type).toBe('invoke')
      }
    }
    expect(broken).toBeGreaterThan(0)
  })
})

/** Whether these ops are some of those, in their order. */
function isPartOf(part: History, whole: History): boolean {
  const same = ({index: _, ...op}: Op) => JSON.stringify(op)
  const ops = [...whole.ops].map(same)
  let at = -1
  for (const op of part.ops) {
    at = ops.indexOf(same(op), at + 1)
    if (at < 0) return false
  }
  return true
}
