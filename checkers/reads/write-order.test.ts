import {expect, it} from 'vitest'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {writeOrder} from './write-order.ts'

it.each<[string, string, string[]]>([
  ['all of them', '0 |write 7|\n1 |read [7 [c b a]]|', []],
  ['the first ones only', '0 |write 7|\n1 |read [7 [nil nil a]]|', []],
  ['none, and then all', '0 |write 7|\n1 |read [7 [nil nil]]| |read [7 [b a]]|', []],
  ['the last without the first', '0 |write 7|\n1 |read [7 [b nil]]|', ['non-monotonic-write']],
  ['a gap in the middle', '0 |write 7|\n1 |read [7 [nil c nil a]]|', ['non-monotonic-write']],
  ['values without a name', '0 |write 7|\n1 |read [b nil a]|', ['non-monotonic-write']],
  ['no list', '0 |write 7|\n1 |read 5| |read [7 [a]]|', ['reply-mismatch']],
])('%s', async (_, text, types) => {
  expect((await writeOrder().check(diagram(text))).anomalies.map(({type}) => type)).toEqual(types)
})

it('says what was found, and is unknown where nothing was', async () => {
  const verdict = await writeOrder().check(diagram('0 |write 7|\n1              |read [7 [c nil a]]|'))
  expect(verdict.anomalies).toMatchObject([
    {
      sentence: 'Process 1 found c and then nothing in its place 2, which had been written before: c nil a.',
      witness: [0, 1, 2, 3],
    },
  ])
  expect(await writeOrder().check(diagram('0 |write 7| |read [7 [nil nil]]|'))).toMatchObject({
    validity: 'unknown',
    reason: 'No read found anything.',
  })
})

it('agrees with comparing every two keys', () => {
  fuzz(
    'write-order',
    fuzzCount(1000),
    (random) => {
      const SIZE = 4
      const written = new Map<number, Set<number>>()
      let series = 0
      const hasty = random.pick([0, 0, 0.3])
      return fuzzHistory(
        random,
        {workers: random.between(2, 4), operations: random.between(3, 12), info: 0.15, lie: random.pick([0, 0, 0.1])},
        {
          draw: (draws) =>
            series > 0 && draws.chance(0.6)
              ? {f: 'read', input: draws.between(1, series)}
              : {f: 'write', input: ++series},
          apply: ({f, input}) => {
            const own = written.get(input as number) ?? new Set()
            written.set(input as number, own)
            if (f === 'write') {
              const far = random.between(0, SIZE)
              for (let place = 0; place < far; place++) if (!random.chance(hasty)) own.add(place)
              return input
            }
            return [input, Array.from({length: SIZE}, (_, i) => (own.has(SIZE - 1 - i) ? `k${SIZE - 1 - i}` : null))]
          },
          lie: ({f}, answer, draws) => (f === 'read' ? draws.pick([7, null, {a: 1}]) : answer),
        },
      )
    },
    (record) => {
      const expected = new Set<string>()
      for (const {f, outcome, output} of record.operations) {
        if (f !== 'read' || outcome !== 'ok') continue
        const found = Array.isArray(output) ? (output[1] as unknown[]) : undefined
        if (found === undefined) expected.add('reply-mismatch')
        else if (found.some((later, i) => later !== null && found.slice(i + 1).includes(null))) {
          expected.add('non-monotonic-write')
        }
      }
      const {anomalies} = writeOrder().check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['non-monotonic-write', 'reply-mismatch']},
  )
})
