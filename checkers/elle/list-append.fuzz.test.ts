/**
 * list-append against its definitions: small random histories of databases that keep one promise or none, lies included.
 * CHAOS_FUZZ=n tries n distinct histories instead of a few thousand; CHAOS_FUZZ_SEED gives others.
 */
import {expect, test} from 'vitest'
import type {History} from '../../core/history.ts'
import {createRandom} from '../../core/random.ts'
import {impliedBy, modelsRuledOutBy} from './anomalies.ts'
import {
  type BruteTransaction,
  bruteTransactions,
  cycleTypes,
  isSerializable,
  keysOf,
  readsOf,
  withOrders,
  writesOf,
} from './brute-force.fixture.ts'
import {bruteLists} from './brute-lists.fixture.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {transactionsOf} from './from-history.ts'
import {listAppend} from './list-append.ts'
import {upwards} from './models.ts'
import {ISOLATIONS, simulate} from './simulated-database.fixture.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 1000)
const SEED = process.env['CHAOS_FUZZ_SEED'] ?? ''
const TIMEOUT_MS = 60_000 + 50 * HISTORIES

function smallHistory(seed: string, i: number): History {
  const random = createRandom(`${SEED}${seed}/${i}`)
  return simulate(random, {
    workload: 'list-append',
    isolation: random.pick([...ISOLATIONS, 'snapshot', 'read-uncommitted', 'read-uncommitted']),
    transactions: random.between(3, 6),
    clients: random.between(2, 5),
    keys: random.between(1, 3),
    maxMops: random.between(2, 4),
    fail: random.pick([0, 0.2]),
    info: random.pick([0, 0.3]),
    lie: random.pick([0, 0.1, 0.3, 0.5]),
  })
}

function detailOf(history: History): ElleDetail {
  return listAppend().judge(transactionsOf(history, 'list-append').transactions).detail as ElleDetail
}

/** Every anomaly that the definitions find is found or implied, everything found is there, and the models agree. */
function agree(history: History, tally: Map<string, number>): void {
  const lists = bruteLists(bruteTransactions(history))
  const cycles = cycleTypes(lists.committed, withOrders(lists.relation))
  const detail = detailOf(history)
  const found = [...detail.anomalyTypes, ...detail.allowed]
  const shown = new Set(found.flatMap((type) => [...impliedBy(type)]))
  if (lists.isAmbiguous) {
    expect(found).toContain('incompatible-order')
    return
  }
  const truth = new Set([...lists.singles, ...cycles])
  for (const type of truth) tally.set(type, (tally.get(type) ?? 0) + 1)
  if (truth.size === 0) tally.set('none', (tally.get('none') ?? 0) + 1)
  expect(
    found.filter((type) => !truth.has(type)),
    'found, but not there',
  ).toEqual([])
  // With a G1 cycle around, a snapshot anomaly need not be told from the other cycles; it rules out nothing more.
  const expected = [...lists.singles, ...cycles].filter((type) => !/-(process|realtime)$/.test(type))
  const hasG1Cycle = shown.has('G1c')
  const missed = expected.filter((type) => !shown.has(type) && !(hasG1Cycle && type.startsWith('G-nonadjacent')))
  expect(missed, 'there, but not found').toEqual([])
  const ruledOut = upwards([...truth].flatMap((type) => [...modelsRuledOutBy(type)]))
  expect(new Set([...detail.not, ...detail.alsoNot])).toEqual(ruledOut)
}

test('finds exactly what the definitions find', {timeout: TIMEOUT_MS}, () => {
  const distinct = new Set<string>()
  const tally = new Map<string, number>()
  for (let i = 0; distinct.size < HISTORIES; i++) {
    const history = smallHistory('definitions', i)
    const text = textOf(history)
    if (distinct.has(text)) continue
    distinct.add(text)
    try {
      agree(history, tally)
    } catch (error) {
      throw new Error(`history ${i}:\n${text}`, {cause: error})
    }
  }
  const kinds = [
    'none',
    'G0',
    'G1c',
    'G-single-item',
    'G-nonadjacent-item',
    'G2-item',
    'G-single-item-realtime',
    'internal',
  ]
  for (const kind of [
    ...kinds,
    'G1a',
    'G1b',
    'lost-update',
    'incompatible-order',
    'G2-item-process',
    'thin-air-read',
  ]) {
    expect(tally.get(kind) ?? 0, `histories with ${kind}`).toBeGreaterThan(0)
  }
  if (process.env['CHAOS_FUZZ']) console.log(`${distinct.size} distinct histories`, Object.fromEntries(tally))
})

test('accuses no history that some order of its transactions explains; where all is seen, every other', {
  timeout: TIMEOUT_MS,
}, () => {
  const tally = {explained: 0, refuted: 0, stale: 0}
  for (let i = 0; i < HISTORIES; i++) {
    const history = smallHistory('orders', i)
    const transactions = bruteTransactions(history)
    const {committed} = bruteLists(transactions)
    const detail = detailOf(history)
    const out = new Set([...detail.not, ...detail.alsoNot])
    const context = textOf(history)
    const strict = isSerializable(committed, true, true)
    const serial = strict || isSerializable(committed, false, true)
    if (strict) expect(out, context).toEqual(new Set())
    if (serial) expect(out.has('serializable'), context).toBe(false)
    if (strict) tally.explained++
    else if (serial) tally.stale++
    if (!everyAppendIsSeen(committed)) continue
    if (!serial) tally.refuted++
    expect(out.has('serializable'), context).toBe(!serial)
    expect(out.has('strict-serializable'), context).toBe(!strict)
  }
  expect(tally.explained).toBeGreaterThan(HISTORIES / 20)
  expect(tally.refuted).toBeGreaterThan(HISTORIES / 100)
  expect(tally.stale).toBeGreaterThan(HISTORIES / 100)
})

function everyAppendIsSeen(committed: readonly BruteTransaction[]): boolean {
  return keysOf(committed).every((key) => {
    const seen = new Set(committed.flatMap((t) => readsOf(t, key) as number[][]).flat())
    return committed.flatMap((t) => writesOf(t, key)).every((element) => seen.has(element as number))
  })
}

function textOf(history: History): string {
  return history.ops.map((op) => `${op.process} ${op.type} ${JSON.stringify(op.value)}`).join('\n')
}
