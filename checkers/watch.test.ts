/** Watches against the checkers of the whole record: what is proved early must be found, and little may be missed. */
import {describe, expect, it} from 'vitest'
import type {History} from '../core/history.ts'
import type {Random} from '../core/random.ts'
import type {Breach, Watch} from '../core/watch.ts'
import {counter} from './counters/counter.ts'
import {CounterWatch} from './counters/counter-watch.ts'
import {bank} from './invariants/bank.ts'
import {bankWatch} from './invariants/bank-watch.ts'
import {lock} from './invariants/lock.ts'
import {lockWatch} from './invariants/lock-watch.ts'
import {uniqueIds} from './invariants/unique-ids.ts'
import {uniqueIdsWatch} from './invariants/unique-ids-watch.ts'
import {log} from './log/index.ts'
import {logWatch} from './log/log-watch.ts'
import {setFull} from './sets/set-full.ts'
import {SetWatch} from './sets/set-watch.ts'
import {diagram} from './testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './testing/fuzz.fixture.ts'

type Claim = 'linearizable' | 'eventual'

function firstBreach(watch: Watch, record: History): Breach | undefined {
  for (const op of record.ops) {
    const breach = watch.push(op)
    if (breach !== undefined) {
      expect(breach.index).toBe(op.index)
      return breach
    }
    expect(watch.probe()).toBe(undefined)
  }
  return undefined
}

const FUZZ = {info: 0.15, fail: 0.15}

function setHistory(random: Random): History {
  const present = new Set<number>()
  const shape = {workers: random.between(1, 3), operations: random.between(3, 10), lie: random.pick([0, 0.1, 0.3])}
  return fuzzHistory(
    random,
    {...shape, info: random.pick([0, FUZZ.info]), fail: random.pick([0, FUZZ.fail])},
    {
      draw: (draws) => {
        const input = draws.between(1, 3)
        return draws.chance(0.4) ? {f: 'read'} : {f: draws.chance(0.7) ? 'add' : 'remove', input}
      },
      apply: ({f, input}) => {
        if (f === 'read') return [...present]
        if (f === 'add') present.add(input as number)
        else present.delete(input as number)
        return input
      },
      lie: ({f}, answer, draws) => {
        if (f !== 'read' || !Array.isArray(answer)) return answer
        return draws.pick([answer.slice(1), [...answer, draws.between(1, 3)], [...new Set([...answer, 1])], 7])
      },
      ...(random.chance(0.5) ? {final: [{f: 'read'}]} : {}),
    },
  )
}

function counterHistory(random: Random): History {
  let sum = 0
  const shape = {workers: random.between(1, 4), operations: random.between(2, 9), lie: random.pick([0, 0.1, 0.3])}
  return fuzzHistory(
    random,
    {...shape, info: random.pick([0, FUZZ.info]), fail: random.pick([0, FUZZ.fail])},
    {
      draw: (draws) => (draws.chance(0.4) ? {f: 'read'} : {f: 'add', input: draws.pick([1, 2, 5, -1, -3])}),
      apply: ({f, input}) => (f === 'read' ? sum : (sum += input as number)),
      lie: ({f}, answer, draws) => (f === 'read' ? (answer as number) + draws.pick([-9, -2, -1, 1, 2, 9]) : answer),
    },
  )
}

const LEASE_MS = 0.006

/** Locks with leases; holders sleep at times, and the one who grants is mistaken at times. */
function lockHistory(random: Random): History {
  const holders = new Map<string, number>()
  const tokens = new Map<number, number>()
  const lax = random.pick([0, 0.1, 0.4])
  let token = 0
  return fuzzHistory(
    random,
    {
      workers: 3,
      operations: random.between(4, 14),
      lie: random.pick([0, 0, 0.2]),
      info: random.pick([0, FUZZ.info]),
      fail: random.pick([0, FUZZ.fail]),
    },
    {
      draw: (draws, process) => {
        const key = draws.chance(0.9) ? 'a' : 'b'
        const f = draws.pick(['acquire', 'acquire', 'use', 'release'])
        return f === 'acquire' ? {f, key} : {f, key, input: tokens.get(process) ?? 0}
      },
      apply: ({f, key, input}, worker) => {
        const lock = key as string
        if (f === 'use') return input
        if (f === 'release') return holders.get(lock) === worker ? holders.delete(lock) : undefined
        if (holders.has(lock) && holders.get(lock) !== worker && !random.chance(lax)) return undefined
        holders.set(lock, worker)
        tokens.set(worker, ++token)
        return token
      },
      lie: ({f}, answer, draws) => (f === 'acquire' ? Math.max(1, (answer as number) - draws.between(1, 3)) : answer),
    },
  )
}

const ACCOUNTS = ['a', 'b']

function bankHistory(random: Random): History {
  const balances: Record<string, number> = {a: 5, b: 5}
  return fuzzHistory(
    random,
    {workers: 2, operations: random.between(2, 8), lie: random.pick([0, 0.2]), info: random.pick([0, FUZZ.info])},
    {
      draw: (draws) => (draws.chance(0.5) ? {f: 'read'} : {f: 'transfer', input: draws.between(-4, 4)}),
      apply: ({f, input}) => {
        if (f === 'read') return {...balances}
        balances['a'] = balances['a']! - (input as number)
        balances['b'] = balances['b']! + (input as number)
        return input
      },
      lie: ({f}, answer, draws) =>
        f === 'read' ? draws.pick([{...(answer as object), a: draws.int(9)}, {a: 10}, null, 7]) : answer,
      ...(random.chance(0.5) ? {final: [{f: 'read'}]} : {}),
    },
  )
}

function idHistory(random: Random): History {
  let id = 0
  return fuzzHistory(
    random,
    {workers: 3, operations: random.between(2, 9), lie: random.pick([0, 0.2]), info: random.pick([0, FUZZ.info])},
    {
      draw: () => ({f: 'generate'}),
      apply: () => ++id,
      lie: (_, answer, draws) => Math.max(1, (answer as number) - draws.between(1, 5)),
    },
  )
}

/** Every record is sent once. A lie moves what is told to another offset. */
function logHistory(random: Random): History {
  const records: number[] = []
  let value = 0
  const isPoll = (f: string) => f === 'poll'
  return fuzzHistory(
    random,
    {
      workers: 3,
      operations: random.between(4, 12),
      lie: random.pick([0, 0.15]),
      info: random.pick([0, FUZZ.info]),
      fail: random.pick([0, FUZZ.fail]),
    },
    {
      draw: (draws) => (draws.chance(0.4) ? {f: 'poll'} : {f: 'send', key: 'k', input: ++value}),
      apply: ({f, input}) =>
        isPoll(f) ? {k: records.map((record, offset) => [offset, record])} : records.push(input as number) - 1,
      lie: ({f}, answer, draws) => {
        if (!isPoll(f)) return (answer as number) + draws.pick([-1, 1, 2])
        return {k: records.map((record, offset) => [offset + draws.int(2), record])}
      },
    },
  )
}

/** Facts of the log that only the whole of it tells. */
const IN_THE_END = [
  'lost-record',
  'unexpected-record',
  'aborted-read',
  'precommitted-read',
  'nonmonotonic-send',
  'nonmonotonic-poll',
  'poll-skip',
  'nonmonotonic-poll-within',
  'poll-skip-within',
  'reply-mismatch',
]

const bankRules = (claim: Claim) =>
  ({claim: claim === 'linearizable' ? 'snapshot' : 'read-committed', total: 10, accounts: ACCOUNTS}) as const

const CASES = [
  ['lock', lockHistory, () => lockWatch({leaseMs: LEASE_MS}), () => lock({fenced: false, leaseMs: LEASE_MS})],
  ['bank', bankHistory, (claim: Claim) => bankWatch(bankRules(claim)), (claim: Claim) => bank(bankRules(claim))],
  ['ids', idHistory, () => uniqueIdsWatch(), () => uniqueIds()],
  ['log', logHistory, () => logWatch(), () => log({allowed: IN_THE_END})],
  ['set', setHistory, (claim: Claim) => new SetWatch({claim}), (claim: Claim) => setFull({claim})],
  ['counter', counterHistory, (claim: Claim) => new CounterWatch({claim}), (claim: Claim) => counter({claim})],
] as const

describe.each(CASES)('%s', (name, make, watchFor, checkerFor) => {
  it.each(['linearizable', 'eventual'] as const)('what is proved early stays so: %s', (claim) => {
    fuzz(
      `watch/${name}/${claim}`,
      fuzzCount(1500),
      make,
      (record) => {
        const breach = firstBreach(watchFor(claim), record)
        const validity = (whole: History) => (checkerFor(claim).check(whole) as {validity: string}).validity
        if (breach !== undefined) {
          expect(validity(record), breach.sentence).toBe('invalid')
          // Even had the run ended there.
          expect(validity(record.filter(({index}) => index <= breach.index))).toBe('invalid')
        } else if (claim === 'linearizable' && record.operations.every(({outcome}) => outcome === 'ok')) {
          // Only what fails or is never heard of can leave something for later.
          expect(validity(record)).not.toBe('invalid')
        }
        return breach === undefined
      },
      {balance: 0.05},
    )
  })
})

it.each<[string, Watch, string, string]>([
  ['a phantom', new SetWatch({claim: 'eventual'}), '0 |add 1| |read [1 2]|', 'Process 0 read 2, which nobody added'],
  ['twice', new SetWatch({claim: 'eventual'}), '0 |add 1| |read [1 1]|', 'Process 0 read 1, and more than once'],
  ['lost', new SetWatch(), '0 |add 1| |read []|', 'Process 0 missed 1, which was acknowledged before'],
  [
    'resurrected',
    new SetWatch(),
    '0 |add 1| |remove 1| |read [1]|',
    'Process 0 read 1, although its removal was acknowledged before',
  ],
  ['too much', new CounterWatch(), '0 |add 5| |read 10|', 'Process 0 read 10, but only 5 to 5 were possible'],
])('says what it saw: %s', (_, watch, text, sentence) => {
  expect(firstBreach(watch, diagram(text))?.sentence).toBe(sentence)
})

it('holds nothing against what may still have happened', () => {
  expect(firstBreach(new SetWatch(), diagram('0 |add 1    >\n1     |read [1]|'))).toBe(undefined)
  expect(firstBreach(new SetWatch(), diagram('0 |add 1| |read []|\n1      |remove 1       >'))).toBe(undefined)
  expect(firstBreach(new CounterWatch(), diagram('0 |add 5     >\n1    |read 5|'))).toBe(undefined)
})

it('says where it is blind', () => {
  const watch = new CounterWatch()
  const record = diagram('0 |add 9007199254740993| |read 1|')
  expect(firstBreach(watch, record)).toBe(undefined)
  expect(watch.blind).toMatch(/^amounts beyond 2\^53, and fractions, are not judged/)
})
