import {expect, it} from 'vitest'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {causalReverse} from './causal-reverse.ts'

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

it('refuses a value that was put in twice, and names what nobody put in', async () => {
  expect(() => causalReverse().check(diagram('0 |write 1| |write 1| |read [1]|'))).toThrow(
    'ops #0 and #2 both put in 1',
  )
  const odd = await causalReverse().check(diagram('0 |write 1| |write 2 # |read [1 2]| |read [3]| |read 1|'))
  expect(odd.anomalies.map(({type}) => type)).toEqual(['unexpected-element', 'unexpected-element', 'reply-mismatch'])
})

it('agrees with the definition', () => {
  fuzz(
    'causal-reverse',
    fuzzCount(1500),
    (random) => {
      let value = 0
      const written: Record<string, unknown[]> = {x: [], y: []}
      const lossy = random.pick([0, 0, 0.25, 0.5])
      return fuzzHistory(
        random,
        {
          workers: random.between(2, 4),
          operations: random.between(3, 10),
          info: 0.1,
          fail: 0.1,
          lie: random.pick([0, 0.1]),
        },
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            if (draws.chance(0.45)) return {f: 'read', key}
            return {f: draws.pick(['write', 'add', 'insert']), key, input: draws.pick([++value, `${value}`])}
          },
          apply: ({f, key, input}) => {
            const own = written[key as string] as unknown[]
            return f === 'read' ? own.filter(() => !random.chance(lossy)) : own.push(input)
          },
          lie: ({f}, answer, draws) =>
            f === 'read'
              ? draws.pick([7, [...(answer as unknown[]), value + 1], [...(answer as unknown[]), value]])
              : answer,
        },
      )
    },
    (record) => {
      const expected = new Set<string>()
      for (const read of record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')) {
        const {output, key} = read
        if (!Array.isArray(output)) {
          expected.add('reply-mismatch')
          continue
        }
        const writes = record.operations.filter((write) => write.f !== 'read' && write.key === key)
        for (const value of output) {
          const b = writes.find(({input, outcome}) => input === value && outcome !== 'fail')
          if (b === undefined) expected.add('unexpected-element')
          else if (
            writes.some((a) => a.outcome === 'ok' && endIndex(a) < b.invoke.index && !output.includes(a.input))
          ) {
            expected.add('causal-reverse')
          }
        }
      }
      const {anomalies} = causalReverse().check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['causal-reverse', 'unexpected-element', 'reply-mismatch']},
  )
})
