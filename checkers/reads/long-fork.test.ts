import {expect, it} from 'vitest'
import {UsageError} from '../../core/error.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {longFork} from './long-fork.ts'

const FORK = `
  0 |write [[w 1 5]]|
  1 |write [[w 2 6]]|
  2                     |read [[r 1 5] [r 2 nil]]|
  3                     |read [[r 1 nil] [r 2 6]]|
`

it('convicts a fork', async () => {
  const verdict = await longFork().check(diagram(FORK))
  expect(verdict.anomalies).toMatchObject([
    {
      type: 'long-fork',
      sentence: 'Process 2 saw the write of 1 but not of 2, and process 3 saw 2 but not 1.',
      witness: [0, 1, 2, 3, 4, 5, 6, 7],
    },
  ])
})

it('accepts reads that saw more and more, and groups of their own', async () => {
  expect(await longFork().check(diagram(FORK.replace('[r 1 nil] [r 2 6]', '[r 2 6] [r 1 5]')))).toMatchObject({
    validity: 'valid',
  })
  expect(await longFork().check(diagram(FORK.replace('[r 1 nil] [r 2 6]', '[r 3 nil] [r 2 6]')))).toMatchObject({
    validity: 'valid',
  })
})

it('reports values that nobody wrote, refuses keys that were written twice', async () => {
  const phantom = await longFork().check(diagram(FORK.replace('[r 1 5]', '[r 1 9]')))
  expect(phantom.anomalies.map(({type}) => type)).toContain('phantom-read')
  const twice = diagram(FORK.replace('[w 2 6]', '[w 1 6]'))
  expect(() => longFork().check(twice)).toThrow(UsageError)
  expect(await longFork().check(diagram('0 |write [[w 1 5]]|'))).toMatchObject({validity: 'unknown'})
})

type Micro = ['r' | 'w', number, unknown]

it('agrees with comparing every two reads', () => {
  fuzz(
    'long-fork',
    fuzzCount(1500),
    (random) => {
      let key = 0
      const written = new Set<number>()
      const forked = random.pick([0, 0, 0.4])
      const denied = random.pick([0, 0, 0.2])
      const GROUPS = [
        [0, 1, 2],
        [0, 1, 2],
        [1, 2],
        [0, 3],
      ]
      return fuzzHistory(
        random,
        {
          workers: random.between(2, 4),
          operations: random.between(6, 13),
          info: 0.08,
          fail: random.pick([0, 0.15]),
          lie: random.pick([0, 0, 0.1]),
        },
        {
          draw: (draws) =>
            (key > 0 && draws.chance(0.65)) || key >= 4
              ? {f: 'txn', input: draws.pick(GROUPS).map((k): Micro => ['r', k, null])}
              : {f: 'txn', input: [['w', key++, 1]]},
          apply: ({input}) => {
            const answer = (input as Micro[]).map(([f, k, v]): Micro => {
              if (f === 'w') written.add(k)
              return [f, k, f === 'w' ? v : written.has(k) && !random.chance(forked) ? 1 : null]
            })
            // Refused, and yet it is there.
            return (input as Micro[])[0]?.[0] === 'w' && random.chance(denied) ? undefined : answer
          },
          lie: (_, answer, draws) =>
            (answer as Micro[]).map(([f, k, v]) => [f, k, f === 'w' ? v : draws.pick([v, 1, 2])]),
        },
      )
    },
    (record) => {
      const expected = new Set<string>()
      const micros = (value: unknown) => value as Micro[]
      const sights: Map<number, unknown>[] = []
      for (const {outcome, output} of record.operations) {
        if (outcome !== 'ok' || micros(output)[0]?.[0] !== 'r') continue
        sights.push(new Map(micros(output).map(([, k, v]) => [k, v])))
        for (const [, k, v] of micros(output)) {
          if (v === null) continue
          const sources = record.operations.filter(({input}) => {
            const [write] = micros(input)
            return write?.[0] === 'w' && write[1] === k && write[2] === v
          })
          if (sources.length === 0) expected.add('phantom-read')
          else if (sources.every((source) => source.outcome === 'fail')) expected.add('failed-write-visible')
        }
      }
      const sees = (a: Map<number, unknown>, b: Map<number, unknown>) =>
        [...a].some(([k, v]) => v !== null && b.get(k) === null)
      const alike = (a: Map<number, unknown>, b: Map<number, unknown>) => `${[...a.keys()]}` === `${[...b.keys()]}`
      if (sights.some((a) => sights.some((b) => alike(a, b) && sees(a, b) && sees(b, a)))) expected.add('long-fork')
      const {anomalies} = longFork().check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['long-fork', 'phantom-read', 'failed-write-visible']},
  )
})
