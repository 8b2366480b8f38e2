import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {counter} from './counter.ts'

type Claim = 'linearizable' | 'eventual'
const judge = (text: string, claim: Claim = 'linearizable') => counter({claim}).check(diagram(text))

it('says what was read and what was possible', async () => {
  const verdict = await judge(`
    0 |add 5|   |add 3 >
    1       |add -2|      |read x=9|
  `)
  expect(verdict).toMatchObject({validity: 'invalid', kind: 'safety'})
  expect(verdict.anomalies[0]).toMatchObject({
    sentence: 'Process 1 read 9 of x, but only 0 was possible.',
    witness: [6, 7],
  })
})

it.each<[string, string, Claim, string[]]>([
  ['an acknowledged amount is missing', '0 |add 5|  |read 3|', 'linearizable', ['counter-out-of-bounds']],
  ['an amount counts twice', '0 |add 5|  |read 10|', 'linearizable', ['counter-out-of-bounds']],
  ['a decrement is missing', '0 |add 5| |decrement 2| |read 5|', 'linearizable', ['counter-out-of-bounds']],
  ['a failed amount counts', '0 |add 5 # |read 5|', 'linearizable', ['counter-out-of-bounds']],
  ['the final read misses an amount', '0 |add 5| |read! 0|', 'eventual', ['counter-wrong-final']],
  [
    'the final read is between the possible sums',
    '0 |add 5| |add 4 >\n1             |read! 7|',
    'eventual',
    ['counter-wrong-final'],
  ],
  ['nothing was read back', '0 |add 5| |read nil|', 'linearizable', ['reply-mismatch']],
  ['a word was read back', '0 |add 5| |read five|', 'linearizable', ['reply-mismatch']],
])('convicts: %s', async (_, text, claim, types) => {
  const verdict = await judge(text, claim)
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it.each<[string, string, Claim]>([
  ['a read beside an add', '0 |add 5|\n1 |read 5| |read 5|', 'linearizable'],
  ['a stale read of an eventual counter', '0 |add 5| |read 0| |read! 5|', 'eventual'],
  ['an unknown amount in the final read, or not', '0 |add 5 >\n1 |add 2| |read! 7|\n2         |read! 2|', 'eventual'],
  ['an increment without an amount', '0 |increment| |read 1|', 'linearizable'],
])('accepts: %s', async (_, text, claim) => {
  expect(await judge(text, claim)).toMatchObject({validity: 'valid', anomalies: []})
})

it('says unknown where nothing was read', async () => {
  expect(await judge('0 |add 5|')).toMatchObject({validity: 'unknown', reason: 'No read succeeded.'})
})

it('is exact beyond what a double can hold', async () => {
  const big = 2n ** 60n
  const record = (amount: unknown, read: unknown) =>
    history([
      {index: 0, timeNs: 0, process: 0, type: 'invoke', f: 'add', value: amount},
      {index: 1, timeNs: 1, process: 0, type: 'ok', f: 'add', value: amount},
      {index: 2, timeNs: 2, process: 0, type: 'invoke', f: 'add', value: 2},
      {index: 3, timeNs: 3, process: 0, type: 'ok', f: 'add', value: 2},
      {index: 4, timeNs: 4, process: 1, type: 'invoke', f: 'read', value: null, final: true},
      {index: 5, timeNs: 5, process: 1, type: 'ok', f: 'read', value: read, final: true},
    ])
  expect(await counter().check(record(big, big + 2n))).toMatchObject({validity: 'valid'})
  expect(await counter().check(record(big, big + 1n))).toMatchObject({validity: 'invalid'})
  expect(await counter().check(record(0.5, 2.5))).toMatchObject({validity: 'valid'})
  expect(await counter().check(record(0.5, 2.25))).toMatchObject({validity: 'invalid'})
  expect(() => counter().check(record(Number.NaN, 2))).toThrow('op #0 asks for add NaN: not a number')
  expect(() => counter().check(record('five', 2))).toThrow('op #0 asks for add five: not a number')
})

it('looks through the sums of a thousand unknown amounts', async () => {
  const pending = Array.from({length: 1000}, (_, i) => `${i + 1} |add ${i % 2 === 0 ? 1000 : -998} >`)
  // Sums are even, up to 500 000: a read of 7 is within bounds, and impossible.
  expect((await judge(`0 |add 0|\n${pending.join('\n')}\n0                        |read! 8|`)).validity).toBe('valid')
  expect((await judge(`0 |add 0|\n${pending.join('\n')}\n0                        |read! 7|`)).anomalies).toMatchObject(
    [{type: 'counter-wrong-final'}],
  )
})

/** The definition, read by read: over all subsets where it asks for one. */
function reference(record: History, claim: Claim): Set<string> {
  const found = new Set<string>()
  for (const key of new Set(record.operations.map((operation) => operation.key))) {
    const mine = [...record.operations].filter((operation) => operation.key === key && operation.outcome !== 'fail')
    const signed = ({f, input}: Operation) => (f === 'decrement' ? -Number(input ?? 1) : Number(input ?? 1))
    const changes = mine.filter(({f}) => f !== 'read')
    for (const read of mine.filter(({f, outcome}) => f === 'read' && outcome === 'ok')) {
      if (typeof read.output !== 'number' || read.output % 1 !== 0) {
        found.add('reply-mismatch')
        continue
      }
      const begun = changes.filter((change) => change.invoke.index < endIndex(read))
      const over = begun.filter((change) => change.outcome === 'ok' && endIndex(change) < read.invoke.index)
      const sum = (list: readonly Operation[], counts: (amount: number) => boolean) =>
        list
          .map(signed)
          .filter(counts)
          .reduce((a, b) => a + b, 0)
      const must = claim === 'eventual' ? [] : over
      const low = sum(must, (n) => n > 0) + sum(begun, (n) => n < 0)
      const high = sum(begun, (n) => n > 0) + sum(must, (n) => n < 0)
      if (read.output < low || read.output > high) {
        found.add(read.final ? 'counter-wrong-final' : 'counter-out-of-bounds')
      } else if (read.final) {
        const open = begun.filter((change) => !over.includes(change))
        const possible = Array.from({length: 1 << open.length}, (_, subset) =>
          sum([...over, ...open.filter((_, bit) => (subset >> bit) & 1)], () => true),
        )
        if (!possible.includes(read.output)) found.add('counter-wrong-final')
      }
    }
  }
  return found
}

it.each<Claim>(['linearizable', 'eventual'])('agrees with the definition: %s', (claim) => {
  fuzz(
    `counter/${claim}`,
    fuzzCount(2000),
    (random) => {
      const sums: Record<string, number> = {x: 0, y: 0}
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 4),
          operations: random.between(2, 9),
          info: 0.2,
          fail: 0.1,
          lie: random.pick([0, 0.1, 0.3]),
          nameless: 0.1,
        },
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            if (draws.chance(0.4)) return {f: 'read', key}
            if (draws.chance(0.7)) return {f: 'add', key, input: draws.pick([1, 2, 5, -1, -3, 0])}
            const input = draws.pick([{input: 2}, {}])
            return {f: draws.pick(['increment', 'decrement']), key, ...input}
          },
          apply: ({f, key, input}) => {
            const amount = Number(input ?? 1)
            if (f !== 'read') sums[key as string]! += f === 'decrement' ? -amount : amount
            return f === 'read' ? sums[key as string] : (input ?? null)
          },
          lie: ({f}, answer, draws) =>
            f === 'read'
              ? draws.pick(
                  [-2, -1, 1, 2, 1, null, '1', [1], 0.5].map((n) =>
                    typeof n === 'number' ? (answer as number) + n : n,
                  ),
                )
              : answer,
          final: [{f: 'read', key: 'x'}],
        },
      )
    },
    (record) => {
      const expected = reference(record, claim)
      const {anomalies, validity} = counter({claim}).check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      expect(validity === 'invalid').toBe(expected.size > 0)
      return expected
    },
    {kinds: ['counter-out-of-bounds', 'counter-wrong-final', 'reply-mismatch']},
  )
})

it('puts up with losses where the store may lose what it acknowledged, but not with amounts that nobody added', async () => {
  const lossy = (text: string) => counter({claim: 'eventual', lossy: true}).check(diagram(text)) as Verdict
  expect(lossy('0 |add 5| |add 3| |read! 3|')).toMatchObject({validity: 'valid'})
  expect(lossy('0 |add 5| |add 3| |read! 9|').validity).toBe('invalid')
})
