/**
 * No false alarms: databases that keep a promise, with failed and pending transactions, are never accused of breaking it;
 * and those that keep less are convicted sooner or later. CHAOS_FUZZ=n tries n histories of each.
 */
import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {listAppend} from './list-append.ts'
import type {Model} from './models.ts'
import {rwRegister} from './rw-register.ts'
import {type Isolation, simulate} from './simulated-database.fixture.ts'
import type {Workload} from './transactions.ts'

const HISTORIES = Math.max(30, Math.floor(Number(process.env['CHAOS_FUZZ'] ?? 0) / 100))
const TIMEOUT_MS = 60_000 + 500 * HISTORIES

/** What each database keeps, and what it was seen to break. */
const PROMISES: Readonly<Record<Isolation, {readonly keeps: readonly Model[]; readonly breaks: readonly Model[]}>> = {
  strict: {keeps: ['strict-serializable'], breaks: []},
  'stale-readers': {keeps: ['serializable'], breaks: ['strong-session-serializable', 'strong-snapshot-isolation']},
  snapshot: {keeps: ['strong-snapshot-isolation'], breaks: ['repeatable-read']},
  'read-committed': {keeps: ['strong-read-committed'], breaks: ['snapshot-isolation', 'repeatable-read']},
  'read-uncommitted': {keeps: [], breaks: ['read-committed']},
}

const cases = (['list-append', 'rw-register'] as const).flatMap((workload) =>
  (Object.keys(PROMISES) as Isolation[]).map((isolation) => ({workload, isolation})),
)

test.each(cases)('$workload on $isolation', {timeout: TIMEOUT_MS}, async ({workload, isolation}) => {
  const {keeps, breaks} = PROMISES[isolation]
  const broken = new Set<string>()
  for (let i = 0; i < HISTORIES; i++) {
    const random = createRandom(`promises/${workload}/${isolation}/${i}`)
    const history = simulate(random, {
      workload,
      isolation,
      transactions: random.between(20, 200),
      clients: random.between(2, 12),
      keys: random.between(1, 6),
      maxMops: random.between(2, 5),
      fail: 0.05,
      info: 0.05,
      lie: 0,
    })
    const {not, alsoNot} = (await checkerOf(workload, isolation).check(history)).detail as ElleDetail
    for (const model of [...not, ...alsoNot]) broken.add(model)
    for (const model of keeps) expect([...not, ...alsoNot], `history ${i}`).not.toContain(model)
  }
  expect([...broken]).toEqual(expect.arrayContaining([...breaks]))
})

function checkerOf(workload: Workload, isolation: Isolation) {
  if (workload === 'list-append') return listAppend()
  // Readers of old states, and only they, break the order of versions that real time would give.
  const orderly = isolation === 'strict'
  return rwRegister({sequentialKeys: orderly, linearizableKeys: orderly})
}
