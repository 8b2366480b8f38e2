/**
 * Consensus against its definition: an order of the operations in which the first proposal decides (Herlihy 1991), looked for by
 * trying all; written without a look at the checker, over records that follow from nothing.
 */
import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord, anyValue, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {consensus} from './consensus.ts'
import {consensusWatch} from './consensus-watch.ts'

function decisions(random: Random): History {
  const keys = random.pick([[undefined], ['x', 'y'], [1, '1']])
  const wait = random.pick([0, 0.2])
  const shift = random.int(8)
  const values = random.between(1, 3)
  const some = (draws: Random) => anyValue(shift + draws.int(values), draws.int(2))
  const told = new Map(keys.map((key) => [key, some(random)]))
  const faithful = random.pick([0.7, 0.9, 1])
  return anyRecord(random, {
    workers: random.between(1, 4),
    operations: random.between(0, 8),
    open: wait,
    draw: (draws) => {
      const key = draws.pick(keys)
      const common = key === undefined ? {} : {key}
      const decision = (late: Random) => (late.chance(faithful) ? told.get(key) : some(late))
      return draws.chance(0.6)
        ? {...common, f: 'propose', input: some(draws), answer: decision}
        : {...common, f: 'read', answer: (late) => (late.chance(0.3) ? null : decision(late))}
    },
  })
}

function decides(operations: readonly Operation[]): boolean {
  const mayBe = operations.filter(({outcome, f}) => outcome === 'ok' || (outcome === 'info' && f === 'propose'))
  const go = (left: readonly Operation[], decision: string): boolean =>
    left.every(({outcome}) => outcome === 'info') ||
    left.some((one) => {
      if (left.some((other) => other.endNs < one.startNs)) return false
      const after = one.f === 'propose' && decision === 'nil' ? identity(one.input) : decision
      if (one.outcome === 'ok' && identity(one.output) !== after) return false
      return go(
        left.filter((other) => other !== one),
        after,
      )
    })
  return go(mayBe, 'nil')
}

it('is what its definition says', () => {
  fuzz('definition of consensus', fuzzCount(1500), decisions, (record) => {
    const expected = [...record.byKey().values()].every((operations) => decides([...operations]))
    const {validity} = consensus().check(record) as Verdict
    if (validity === 'unknown') expect(expected).toBe(true)
    else expect(validity).toBe(expected ? 'valid' : 'invalid')
    return expected
  })
})

it('the watch tells what has no order whatever may still come, and all of that where no proposal fails', () => {
  fuzz('definition of the watch of consensus', fuzzCount(1500), decisions, (record) => {
    const watch = consensusWatch()
    const breach = record.ops.map((op) => watch.push(op)).find((found) => found !== undefined)
    const orderly = (some: History) => [...some.byKey().values()].every((operations) => decides([...operations]))
    if (breach !== undefined) {
      const sofar = history(record.ops.filter(({index}) => index <= breach.index))
      expect(orderly(sofar), breach.sentence).toBe(false)
    }
    const refused = [...record.operations].some(({f, outcome}) => f === 'propose' && outcome === 'fail')
    if (!refused) expect(breach === undefined).toBe(orderly(record))
    return breach === undefined
  })
})
