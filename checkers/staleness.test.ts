import {expect, it} from 'vitest'
import {diagram} from './diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
import {staleness} from './staleness.ts'

// The second write returns 90 ms before the read begins.
const STALE = '0 |write 1|  |write 2|\n1                             |read 1|'

it('measures and bounds', async () => {
  const verdict = await staleness().check(diagram(STALE))
  expect(verdict).toMatchObject({validity: 'valid', measures: {maxMs: 90, maxVersions: 1}})
  expect(await staleness({boundMs: 90}).check(diagram(STALE))).toMatchObject({validity: 'valid'})
  const tooStale = await staleness({boundMs: 89}).check(diagram(STALE))
  expect(tooStale.anomalies).toMatchObject([
    {
      type: 'too-stale',
      sentence: 'Process 1 read 1 90 ms after it had been overwritten (by 1 write); 89 ms is the bound.',
    },
  ])
  expect(await staleness({boundVersions: 0}).check(diagram(STALE))).toMatchObject({validity: 'invalid'})
})

it.each([
  ['a concurrent write', '0 |write 1|\n1        |write 2|\n2                   |read 1|'],
  ['an unknown write', '0 |write 1| |write 2 >\n1                        |read 1|'],
  ['a fresh read', '0 |write 1| |write 2|\n1                       |read 2|'],
])('counts nothing against %s', async (_, text) => {
  expect(await staleness({boundMs: 0}).check(diagram(text))).toMatchObject({validity: 'valid', measures: {maxMs: 0}})
})

it('counts the initial value, and needs unique values', async () => {
  expect(await staleness({boundMs: 0}).check(diagram('0 |write 1|\n1            |read nil|'))).toMatchObject({
    validity: 'invalid',
  })
  expect(await staleness().check(diagram('0 |write 1| |write 1| |read 1|'))).toMatchObject({
    validity: 'unknown',
    reason: 'Values must be unique, but 1 was written twice.',
  })
})

it('agrees with the definition', () => {
  fuzz(
    'staleness',
    fuzzCount(1500),
    (random) => {
      let value = 0
      const written: (number | null)[] = [null]
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(3, 10), info: 0.1},
        {
          draw: (draws) => (draws.chance(0.5) ? {f: 'read'} : {f: 'write', input: ++value}),
          apply: ({f, input}) =>
            f === 'read'
              ? written[Math.max(0, written.length - random.pick([1, 1, 2, 3]))]
              : written.push(input as number),
        },
      )
    },
    (record) => {
      const reads = record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
      const writes = record.operations.filter(({f}) => f === 'write')
      const stale = reads.map((read) => {
        const own = writes.find(({input}) => input === read.output)
        const sameReads = reads.filter(({output}) => output === read.output).map(({endNs}) => endNs)
        const done = own === undefined ? Number.NEGATIVE_INFINITY : Math.min(own.endNs, ...sameReads)
        const over = writes.filter((w) => w.outcome === 'ok' && w.startNs > done && w.endNs < read.startNs)
        return {
          versions: over.length,
          ns: over.length === 0 ? 0 : read.startNs - Math.min(...over.map(({endNs}) => endNs)),
        }
      })
      const verdict = staleness({boundVersions: 0}).check(record) as {
        validity: string
        measures: Record<string, number>
      }
      const expected = stale.every(({versions}) => versions === 0)
      if (reads.length > 0) {
        expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
        expect(verdict.measures['maxVersions']).toBe(Math.max(...stale.map(({versions}) => versions)))
        expect(verdict.measures['maxMs']).toBeCloseTo(Math.max(...stale.map(({ns}) => ns / 1e6)), 4)
      }
      return expected
    },
  )
})
