import {expect, it} from 'vitest'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type StalenessOptions, staleness} from './staleness.ts'

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
      const histories: Record<string, (number | null)[]> = {x: [null], y: [null]}
      const late = random.pick([0, 0.3, 0.6])
      return fuzzHistory(
        random,
        {workers: random.between(2, 4), operations: random.between(3, 11), info: 0.1, fail: 0.1},
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            if (draws.chance(0.5)) return {f: 'read', key}
            const own = histories[key] as (number | null)[]
            return draws.chance(0.8) ? {f: 'write', key, input: ++value} : {f: 'cas', key, input: [own.at(-1), ++value]}
          },
          apply: ({f, key, input}) => {
            const own = histories[key as string] as (number | null)[]
            if (f === 'read') return own[Math.max(0, own.length - 1 - (random.chance(late) ? random.between(1, 3) : 0))]
            own.push(f === 'write' ? (input as number) : (input as number[])[1]!)
            return input
          },
        },
      )
    },
    (record) => {
      const {operations} = record
      const writtenBy = ({f, input}: Operation) => (f === 'cas' ? (input as unknown[])[1] : input)
      const reads = operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
      const stale = reads.map((read) => {
        const writes = operations.filter(({f, key, outcome}) => f !== 'read' && key === read.key && outcome !== 'fail')
        const own = writes.find((write) => writtenBy(write) === read.output)
        const known = reads.filter(({output, key}) => output === read.output && key === read.key)
        const done = Math.min(own?.endNs ?? Number.POSITIVE_INFINITY, ...known.map(({endNs}) => endNs))
        const since = read.output === null ? Number.NEGATIVE_INFINITY : done
        const over = writes.filter((w) => w.outcome === 'ok' && w.startNs > since && w.endNs < read.startNs)
        // Nobody wrote it, or only an operation that failed: not this checker's business.
        if (own === undefined && read.output !== null) return {versions: 0, ns: 0}
        return {
          versions: over.length,
          ns: over.length === 0 ? 0 : read.startNs - Math.min(...over.map(({endNs}) => endNs)),
        }
      })
      const bounded = (options: StalenessOptions) => staleness(options).check(record) as Verdict
      const {validity, measures = {}} = bounded({boundVersions: 0})
      const expected = stale.every(({versions}) => versions === 0)
      if (reads.length > 0) {
        expect(validity).toBe(expected ? 'valid' : 'invalid')
        expect(measures['maxVersions']).toBe(Math.max(...stale.map(({versions}) => versions)))
        expect(measures['maxMs']).toBeCloseTo(Math.max(...stale.map(({ns}) => ns / 1e6)), 4)
        const beyond = stale.filter(({ns}) => ns > 3000).length
        expect(bounded({boundMs: 0.003}).measures?.['too-stale (count)'] ?? 0).toBe(beyond)
      }
      return expected ? [] : ['too-stale']
    },
    {kinds: ['too-stale']},
  )
})
