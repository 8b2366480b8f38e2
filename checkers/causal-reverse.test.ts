import {expect, it} from 'vitest'
import {causalReverse} from './causal-reverse.ts'
import {diagram} from './diagram.ts'
import {endIndex} from './finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'

it('convicts a later write seen without an earlier one', async () => {
  const verdict = await causalReverse().check(
    diagram('0 |write 1|\n1            |write 2|\n2                       |read [2]|'),
  )
  expect(verdict.anomalies).toMatchObject([
    {
      type: 'causal-reverse',
      sentence: 'Process 2 read 2 but not 1, which was acknowledged before 2 was written.',
      witness: [0, 1, 2, 3, 4, 5],
    },
  ])
})

it.each([
  ['stale but in order', '0 |write 1|\n1            |write 2|\n2                       |read [1]|'],
  ['at the same time', '0 |write 1|\n1       |write 2|\n2                  |read [2]|'],
  ['the earlier one is unknown', '0 |write 1 >\n1            |write 2|\n2                       |read [2]|'],
])('accepts: %s', async (_, text) => {
  expect(await causalReverse().check(diagram(text))).toMatchObject({validity: 'valid'})
})

it('agrees with the definition', () => {
  fuzz(
    'causal-reverse',
    fuzzCount(1500),
    (random) => {
      let value = 0
      const written: number[] = []
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(3, 10), info: 0.1, lie: random.pick([0, 0.8])},
        {
          draw: (draws) => (draws.chance(0.4) ? {f: 'read'} : {f: 'write', input: ++value}),
          apply: ({f, input}) => (f === 'read' ? [...written] : written.push(input as number)),
          lie: ({f}, answer, draws) => (f === 'read' ? (answer as number[]).filter(() => draws.chance(0.5)) : answer),
        },
      )
    },
    (record) => {
      const {operations} = record
      const writes = operations.filter(({f}) => f === 'write')
      const expected = operations.every((read) => {
        if (read.f !== 'read' || read.outcome !== 'ok') return true
        const seen = read.output as number[]
        return writes.every((b) =>
          writes.every(
            (a) =>
              !(
                a.outcome === 'ok' &&
                endIndex(a) < b.invoke.index &&
                seen.includes(b.input as number) &&
                !seen.includes(a.input as number)
              ),
          ),
        )
      })
      const verdict = causalReverse().check(record) as {validity: string}
      if (verdict.validity !== 'unknown') expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
      else expect(expected).toBe(true)
      return expected
    },
  )
})
