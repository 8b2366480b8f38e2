/** Watches against the checkers of the whole record: what is proved early must be found, and little may be missed. */
import {describe, expect, it} from 'vitest'
import type {History} from '../core/history.ts'
import type {Random} from '../core/random.ts'
import type {Breach, Watch} from '../core/watch.ts'
import {counter} from './counters/counter.ts'
import {CounterWatch} from './counters/counter-watch.ts'
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

const CASES = [
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
