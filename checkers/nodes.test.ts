/** Checkers of what nodes say of themselves, and of ids. */
import {expect, it} from 'vitest'
import type {NodeEvent} from '../core/cluster.ts'
import {history} from '../core/history.ts'
import {diagram} from './diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
import {leaderUniqueness} from './leader-uniqueness.ts'
import {nodeLogs} from './node-logs.ts'
import {uniqueIds} from './unique-ids.ts'

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

it('ids: agrees with comparing every two', () => {
  fuzz(
    'unique-ids',
    fuzzCount(500),
    (random) =>
      fuzzHistory(
        random,
        {workers: 3, operations: random.between(1, 6), info: 0.1, fail: 0.1},
        {
          draw: () => ({f: 'generate'}),
          apply: () => random.pick([random.int(20), `${random.int(20)}`, [random.int(5)]]),
        },
      ),
    (record) => {
      const ids = record.operations.filter(({outcome}) => outcome === 'ok').map(({output}) => JSON.stringify(output))
      const expected = ids.every((id, i) => ids.indexOf(id) === i)
      const verdict = uniqueIds().check(record) as {validity: string}
      expect(verdict.validity).toBe(ids.length === 0 ? 'unknown' : expected ? 'valid' : 'invalid')
      return expected
    },
  )
})
