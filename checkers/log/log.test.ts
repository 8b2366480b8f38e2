import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
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
  // The lost answer may have had it, and moved the group on.
  [
    'perhaps in an answer that was lost',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |poll k=[[1 8]]|\n2                 |poll k >',
    [],
  ],
  [
    'lost, whatever the answer that was lost had',
    '0 |send k=6 → 0| |send k=7 → 1| |send k=8 → 2|\n1                                               |poll k=[[0 6]]| |poll k=[[2 8]]|\n2                 |poll k >',
    ['lost-record', 'poll-skip'],
  ],
  [
    'lost, as who polls from the beginning shows',
    '0 |send k=7 → 0| |send k=8 → 1|\n1                              |assign [k]| |poll k=[[1 8]]|\n2                 |poll k >',
    ['lost-record'],
  ],
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
    'Record 7 was acknowledged at offset 0 of k, but nobody ever polled it, although records up to offset 1 were polled.',
  )
})

it('judges every poll of a record, not only the first that was asked for', () => {
  const early =
    '0                       |send k=7 → 0|\n1 |poll k=[[0 7]]                           |\n2   |poll k=[[0 7]]|'
  expect(types(early)).toEqual(['unexpected-record'])
  const own =
    '0  |txn [[send k 7] [poll]] → [[send k [0 7]] [poll {k: [[0 7]]}]]|\n1 |poll k=[[0 7]]                                                         |'
  expect(types(own)).toEqual(['precommitted-read'])
})

it('counts a commit of unknown outcome as far as it may excuse a skip, and no further', () => {
  const sent = '0 |send k=7 → 0| |send k=8 → 1|\n3                                 |commit k=1 >'
  expect(types(`${sent}\n2                                               |subscribe [k]| |poll k=[[1 8]]|`)).toEqual([
    'lost-record',
  ])
  expect(
    types(`${sent}\n2                                               |subscribe [k]| |poll k=[[0 7] [1 8]]|`),
  ).toEqual([])
})

type Row = [offset: number, value: number]
type Micro = ['send', string, number | Row] | ['poll', {[key: string]: Row[]}?]

/** One thing that an operation says it did to one key. */
interface Deed {
  readonly what: 'send' | 'poll'
  readonly key: string
  readonly rows: readonly {readonly offset: number | undefined; readonly value: number}[]
  readonly operation: Operation
}

function deedsOf(operation: Operation): Deed[] {
  const {f, outcome, input, output} = operation
  const reported = (outcome === 'ok' ? output : input) as unknown
  const key = String(operation.key)
  if (f === 'send') {
    return [
      {
        what: 'send',
        key,
        rows: [{offset: outcome === 'ok' ? (output as number) : undefined, value: input as number}],
        operation,
      },
    ]
  }
  const rowsOf = (rows: readonly Row[]) => rows.map(([offset, value]) => ({offset, value}))
  if (f === 'poll') return outcome === 'ok' ? [{what: 'poll', key, rows: rowsOf(output as Row[]), operation}] : []
  if (f !== 'txn') return []
  return (reported as Micro[]).flatMap((micro): Deed[] => {
    if (micro[0] === 'send') {
      const [offset, value] = Array.isArray(micro[2]) ? micro[2] : [undefined, micro[2]]
      return [{what: 'send', key: micro[1], rows: [{offset, value}], operation}]
    }
    if (outcome !== 'ok') return []
    return Object.entries(micro[1] ?? {}).map(([own, rows]) => ({
      what: 'poll',
      key: own,
      rows: rowsOf(rows),
      operation,
    }))
  })
}

/** Somebody polled a record before this offset, and later, without another assignment, one behind it. */
function isPassed(record: History, key: string, offset: number): boolean {
  const grouped = record.operations.some(({f, outcome}) => f === 'subscribe' && outcome !== 'fail')
  return [...record.byProcess().values()].some((own) => {
    let seen: number[] = []
    for (const operation of own.filter(({outcome}) => outcome !== 'fail')) {
      if (operation.f === 'subscribe' || operation.f === 'assign')
        seen = operation.f === 'assign' && !grouped ? [-1] : []
      for (const deed of deedsOf(operation)) {
        if (deed.what !== 'poll' || deed.key !== key) continue
        for (const row of deed.rows) {
          if (row.offset! > offset && seen.some((before) => before < offset)) return true
          seen.push(row.offset!)
        }
      }
    }
    return false
  })
}

/** Each anomaly by its definition: facts about all pairs of what was said, key by key. */
function reference(record: History): Set<string> {
  const found = new Set<string>()
  const hasUnknownPoll = record.operations.some(
    ({f, outcome, input}) =>
      outcome === 'info' && (f === 'poll' || (f === 'txn' && (input as Micro[]).some(([verb]) => verb === 'poll'))),
  )
  for (const key of ['k', 'm']) {
    const deeds = record.operations.flatMap(deedsOf).filter((deed) => deed.key === key)
    const rows = deeds.flatMap(({what, rows, operation}) => rows.map((row) => ({...row, what, operation})))
    const sends = rows.filter(({what}) => what === 'send')
    const polled = rows.filter(({what}) => what === 'poll') as {offset: number; value: number; operation: Operation}[]
    const acknowledged = sends.filter(({operation}) => operation.outcome === 'ok')
    const known = [...acknowledged, ...polled] as {offset: number; value: number}[]
    const furthest = Math.max(-1, ...polled.map(({offset}) => offset))
    for (const a of known) {
      for (const b of known) {
        if (a.offset === b.offset && a.value !== b.value) found.add('inconsistent-offsets')
        if (a.offset !== b.offset && a.value === b.value) found.add('duplicate-record')
      }
    }
    for (const {offset, value} of acknowledged) {
      if (offset! > furthest || polled.some((row) => row.value === value)) continue
      if (!hasUnknownPoll || isPassed(record, key, offset!)) found.add('lost-record')
    }
    for (const {value, operation} of polled) {
      const sources = sends.filter((send) => send.value === value).map((send) => send.operation)
      const possible = sources.filter(({outcome}) => outcome !== 'fail')
      if (sources.length === 0) found.add('unexpected-record')
      else if (possible.length === 0) found.add('aborted-read')
      else if (possible.every((send) => send === operation)) found.add('precommitted-read')
      else if (possible.every(({invoke}) => invoke.index > endIndex(operation))) {
        // Unless the sender polled it itself, which is told in its place.
        if (!polled.some((row) => row.value === value && possible.every((send) => send === row.operation))) {
          found.add('unexpected-record')
        }
      }
    }
    const commits = record.operations.filter(
      ({f, outcome, ...operation}) => f === 'commit' && outcome !== 'fail' && operation.key === key,
    )
    for (const own of record.byProcess().values()) {
      const mine = own.filter(({outcome}) => outcome === 'ok')
      const sent = mine.flatMap(deedsOf).filter((deed) => deed.key === key && deed.what === 'send')
      for (const [i, {rows, operation}] of sent.entries()) {
        const before = sent[i - 1]
        if (before === undefined || (rows[0]!.offset as number) > (before.rows[0]!.offset as number)) continue
        found.add(before.operation === operation ? 'nonmonotonic-send-within' : 'nonmonotonic-send')
      }
      // What was polled between two moves.
      let joined: Operation | undefined
      let last: {offset: number; operation: Operation} | undefined
      let fresh = true
      for (const operation of mine) {
        if (operation.f === 'assign' || operation.f === 'subscribe') {
          joined = operation.f === 'subscribe' ? operation : undefined
          last = undefined
          fresh = true
        }
        for (const deed of deedsOf(operation)) {
          if (deed.what !== 'poll' || deed.key !== key) continue
          for (const {offset} of deed.rows as readonly {offset: number}[]) {
            if (fresh && joined !== undefined) {
              const since = joined
              const sure = commits.filter((commit) => commit.outcome === 'ok' && endIndex(commit) < since.invoke.index)
              if (sure.some(({input}) => (input as number) > offset)) found.add('commit-ignored')
              const perhaps = commits.filter(({invoke}) => invoke.index < endIndex(operation))
              const skipped = known.filter(
                (row) => row.offset < offset && perhaps.every(({input}) => (input as number) <= row.offset),
              )
              if (skipped.length > 0) found.add('commit-skip')
            }
            fresh = false
            if (last !== undefined) {
              const {offset: from} = last
              const within = last.operation === operation ? '-within' : ''
              if (offset <= from) found.add(`nonmonotonic-poll${within}`)
              else if (known.some((row) => from < row.offset && row.offset < offset)) found.add(`poll-skip${within}`)
            }
            last = {offset, operation}
          }
        }
      }
    }
  }
  return found
}

/** Two logs and three clients that send, poll, do both in transactions, commit and join; a broker that errs in many ways. */
function randomLogs(random: Random): History {
  const stored: {[key: string]: Row[]} = {k: [], m: []}
  const position = new Map<string, number>()
  const committed: {[key: string]: number} = {k: 0, m: 0}
  const errs = random.pick([0, 0, 0.1, 0.35])
  const grouped = random.chance(0.6)
  const lonely = random.pick([1, 0.6])
  let value = 0
  const send = (key: string, sent: number): number | undefined => {
    const rows = stored[key]!
    const offset = (rows.at(-1)?.[0] ?? -1) + random.pick([1, 1, 2])
    const at = random.chance(errs) ? random.between(0, offset) : offset
    if (!random.chance(errs / 2)) rows.push([offset, sent])
    if (random.chance(errs / 4)) rows.push([offset + 1, sent])
    // Refused, and yet it is there.
    return random.chance(errs / 2) ? undefined : at
  }
  const poll = (key: string, worker: number): Row[] => {
    const at = `${key} ${worker}`
    const rows = stored[key]!
    const from = position.get(at) ?? 0
    const start = random.chance(errs) ? random.int(rows.length + 1) : from
    const to = Math.min(rows.length, start + random.between(1, 3))
    position.set(at, Math.max(from, to))
    const answer = rows.slice(start, to)
    if (!random.chance(errs / 2)) return answer
    const kind = random.int(4)
    if (kind === 0) return answer.slice(1)
    if (kind === 1) return answer.toReversed()
    if (kind === 2) return answer.filter((_, i) => i !== 1)
    return [...answer, [random.between(0, rows.length + 1), random.between(1, value + 1)]]
  }
  return fuzzHistory(
    random,
    {workers: random.between(2, 3), operations: random.between(6, 15), info: 0.06, fail: random.pick([0, 0.1])},
    {
      draw: (draws) => {
        const key = draws.chance(lonely) ? 'k' : 'm'
        const dice = draws.next()
        if (grouped && dice < 0.12) return {f: 'subscribe', input: ['k', 'm']}
        if (grouped && dice < 0.22) return {f: 'commit', key, input: draws.between(0, stored[key]!.length + 1)}
        if (dice < 0.24) return {f: 'assign', input: ['k', 'm']}
        if (dice < 0.5) return {f: 'send', key, input: ++value}
        if (dice < 0.85) return {f: 'poll', key}
        const micro = (): Micro => (draws.chance(0.5) ? ['send', key, ++value] : ['poll'])
        return {f: 'txn', input: [micro(), micro()]}
      },
      apply: ({f, key, input}, worker) => {
        if (f === 'send') return send(key as string, input as number)
        if (f === 'poll') return poll(key as string, worker)
        if (f === 'commit') {
          committed[key as string] = Math.max(committed[key as string]!, input as number)
          return input
        }
        if (f !== 'txn') {
          for (const own of ['k', 'm']) {
            const from =
              f === 'assign' || random.chance(2 * errs)
                ? 0
                : stored[own]!.findIndex(([offset]) => offset >= committed[own]!)
            position.set(`${own} ${worker}`, from < 0 ? stored[own]!.length : from)
          }
          return input
        }
        return (input as Micro[]).map(
          (micro): Micro =>
            micro[0] === 'send'
              ? ['send', micro[1], [send(micro[1], micro[2] as number) ?? 0, micro[2] as number]]
              : ['poll', {k: poll('k', worker), ...(random.chance(0.5) ? {m: poll('m', worker)} : {})}],
        )
      },
    },
  )
}

it('agrees with the definitions, anomaly by anomaly', () => {
  fuzz(
    'log',
    fuzzCount(2000),
    randomLogs,
    (record) => {
      const expected = reference(record)
      const verdict = log().check(record) as Verdict
      expect(new Set(verdict.anomalies.map(({type}) => type).filter((type) => type !== 'G1c'))).toEqual(expected)
      return expected
    },
    {
      kinds: [
        ...['inconsistent-offsets', 'duplicate-record', 'lost-record', 'unexpected-record', 'aborted-read'],
        ...['precommitted-read', 'nonmonotonic-send', 'nonmonotonic-send-within', 'nonmonotonic-poll'],
        ...['nonmonotonic-poll-within', 'poll-skip', 'poll-skip-within', 'commit-ignored', 'commit-skip'],
      ],
    },
  )
})
