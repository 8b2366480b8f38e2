import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../diagram.ts'
import {endIndex} from '../finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../fuzz.fixture.ts'
import {log} from './index.ts'

const judge = (text: string) => log().check(diagram(text)) as Verdict
const types = (text: string) => judge(text).anomalies.map(({type}) => type)

it.each<[string, string, string[]]>([
  ['in order', '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[0 7]]| |poll k=[[1 8]]|', []],
  [
    'a gap that nobody knows of',
    '0 |send k=7 → 0| |send k=8 → 5|\n1                              |poll k=[[0 7] [5 8]]|',
    [],
  ],
  ['lost', '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[1 8]]|', ['lost-record']],
  ['duplicated', '0 |send k=7 → 0|\n1               |poll k=[[0 7] [1 7]]|', ['duplicate-record']],
  [
    'two values at an offset',
    '0 |send k=7 → 0| |send k=8 >\n1               |poll k=[[0 8]]|\n2               |poll k=[[0 7]]|',
    ['inconsistent-offsets'],
  ],
  [
    'read although its send failed',
    '0 |send k=7 → 0| |send k=8 #\n1               |poll k=[[0 7] [1 8]]|',
    ['aborted-read'],
  ],
  ['sent by nobody', '0 |send k=7 → 0|\n1               |poll k=[[0 7] [1 8]]|', ['unexpected-record']],
  ['read before it was sent', '0                  |send k=7 → 0|\n1 |poll k=[[0 7]]|', ['unexpected-record']],
  [
    'sends that go back',
    '0 |send k=7 → 1| |send k=8 → 0|\n1                              |poll k=[[0 8] [1 7]]|',
    ['nonmonotonic-send'],
  ],
  ['polls that go back', '0 |send k=7 → 0|\n1               |poll k=[[0 7]]| |poll k=[[0 7]]|', ['nonmonotonic-poll']],
  [
    'one poll that goes back',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[1 8] [0 7]]|',
    ['nonmonotonic-poll-within'],
  ],
  [
    'a record skipped',
    '0 |send k=7 → 0| |send k=8 → 1| |send k=9 → 2|\n1                                               |poll k=[[0 7]]| |poll k=[[2 9]]|\n2                                               |poll k=[[0 7] [1 8] [2 9]]|',
    ['poll-skip'],
  ],
  [
    'a record skipped within one poll',
    '0 |send k=7 → 0| |send k=8 → 1| |send k=9 → 2|\n1                                               |poll k=[[0 7] [2 9]]|\n2                                               |poll k=[[0 7] [1 8] [2 9]]|',
    ['poll-skip-within'],
  ],
  [
    'back after a new assignment',
    '0 |send k=7 → 0|\n1               |poll k=[[0 7]]| |assign [k]| |poll k=[[0 7]]|',
    [],
  ],
  [
    'a commit that was not used',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[0 7]]| |commit k=1|\n2                                                             |subscribe [k]| |poll k=[[0 7] [1 8]]|',
    ['commit-ignored'],
  ],
  [
    'beyond what was committed',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[0 7] [1 8]]|\n2                                                             |subscribe [k]| |poll k=[[1 8]]|',
    ['commit-skip'],
  ],
  [
    'from the commit on',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[0 7]]| |commit k=1|\n2                                                             |subscribe [k]| |poll k=[[1 8]]|',
    [],
  ],
  [
    'micro-operations of a transaction',
    '0 |txn [[send 1 7] [send 1 8]] → [[send 1 [1 7]] [send 1 [0 8]]]|\n1                                                                   |txn [[poll]] → [[poll {1: [[0 8] [1 7]]}]]|',
    ['nonmonotonic-send-within'],
  ],
  [
    'a transaction that reads what it sent',
    '0 |txn [[send 1 7] [poll]] → [[send 1 [0 7]] [poll {1: [[0 7]]}]]|',
    ['precommitted-read'],
  ],
])('%s', (_, text, expected) => {
  expect(types(text)).toEqual(expected)
})

it('is unknown where records were acknowledged and nobody polled that far', () => {
  const verdict = judge('0 |send k=7 → 0| |send k=8 → 1|\n1               |poll k=[[0 7]]|')
  expect(verdict).toMatchObject({validity: 'unknown', measures: {unseen: 1}})
  expect(verdict.reason).toBe('1 acknowledged record was never polled, and nothing after it was.')
  expect(judge('0 |send k=7 → 0|')).toMatchObject({validity: 'unknown', reason: 'Nothing was polled.'})
  expect(judge('0 |poll k=[]|')).toMatchObject({validity: 'unknown', reason: 'No send succeeded.'})
})

it('counts what is allowed, and says what happened', () => {
  const text = '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[1 8]]|'
  expect(log({allowed: ['lost-record']}).check(diagram(text))).toMatchObject({
    validity: 'valid',
    measures: {tolerated: 1},
  })
  expect(judge(text).anomalies[0]?.sentence).toBe(
    '7 was acknowledged at offset 0 of k, but nobody ever polled it, although records up to offset 1 were polled.',
  )
})

type Record = [offset: number, value: number]

/** Each anomaly by its definition, over all pairs; one key, no groups, no transactions. */
function reference(record: History): Set<string> {
  const found = new Set<string>()
  const good = record.operations.filter(({outcome}) => outcome === 'ok')
  const sends = record.operations.filter(({f}) => f === 'send')
  const polls = good.filter(({f}) => f === 'poll')
  const acknowledged = sends.filter(({outcome}) => outcome === 'ok')
  const polled = polls.flatMap((poll) => (poll.output as Record[]).map(([offset, value]) => ({offset, value, poll})))
  const known = [
    ...acknowledged.map(({input, output}) => ({offset: output as number, value: input as number})),
    ...polled,
  ]
  const last = Math.max(-1, ...polled.map(({offset}) => offset))
  for (const a of known) {
    for (const b of known) {
      if (a.offset === b.offset && a.value !== b.value) found.add('inconsistent-offsets')
      if (a.offset !== b.offset && a.value === b.value) found.add('duplicate-record')
    }
  }
  for (const {input, output} of acknowledged) {
    if ((output as number) <= last && polled.every(({value}) => value !== input)) found.add('lost-record')
  }
  for (const value of new Set(polled.map((one) => one.value))) {
    const sources = sends.filter(({input}) => input === value)
    const possible = sources.filter(({outcome}) => outcome !== 'fail')
    const [first] = polled.filter((one) => one.value === value)
    if (sources.length === 0) found.add('unexpected-record')
    else if (possible.length === 0) found.add('aborted-read')
    else if (possible.every(({invoke}) => invoke.index > endIndex(first!.poll))) found.add('unexpected-record')
  }
  const pairs = <T>(list: readonly T[]) => list.slice(1).map((later, i) => [list[i] as T, later] as const)
  for (const own of record.byProcess().values()) {
    const mine = own.filter(({outcome}) => outcome === 'ok')
    const offsets = mine.filter(({f}) => f === 'send').map(({output}) => output as number)
    if (pairs(offsets).some(([a, b]) => b <= a)) found.add('nonmonotonic-send')
    const seen = mine
      .filter(({f}) => f === 'poll')
      .flatMap((poll) => (poll.output as Record[]).map(([offset]) => ({offset, poll: poll as Operation})))
    for (const [a, b] of pairs(seen)) {
      const within = a.poll === b.poll ? '-within' : ''
      if (b.offset <= a.offset) found.add(`nonmonotonic-poll${within}`)
      else if (known.some(({offset}) => a.offset < offset && offset < b.offset)) found.add(`poll-skip${within}`)
    }
  }
  return found
}

it('agrees with the definitions, anomaly by anomaly', () => {
  fuzz(
    'log',
    fuzzCount(2000),
    (random) => {
      const stored: Record[] = []
      const position = new Map<number, number>()
      let value = 0
      let offset = 0
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(4, 12), info: 0.08, fail: 0.06, lie: random.pick([0, 0, 0.15])},
        {
          draw: (draws) => (draws.chance(0.5) ? {f: 'poll', key: 'k'} : {f: 'send', key: 'k', input: ++value}),
          apply: ({f, input}, worker) => {
            if (f === 'send') {
              offset += random.pick([1, 1, 2])
              stored.push([offset, input as number])
              return offset
            }
            const from = position.get(worker) ?? 0
            const to = Math.min(stored.length, from + random.between(0, 3))
            position.set(worker, to)
            return stored.slice(from, to)
          },
          lie: ({f}, answer, draws) => {
            if (f === 'send') return draws.between(1, offset + 1)
            const records = answer as Record[]
            const kind = draws.int(4)
            if (kind === 0) return records.slice(1)
            if (kind === 1) return records.toReversed()
            if (kind === 2) return [...records, ...records.slice(0, 1)]
            return [...records, [draws.between(1, offset + 1), draws.between(1, value + 1)]]
          },
        },
      )
    },
    (record) => {
      const expected = reference(record)
      const verdict = log().check(record) as Verdict
      expect(new Set(verdict.anomalies.map(({type}) => type))).toEqual(expected)
      return expected.size === 0
    },
  )
})
