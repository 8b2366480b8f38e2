/**
 * rw-register against its definitions, under every combination of assumptions, on small random histories.
 * CHAOS_FUZZ=n tries n distinct histories instead of a few thousand; CHAOS_FUZZ_SEED gives others.
 */
import {expect, test} from 'vitest'
import type {History} from '../../core/history.ts'
import {createRandom} from '../../core/random.ts'
import {impliedBy, modelsRuledOutBy} from './anomalies.ts'
import {bruteTransactions, cycleTypes, isSerializable, withOrders} from './brute-force.fixture.ts'
import {type Assumptions, bruteRegisters} from './brute-registers.fixture.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {transactionsOf} from './from-history.ts'
import {upwards} from './models.ts'
import {rwRegister} from './rw-register.ts'
import {ISOLATIONS, simulate} from './simulated-database.fixture.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 1000)
const SEED = process.env['CHAOS_FUZZ_SEED'] ?? ''
const TIMEOUT_MS = 60_000 + 50 * HISTORIES

const ASSUMPTIONS: readonly Assumptions[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  writesFollowReads: (bits & 1) !== 0,
  sequentialKeys: (bits & 2) !== 0,
  linearizableKeys: (bits & 4) !== 0,
}))

function smallHistory(seed: string, i: number): History {
  const random = createRandom(`${SEED}${seed}/${i}`)
  return simulate(random, {
    workload: 'rw-register',
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

function detailOf(history: History, assumptions: Assumptions): ElleDetail {
  return rwRegister(assumptions).judge(transactionsOf(history, 'rw-register').transactions).detail as ElleDetail
}

function agree(history: History, assumptions: Assumptions, tally: Map<string, number>): void {
  const registers = bruteRegisters(bruteTransactions(history), assumptions)
  const cycles = cycleTypes(registers.committed, withOrders(registers.relation))
  const detail = detailOf(history, assumptions)
  const found = [...detail.anomalyTypes, ...detail.allowed]
  const shown = new Set(found.flatMap((type) => [...impliedBy(type)]))
  const truth = new Set([...registers.singles, ...cycles])
  for (const type of truth.size === 0 ? ['none'] : truth) tally.set(type, (tally.get(type) ?? 0) + 1)
  const ruledOut = upwards([...truth].flatMap((type) => [...modelsRuledOutBy(type)]))
  // Version orders from several sources are not reduced: an edge may skip a version. By the definitions such a cycle is one
  // with a version more, and never a milder one; so it may add a name but no model.
  const isHarmless = (type: string) =>
    type.startsWith('G') && [...modelsRuledOutBy(type)].every((out) => ruledOut.has(out))
  const unfounded = found.filter((type) => !truth.has(type) && !isHarmless(type))
  expect(unfounded, 'found, but not there').toEqual([])
  const expected = [...truth].filter((type) => !/-(process|realtime)$/.test(type))
  const missed = expected.filter((type) => !shown.has(type) && !(shown.has('G1c') && type.startsWith('G-nonadjacent')))
  expect(missed, 'there, but not found').toEqual([])
  expect(new Set([...detail.not, ...detail.alsoNot])).toEqual(ruledOut)
}

test('finds exactly what the definitions find, whatever is assumed', {timeout: TIMEOUT_MS}, () => {
  const distinct = new Set<string>()
  const tally = new Map<string, number>()
  for (let i = 0; distinct.size < HISTORIES; i++) {
    const history = smallHistory('definitions', i)
    const assumptions = ASSUMPTIONS[i % ASSUMPTIONS.length]!
    const text = textOf(history)
    if (distinct.has(text)) continue
    distinct.add(text)
    try {
      agree(history, assumptions, tally)
    } catch (error) {
      throw new Error(`history ${i}, ${JSON.stringify(assumptions)}:\n${text}`, {cause: error})
    }
  }
  const kinds = ['none', 'G1c', 'G-single-item', 'G2-item', 'G-single-item-realtime', 'G1a', 'G1b']
  for (const kind of [...kinds, 'lost-update', 'cyclic-versions', 'thin-air-read', 'future-read']) {
    expect(tally.get(kind) ?? 0, `histories with ${kind}`).toBeGreaterThan(0)
  }
  if (process.env['CHAOS_FUZZ']) console.log(`${distinct.size} distinct histories`, Object.fromEntries(tally))
})

test('accuses no history that some order of its transactions explains', {timeout: TIMEOUT_MS}, () => {
  const tally = {strict: 0, serial: 0}
  for (let i = 0; i < HISTORIES; i++) {
    const history = smallHistory('orders', i)
    const context = textOf(history)
    const transactions = bruteTransactions(history)
    for (const assumptions of ASSUMPTIONS) {
      const {committed} = bruteRegisters(transactions, assumptions)
      const detail = detailOf(history, assumptions)
      const out = new Set([...detail.not, ...detail.alsoNot])
      if (isSerializable(committed, true, false)) {
        tally.strict++
        expect(out, context).toEqual(new Set())
      } else if (
        !assumptions.sequentialKeys &&
        !assumptions.linearizableKeys &&
        isSerializable(committed, false, false)
      ) {
        tally.serial++
        expect(out.has('serializable'), context).toBe(false)
      }
    }
  }
  expect(tally.strict).toBeGreaterThan(HISTORIES / 10)
  expect(tally.serial).toBeGreaterThan(HISTORIES / 100)
})

function textOf(history: History): string {
  return history.ops.map((op) => `${op.process} ${op.type} ${JSON.stringify(op.value)}`).join('\n')
}
