/** G1c of logs against its definition, by transitive closure, over transactions that follow from nothing. */
import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord, anyValue, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {log} from './index.ts'

type Micro = readonly [verb: string, key?: unknown, value?: unknown]

function transactions(random: Random): History {
  const known: {key: string; value: unknown; offset: number}[] = []
  const wait = random.pick([0, 0.1])
  const repeats = random.chance(0.2)
  return anyRecord(random, {
    workers: random.between(2, 4),
    operations: random.between(2, 7),
    open: wait,
    draw: (draws, _, made) => {
      const micros: Micro[] = []
      if (draws.chance(0.85)) {
        const key = draws.pick(['a', 'b'])
        const value = anyValue(repeats && draws.chance(0.3) ? 0 : made)
        known.push({key, value, offset: known.length})
        micros.push(['send', key, value])
      }
      if (draws.chance(0.85)) micros.push(['poll'])
      if (draws.chance(0.5)) micros.reverse()
      const answer = (late: Random) =>
        micros.map((micro): Micro => {
          const [verb, key, value] = micro
          if (verb === 'send') return ['send', key, [known.findIndex((one) => one.value === value), value]]
          const seen = known.filter(() => late.chance(0.3))
          const batch = (of: string) => seen.filter((one) => one.key === of).map((one) => [one.offset, one.value])
          return ['poll', {a: batch('a'), b: batch('b')}]
        })
      return {f: 'txn', input: micros, answer}
    },
  })
}

const sendsOf = ({input}: Operation) =>
  (input as Micro[]).filter(([verb]) => verb === 'send').map(([, key, value]) => `${key} ${identity(value)}`)

const pollsOf = ({outcome, output}: Operation) =>
  (outcome === 'ok' ? (output as Micro[]) : [])
    .filter(([verb]) => verb === 'poll')
    .flatMap(([, batches]) =>
      Object.entries(batches as object).flatMap(([key, batch]) =>
        (batch as unknown[][]).map(([, value]) => `${key} ${identity(value)}`),
      ),
    )

function isCircular(record: History): boolean {
  const all = [...record.operations]
  const once = (text: string) => all.filter((one) => sendsOf(one).includes(text)).length === 1
  const reach = all.map((reader) =>
    all.map(
      (sender) => sender !== reader && pollsOf(reader).some((text) => once(text) && sendsOf(sender).includes(text)),
    ),
  )
  for (const [k] of all.entries()) {
    for (const [i] of all.entries()) {
      for (const [j] of all.entries()) reach[i]![j] ||= reach[i]![k]! && reach[k]![j]!
    }
  }
  return all.some((_, i) => reach[i]![i])
}

it('is what its definition says', () => {
  fuzz('definition of G1c over logs', fuzzCount(1500), transactions, (record) => {
    const expected = isCircular(record)
    const {anomalies} = log().check(record) as Verdict
    expect(anomalies.some(({type}) => type === 'G1c')).toBe(expected)
    return !expected
  })
})

it('tells who polled from whom', () => {
  const told = (key: string, value: number, polled: object) => [
    ['send', key, [0, value]],
    ['poll', polled],
  ]
  const asked = (key: string, value: number) => [['send', key, value], ['poll']]
  const common = {f: 'txn'} as const
  const crossed = history([
    {index: 0, timeNs: 0, type: 'invoke', process: 0, value: asked('a', 1), ...common},
    {index: 1, timeNs: 1, type: 'invoke', process: 1, value: asked('b', 2), ...common},
    {index: 2, timeNs: 2, type: 'ok', process: 0, value: told('a', 1, {b: [[0, 2]]}), ...common},
    {index: 3, timeNs: 3, type: 'ok', process: 1, value: told('b', 2, {a: [[0, 1]]}), ...common},
  ])
  expect((log().check(crossed) as Verdict).anomalies).toMatchObject([
    {
      type: 'G1c',
      sentence:
        "Process 0's transaction #0 polled what process 1's transaction #1 sent, and process 1's transaction #1 polled what process 0's transaction #0 sent: none of them can have been committed before it was read.",
      witness: [0, 1, 2, 3],
    },
  ])
})
