/**
 * Counters of fractions: a history of tenths gets the verdict of the same history of whole numbers, in whatever notation its
 * numbers come, from the counter checker and from the linearizability checker's model alike.
 */
import {expect, test} from 'vitest'
import {EdnLiteral} from '../../core/edn-literal.ts'
import {exactRatio, showExact} from '../../core/exact.ts'
import {type History, history} from '../../core/history.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {linearizable} from '../linearizable/index.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {counter} from './counter.ts'

const literal = (text: string) => (/[M/]/.test(text) ? new EdnLiteral(text) : Number(text))
/** Notations of a number of parts, all of them exact. */
const NOTATIONS: Readonly<Record<string, (parts: number) => unknown>> = {
  decimals: (parts) => new EdnLiteral(`${showExact(exactRatio(BigInt(parts), 10n))}M`),
  'small decimals': (parts) => new EdnLiteral(`${parts}e-30M`),
  'whole decimals': (parts) => new EdnLiteral(`${parts}.0M`),
  thirds: (parts) => literal(`${parts % 3 === 0 ? parts / 3 : `${parts}/3`}`),
  'beyond 2^53': (parts) => BigInt(parts) * 3n ** 40n,
}

function mapped(record: History, into: (value: number) => unknown): History {
  return history([...record.ops].map((op) => (typeof op.value === 'number' ? {...op, value: into(op.value)} : op)))
}

/** Amounts that are fractions in tenths and in thirds. Where nothing but whole numbers is added, a fraction is a *reply-mismatch*. */
const FRACTIONS = [0.1, 0.2, 0.7, 1.1]

/** A counter in floating point, as most stores have it: sums of tenths that are seldom exactly those. */
function inBinary(random: Random): History {
  let sum = 0
  return fuzzHistory(
    random,
    {
      workers: random.between(1, 4),
      operations: random.between(2, 9),
      info: 0.2,
      fail: 0.1,
      lie: random.pick([0, 0.1, 0.3]),
    },
    {
      draw: (draws) => (draws.chance(0.4) ? {f: 'read'} : {f: 'add', input: draws.pick([...FRACTIONS, -0.3, 2, 0])}),
      apply: ({f, input}) => {
        if (f !== 'read') sum += input as number
        return f === 'read' ? sum : input
      },
      lie: ({f}, answer, draws) => (f === 'read' ? draws.pick([-0.2, -0.1, 0.1, 0.2, 1]) + (answer as number) : answer),
      final: [{f: 'read'}],
    },
  )
}

const judged = async (record: History) => {
  const model = (await linearizable({model: 'counter'}).check(record)) as Verdict
  const bounds = (['linearizable', 'eventual'] as const).map((claim) => counter({claim}).check(record) as Verdict)
  return {
    model: model.validity,
    // A third of which only whole numbers were added is another kind of wrong answer: the reads are what counts.
    bounds: bounds.map(({validity, anomalies}) => [validity, new Set(anomalies.map(({witness}) => witness.at(-1)))]),
  }
}

test('a history of fractions is judged as the same one of whole numbers', async () => {
  const records: History[] = []
  fuzz(
    'counter/fractions',
    fuzzCount(1500),
    inBinary,
    (record) => {
      if (record.operations.some(({f, input}) => f === 'add' && FRACTIONS.includes(input as number)))
        records.push(record)
      const {anomalies} = counter().check(record) as Verdict
      return new Set(anomalies.map(({type}) => type))
    },
    {kinds: ['counter-out-of-bounds', 'counter-wrong-final']},
  )
  let drifted = 0
  for (const record of records) {
    const parts = mapped(record, (value) => Math.round(value * 10))
    if ([...record.ops].some(({value}) => typeof value === 'number' && Math.round(value * 10) / 10 !== value)) drifted++
    const expected = await judged(parts)
    expect(await judged(record)).toEqual(expected)
    for (const [name, into] of Object.entries(NOTATIONS)) {
      expect(await judged(mapped(parts, into)), name).toEqual(expected)
    }
  }
  // Else rounding was not put to the test.
  expect(drifted).toBeGreaterThan(records.length / 20)
})

const read = (amount: unknown, answer: unknown) =>
  history(
    [
      ['add', 'invoke', amount],
      ['add', 'ok', amount],
      ['read', 'invoke', null],
      ['read', 'ok', answer],
    ].map(([f, type, value], index) => ({index, timeNs: index, process: 0, f, type, value}) as never),
  )

test.each<[string, unknown, unknown, string]>([
  ['a third', new EdnLiteral('1/3'), new EdnLiteral('1/3'), 'valid'],
  ['a third, less one place', new EdnLiteral('1/3'), 0.3333333333333333, 'valid'],
  ['a third, less a thousandth', new EdnLiteral('1/3'), 0.333, 'invalid'],
  ['a whole decimal', 3, new EdnLiteral('3M'), 'valid'],
  ['a decimal that is not whole', 3, new EdnLiteral('3.1M'), 'invalid'],
  // Whole numbers are added exactly in binary too.
  ['a whole number, and one place more', 3, 3.0000000000000004, 'invalid'],
  ['no number', 0.5, 'half', 'invalid'],
])('%s', async (_, amount, answer, validity) => {
  const {model, bounds} = await judged(read(amount, answer))
  expect(model).toBe(validity)
  expect(bounds[0]![0]).toBe(validity)
})

test('says what was possible in the notation of the history', async () => {
  const {anomalies} = counter().check(read(new EdnLiteral('0.10M'), new EdnLiteral('0.3M'))) as Verdict
  expect(anomalies[0]?.sentence).toBe('Process 0 read 0.3M, but only 0.1 was possible.')
  const model = (await linearizable({model: 'counter'}).check(read(new EdnLiteral('1/3'), 1))) as Verdict
  expect(model.anomalies[0]?.sentence).toBe('Process 0 read 1, but only 1/3 was possible')
})

test('an unknown amount in a final read of many', () => {
  const judge = (answer: string) =>
    counter({claim: 'eventual'}).check(diagram(`0 |add 0.5| |add 0.25 >\n1            |read! ${answer}|`)) as Verdict
  expect(judge('0.75').validity).toBe('valid')
  expect(judge('0.5').validity).toBe('valid')
  expect(judge('0.6').anomalies.map(({type}) => type)).toEqual(['counter-wrong-final'])
})
