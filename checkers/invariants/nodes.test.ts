/** Checkers of what nodes say of themselves, and of ids. */
import {expect, it} from 'vitest'
import type {NodeEvent} from '../../core/cluster.ts'
import {history} from '../../core/history.ts'
import {createRandom} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {leaderUniqueness} from './leader-uniqueness.ts'
import {nodeLogs} from './node-logs.ts'
import {uniqueIds} from './unique-ids.ts'
import {uniqueIdsWatch} from './unique-ids-watch.ts'

const leads = (node: string, term: number, timeNs = term * 1e9): NodeEvent => ({
  timeNs,
  node,
  event: {type: 'leader', term},
})

it.each<[string, NodeEvent[], string[]]>([
  ['one leader after the other', [leads('n1', 1), leads('n2', 2), leads('n1', 3)], []],
  ['two of one term', [leads('n1', 1), leads('n2', 1)], ['two-leaders']],
  ['the same one twice', [leads('n1', 1), leads('n1', 1)], []],
  ['back to an old term', [leads('n1', 3), leads('n1', 2)], ['term-went-back']],
])('leaders: %s', async (_, events, types) => {
  expect((await leaderUniqueness({events}).check(history([]))).anomalies.map(({type}) => type)).toEqual(types)
})

it('leaders: says who and when, and is unknown where nobody led', async () => {
  const verdict = await leaderUniqueness({events: [leads('n1', 4), leads('n3', 4, 4.5e9)]}).check(history([]))
  expect(verdict.anomalies[0]).toMatchObject({
    sentence: 'Nodes n1 and n3 both led term 4.',
    why: ['n1 announced it at 4.000 s', 'n3 announced it at 4.500 s'],
  })
  expect(await leaderUniqueness().check(history([]))).toMatchObject({validity: 'unknown'})
})

it.each([
  'panic: runtime error: index out of range',
  "thread 'main' panicked at src/main.rs:4",
  'java.lang.OutOfMemoryError: Java heap space',
  'Exception in thread "main" java.lang.NullPointerException',
  'raft: assertion failed: commit <= last',
  'WAL checksum mismatch at offset 4096',
  'received SIGSEGV',
  'WARNING: DATA RACE',
])('logs: finds %s', async (line) => {
  const verdict = await nodeLogs({logs: {n2: ['all is well', line], n1: ['fine']}}).check(history([]))
  expect(verdict.anomalies).toMatchObject([{type: 'node-log', detail: {node: 'n2', line: 2}}])
})

it('logs: leaves alone what faults excuse and what is known to be harmless', async () => {
  const logs = {
    n1: ['connection to n2 refused', 'election timeout', 'request failed: deadline exceeded', 'panic: known'],
  }
  expect(await nodeLogs({logs, ignore: [/known/]}).check(history([]))).toMatchObject({validity: 'valid'})
  expect(await nodeLogs({logs: {n1: []}}).check(history([]))).toMatchObject({validity: 'unknown'})
})

it('ids: convicts an id that was given out twice', async () => {
  const verdict = await uniqueIds().check(diagram('0 |generate 1| |generate 2|\n1 |generate 1|'))
  expect(verdict.anomalies).toMatchObject([
    {type: 'duplicate-id', sentence: 'Processes 0 and 1 were both given the id 1.'},
  ])
  expect(await uniqueIds().check(diagram('0 |generate a| |generate [a]|\n1 |generate a >'))).toMatchObject({
    validity: 'valid',
  })
  expect(await uniqueIds().check(diagram('0 |generate 1 #'))).toMatchObject({validity: 'unknown'})
})

// findings/ids-rounded.sh: mysql2 3.24.6 and ioredis 6.0.0 give UUID_SHORT() and INCR as numbers like these.
it.each<[string, unknown[], string]>([
  ['numbers that JavaScript rounds to, twice', [1234567890123457000, 1234567890123457000], 'unknown'],
  ['the same, read from a file', [1234567890123457000n, 1234567890123457000n], 'unknown'],
  ['beside one that no rounding gives', [1234567890123457000n, 1234567890123457000n, 1234567890123456789n], 'invalid'],
  ['exact ones twice', [1234567890123456789n, 1234567890123456789n], 'invalid'],
  ['text', ['1234567890123457000', '1234567890123457000'], 'invalid'],
  ['rounded ones beside small ones twice', [1234567890123457000, 1234567890123457000, 7, 7], 'invalid'],
  ['rounded ones, all different', [1234567890123457000, 1234567890123457300], 'valid'],
  ['the largest exact number twice', [2 ** 53 - 1, 2 ** 53 - 1], 'invalid'],
])('ids beyond 2^53: %s', async (_, ids, validity) => {
  const ops = ids.flatMap((value, i) => [
    {index: 2 * i, timeNs: i, type: 'invoke' as const, process: 0, f: 'generate', value: null},
    {index: 2 * i + 1, timeNs: i, type: 'ok' as const, process: 0, f: 'generate', value},
  ])
  const verdict = await uniqueIds().check(history(ops))
  expect(verdict).toMatchObject({validity})
  const watch = uniqueIdsWatch()
  const early = ops.map((op) => watch.push(op)).at(-1)
  if (validity !== 'invalid') expect(early).toBeUndefined()
  if (validity === 'unknown')
    expect(verdict.reason).toMatch(/were both given|was given the id .* twice\..*rounded different numbers/)
})

it('ids: nothing is no id', async () => {
  expect((await uniqueIds().check(diagram('0 |generate nil| |generate nil| |generate 1|'))).anomalies).toMatchObject([
    {type: 'reply-mismatch', sentence: 'Process 0 was answered nothing to a generate, which is not an id.'},
    {type: 'reply-mismatch'},
  ])
})

it('ids: agrees with comparing every two', () => {
  fuzz(
    'unique-ids',
    fuzzCount(500),
    (random) => {
      let id = 0
      const careless = random.pick([0, 0.2])
      const ID = [(n: number) => n, (n: number) => `${n}`, (n: number) => [n], (n: number) => BigInt(n) + 2n ** 60n]
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(2, 9), info: 0.1, fail: 0.1},
        {
          draw: (draws) => ({f: 'generate', key: draws.pick(['x', 'x', 'y'])}),
          apply: () =>
            random.chance(careless / 4) ? null : random.pick(ID)(random.chance(careless) ? random.int(id + 1) : ++id),
        },
      )
    },
    (record) => {
      const print = (value: unknown) =>
        JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
      const given = record.operations.filter(({outcome}) => outcome === 'ok')
      const expected = new Set<string>()
      for (const a of given) {
        if (a.output === null) expected.add('reply-mismatch')
        for (const b of given) {
          const same = a !== b && a.key === b.key && a.output !== null && print(a.output) === print(b.output)
          if (same) expected.add('duplicate-id')
        }
      }
      const {anomalies} = uniqueIds().check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['duplicate-id', 'reply-mismatch']},
  )
})

it('leaders: agrees with comparing every two announcements', () => {
  const random = createRandom('leaders')
  const count = fuzzCount(2000)
  const seen = new Set<string>()
  const met = {'two-leaders': 0, 'term-went-back': 0, none: 0}
  for (let attempt = 0; seen.size < count; attempt++) {
    const draws = random.fork(String(attempt))
    const careless = draws.pick([0, 0.2, 0.5])
    let newest = 0
    const events: NodeEvent[] = Array.from({length: draws.between(1, 9)}, (_, i) => {
      const term = draws.chance(careless) ? draws.between(1, newest + 1) : ++newest
      const word = draws.pick(['term', 'epoch', 'view', 'ballot'])
      const event = draws.chance(0.1) ? {type: 'follower', term} : {type: 'leader', [word]: term}
      return {timeNs: i, node: draws.pick(['n1', 'n2', 'n3']), event}
    })
    const print = events.map(({node, event}) => `${node}${Object.entries(event).join()}`).join(' ')
    if (seen.has(print)) continue
    seen.add(print)
    const leading = events.filter(({event}) => event.type === 'leader')
    const term = ({event}: NodeEvent) => Number(event['term'] ?? event['epoch'] ?? event['view'] ?? event['ballot'])
    const pairs = leading.flatMap((a, i) => leading.slice(i + 1).map((b) => [a, b] as const))
    const expected = new Set<string>()
    if (pairs.some(([a, b]) => a.node !== b.node && term(a) === term(b))) expected.add('two-leaders')
    if (pairs.some(([a, b]) => a.node === b.node && term(b) < term(a))) expected.add('term-went-back')
    const {anomalies} = leaderUniqueness({events}).check(history([])) as Verdict
    expect(new Set(anomalies.map(({type}) => type)), print).toEqual(expected)
    for (const type of expected.size === 0 ? ['none'] : expected) met[type as keyof typeof met]++
  }
  for (const [type, times] of Object.entries(met)) expect(times, type).toBeGreaterThan(count / 20)
})
