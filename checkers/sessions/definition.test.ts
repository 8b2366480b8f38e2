/** Sessions, sequential consistency and the ladder against their definitions, over records that follow from nothing. */
import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRegisters} from '../testing/any-record.fixture.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, reported} from '../testing/fuzz.fixture.ts'
import {hasOneOrder, holds} from './definition.fixture.ts'
import {SESSION_MODELS, sequentialConsistency} from './index.ts'
import {ladder, type Rung} from './ladder.ts'
import {session} from './session.ts'

/** A record of registers. */
const registers = (random: Random): History =>
  anyRegisters(random, {keys: [[undefined], ['x'], ['x', 'y'], [1, '1']], most: 8, open: 0.1})

it.each(Object.keys(SESSION_MODELS))('%s is what its definition says', (model) => {
  const checker = session(model as never)
  fuzz(`definition of ${model}`, fuzzCount(400), registers, (record) => {
    const verdict = checker.check(record) as {validity: string}
    const expected = holds(model, record)
    if (verdict.validity !== 'unknown') expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
    else expect(record.operations.some(({f, outcome}) => f === 'read' && outcome === 'ok')).toBe(false)
    return expected
  })
})

/** Distinct records with what `expect` says of them, for checkers that answer later. */
function collected(name: string, count: number, expectation: (record: History) => boolean): [History, boolean][] {
  const records: [History, boolean][] = []
  fuzz(name, fuzzCount(count), registers, (record) => {
    const expected = expectation(record)
    records.push([record, expected])
    return expected
  })
  return records
}

it('sequential is what its definition says', async () => {
  for (const [record, expected] of collected('definition of sequential', 400, (one) => hasOneOrder(one))) {
    const {validity} = await sequentialConsistency().check(record)
    if (validity !== 'unknown') expect(validity, reported(record)).toBe(expected ? 'valid' : 'invalid')
  }
})

it('every rung of the ladder is what its definition says', async () => {
  for (const [record, linear] of collected('definition of the ladder', 250, (one) => hasOneOrder(one, true))) {
    const {rungs = []} = ((await ladder().check(record)).detail ?? {}) as {rungs?: readonly Rung[]}
    for (const {model, validity} of rungs) {
      if (validity === 'unknown' || model === 'convergent') continue
      const expected =
        model === 'linearizable' ? linear : model === 'sequential' ? hasOneOrder(record) : holds(model, record)
      expect(validity, `${model} of ${reported(record)}`).toBe(expected ? 'valid' : 'invalid')
    }
  }
})

it('a compare-and-set of unknown outcome that somebody saw had found what it expected', () => {
  const found = (expected: string) => `0 |cas x=[${expected} 2] >\n1                  |read x=2|`
  const judged = (text: string) => (session('monotonic-reads').check(diagram(text)) as Verdict).anomalies
  expect(judged(found('nil'))).toEqual([])
  expect(judged(found('7'))).toMatchObject([{type: 'phantom-read', witness: [0, 1]}])
  expect(judged('0 |cas x=[7 2] >')).toEqual([])
})
