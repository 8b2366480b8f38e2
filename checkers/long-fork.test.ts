import {expect, it} from 'vitest'
import {UsageError} from '../core/error.ts'
import {diagram} from './diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
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

it('agrees with comparing every two reads', () => {
  fuzz(
    'long-fork',
    fuzzCount(1500),
    (random) => {
      let key = 0
      const written = new Set<number>()
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(6, 12), info: 0.1, lie: random.pick([0, 0.9])},
        {
          draw: (draws) =>
            (key > 0 && draws.chance(0.65)) || key >= 3
              ? {
                  f: 'read',
                  input: draws
                    .pick([
                      [0, 1, 2],
                      [0, 1, 2],
                      [1, 2],
                    ])
                    .map((k) => ['r', k, null]),
                }
              : {f: 'write', input: [['w', key++, 1]]},
          apply: ({f, input}) => {
            const micros = input as [string, number, unknown][]
            if (f === 'write') written.add(micros[0]![1])
            return f === 'write' ? input : micros.map(([, k]) => ['r', k, written.has(k) ? 1 : null])
          },
          lie: ({f}, answer, draws) =>
            f === 'read'
              ? (answer as [string, number, unknown][]).map(([, k, v]) => ['r', k, draws.chance(0.5) ? v : null])
              : answer,
        },
      )
    },
    (record) => {
      const reads = record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
      const sights = reads.map(({output}) => new Map((output as [string, number, unknown][]).map(([, k, v]) => [k, v])))
      const sees = (a: Map<number, unknown>, b: Map<number, unknown>) =>
        [...a].some(([k, v]) => v !== null && b.get(k) === null)
      const expected = sights.every((a) => sights.every((b) => a.size !== b.size || !(sees(a, b) && sees(b, a))))
      const verdict = longFork().check(record) as {validity: string}
      if (verdict.validity !== 'unknown') expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
      else expect(expected).toBe(true)
      return expected
    },
  )
})
