/**
 * The watch of a log against its definition, which looks at all answers: certain are two values at one offset of a key, and one
 * value at more offsets than it was sent so far, at the op that tells the last of them, over records that follow from nothing, in
 * every notation.
 */
import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {log} from './index.ts'
import {logWatch} from './log-watch.ts'

const BIG = 2n ** 53n

function records(random: Random): History {
  const keys = random.pick<readonly (string | number)[]>([['x'], ['x', 'y'], [1, 2], [1, 'x']])
  const wait = random.pick([0, 0.2])
  const shift = random.pick([0n, 0n, BIG])
  const faithful = random.pick([0.8, 0.95, 1])
  const micros = random.chance(0.4)
  const offset = (n: number) => (shift === 0n && random.chance(0.8) ? n : shift + BigInt(n))
  // The value at offset n of a key is v-n where nobody lies.
  const place = (late: Random) => {
    const n = late.int(5)
    return [offset(n), `v${late.chance(faithful) ? n : late.int(5)}`] as const
  }
  const batch = (late: Random) => Array.from({length: late.int(4)}, () => place(late))
  const all = (late: Random) => Object.fromEntries(keys.filter(() => late.chance(0.7)).map((key) => [key, batch(late)]))
  return anyRecord(random, {
    workers: random.between(1, 3),
    operations: random.between(0, 7),
    open: wait,
    draw: (draws) => {
      const key = draws.pick(keys)
      const [at, value] = place(draws)
      const told = draws.chance(0.1) ? -1 : at
      if (micros) {
        const f = draws.pick(['txn', 'send', 'poll'])
        if (draws.chance(0.5)) return {f, input: [['send', key, value]], answer: () => [['send', key, [told, value]]]}
        const input = [['send', key, value], ['poll']]
        return {
          f,
          input,
          answer: (late) => [
            ['send', key, [told, value]],
            ['poll', all(late)],
          ],
        }
      }
      if (draws.chance(0.5))
        return {f: 'send', key, input: value, answer: () => (draws.chance(0.5) ? told : [told, value])}
      return draws.chance(0.5) ? {f: 'poll', key, answer: batch} : {f: 'poll', answer: all}
    },
  })
}

interface Told {
  readonly key: string
  readonly offset: string
  readonly value: string
}

/** What an operation was told, of any notation above. Keys of maps are texts. */
function toldBy({f, key, input, output, outcome}: Operation): Told[] {
  if (outcome !== 'ok') return []
  const one = (of: unknown, at: unknown, value: unknown): Told[] =>
    BigInt(at as number) < 0n ? [] : [{key: `${of}`, offset: identity(at), value: identity(value)}]
  const many = (of: unknown, batch: unknown) =>
    (batch as [unknown, unknown][]).flatMap(([at, value]) => one(of, at, value))
  const map = (batches: unknown) => Object.entries(batches as object).flatMap(([of, batch]) => many(of, batch))
  if (Array.isArray(input)) {
    return (output as [string, unknown, unknown][]).flatMap(([verb, of, value]) =>
      verb === 'send' ? many(of, [value]) : map(of),
    )
  }
  if (f === 'send') return Array.isArray(output) ? many(key, [output]) : one(key, output, input)
  return key === undefined ? map(output) : many(key, output)
}

/** What an operation would have put into the log: key and value. */
function sentBy({f, key, input}: Operation): readonly (readonly [string, string])[] {
  if (!Array.isArray(input)) return f === 'send' ? [[`${key}`, identity(input)]] : []
  return (input as [string, unknown, unknown][]).flatMap(([verb, of, value]) =>
    verb === 'send' ? [[`${of}`, identity(value)] as const] : [],
  )
}

/** Whether these answers contradict each other, or tell a value more often than these operations sent it. */
function isOdd(told: readonly Told[], asked: readonly Operation[]): boolean {
  const sent = asked.flatMap(sentBy)
  return told.some(({key, offset, value}) => {
    const values = told.filter((other) => other.key === key && other.offset === offset).map((other) => other.value)
    const offsets = told.filter((other) => other.key === key && other.value === value).map((other) => other.offset)
    const times = sent.filter(([of, what]) => of === key && what === value).length
    return new Set(values).size > 1 || new Set(offsets).size > Math.max(1, times)
  })
}

/** The first op at which what was told so far is odd, given what was sent so far. */
function firstConflict(record: History): number | undefined {
  const told: Told[] = []
  const asked: Operation[] = []
  for (const {index, type} of record.ops) {
    const operation = record.operationWith(index) as Operation
    if (type === 'invoke') asked.push(operation)
    else told.push(...toldBy(operation))
    if (type === 'ok' && isOdd(told, asked)) return index
  }
  return undefined
}

it('tells of two values at an offset, and of a value at too many, as soon as they are known', () => {
  fuzz('definition of the watch of a log', fuzzCount(4000), records, (record) => {
    const watch = logWatch()
    const breach = record.ops.map((op) => watch.push(op)).find((found) => found !== undefined)
    const expected = firstConflict(record)
    expect(breach?.index, breach?.sentence).toBe(expected)
    const {anomalies} = log().check(record) as Verdict
    const operations = [...record.operations]
    const certain = anomalies.some(({type}) => type === 'inconsistent-offsets' || type === 'duplicate-record')
    expect(certain).toBe(isOdd(operations.flatMap(toldBy), operations))
    return expected === undefined
  })
})
