import {expect, it} from 'vitest'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {set} from './set.ts'

it.each<[string, string, string[]]>([
  ['all there', '0 |add 1| |add 2| |read! [2 1]|', []],
  ['one is not', '0 |add 1| |add 2| |read! [2]|', ['lost-element']],
  ['one that nobody added', '0 |add 1| |read! [1 2]|', ['unexpected-element']],
  ['one whose add had failed', '0 |add 1| |add 2 # |read! [1 2]|', ['unexpected-element']],
  ['one twice', '0 |add 1| |read! [1 1]|', ['duplicate-element']],
  ['no set at all', '0 |add 1| |read! 7|', ['reply-mismatch']],
  ['one that may have been added', '0 |add 1 >\n1 |add 2| |read! [1 2]|', []],
  ['one that may have been removed', '0 |add 1| |add 2|  |remove 1 >\n1                             |read! [2]|', []],
  ['missing for a while', '0 |add 1| |read []| |read! [1]|', []],
  ['no final reads: the last one counts', '0 |add 1| |read [1]| |read []|', ['lost-element']],
  ['added during the read', '0 |add 2| |add 1|\n1         |read! [2]|', []],
])('%s', async (_, text, types) => {
  expect((await set().check(diagram(text))).anomalies.map(({type}) => type)).toEqual(types)
})

it('says who missed what, counts what was recovered, and is unknown where nothing was read or added', async () => {
  const verdict = await set().check(diagram('0 |add x=1| |add x=2 >\n1                      |read! x=[2]|'))
  expect(verdict).toMatchObject({
    anomalies: [{sentence: '1 was acknowledged as added to x, but the last read, by process 1, misses it.', key: 'x'}],
    measures: {acknowledged: 1, present: 1, recovered: 1},
  })
  expect(await set().check(diagram('0 |add x=1|'))).toMatchObject({reason: 'Nobody read the set of x.'})
  expect(await set().check(diagram('0 |read! []|'))).toMatchObject({
    validity: 'unknown',
    reason: 'No add was acknowledged before the last read.',
  })
})

it('agrees with the definition', () => {
  fuzz(
    'set',
    fuzzCount(1500),
    (random) => {
      const stores: Record<string, unknown[]> = {x: [], y: []}
      let value = 0
      const lossy = random.pick([0, 0, 0.2])
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(2, 10), info: 0.15, fail: 0.1, lie: random.pick([0, 0, 0.4])},
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            if (draws.chance(0.2)) return {f: 'read', key}
            const f = draws.chance(0.85) ? 'add' : 'remove'
            return {f, key, input: draws.pick([++value, value - 1, `${value}`])}
          },
          apply: ({f, key, input}) => {
            const store = stores[key as string] as unknown[]
            if (f === 'read') return [...store]
            stores[key as string] = store.filter((item) => item !== input)
            if (f === 'add' && !random.chance(lossy)) stores[key as string]?.push(input)
            return random.chance(lossy / 2) ? undefined : input
          },
          lie: ({f}, answer, draws) =>
            f === 'read'
              ? draws.pick([
                  7,
                  [...(answer as unknown[]), value + 1],
                  [...(answer as unknown[]), ...(answer as unknown[])],
                ])
              : answer,
          final: random.pick([[], [{f: 'read', key: 'x'}]]),
        },
      )
    },
    (record) => {
      const expected = new Set<string>()
      for (const key of new Set(record.operations.map((operation) => operation.key))) {
        const mine = record.operations.filter((operation) => operation.key === key)
        const reads = mine.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
        const read = (reads.some(({final}) => final) ? reads.filter(({final}) => final) : reads).at(-1)
        if (read === undefined) continue
        if (!Array.isArray(read.output)) {
          expected.add('reply-mismatch')
          continue
        }
        const items: unknown[] = read.output
        const before = (operation: Operation) => operation.invoke.index < endIndex(read)
        const tried = (f: string, item: unknown) =>
          mine.filter((one) => one.f === f && one.input === item && one.outcome !== 'fail' && before(one))
        if (new Set(items).size < items.length) expected.add('duplicate-element')
        if (items.some((item) => tried('add', item).length === 0)) expected.add('unexpected-element')
        for (const add of mine.filter(({f, outcome}) => f === 'add' && outcome === 'ok')) {
          if (endIndex(add) > read.invoke.index || items.includes(add.input)) continue
          if (tried('remove', add.input).length === 0) expected.add('lost-element')
        }
      }
      const {anomalies} = set().check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['lost-element', 'unexpected-element', 'duplicate-element', 'reply-mismatch']},
  )
})
