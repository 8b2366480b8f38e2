/**
 * Banks and unique ids against their definitions, told of each read and of every two answers, over records that follow from
 * nothing. The watches must tell at the first op that is certain, and no sooner.
 */
import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord, anyValue, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {type BankOptions, bank} from './bank.ts'
import {bankWatch} from './bank-watch.ts'
import {uniqueIds} from './unique-ids.ts'
import {uniqueIdsWatch} from './unique-ids-watch.ts'

const NAMES = ['a', 'b', 'c']
const TOTAL = 10

function statements(random: Random): History {
  const keys = random.pick([[undefined], ['x', 'y']])
  const wait = random.pick([0, 0.2])
  const odd = random.pick([0.02, 0.1, 0.4])
  const size = random.between(1, 3)
  return anyRecord(random, {
    workers: random.between(1, 3),
    operations: random.between(0, 7),
    open: wait,
    draw: (draws) => {
      const key = draws.pick(keys)
      const common = key === undefined ? {} : {key}
      if (draws.chance(0.3)) {
        const input = {from: draws.pick(NAMES), to: draws.pick(NAMES), amount: draws.between(1, 3)}
        return {...common, f: 'transfer', input, answer: () => input}
      }
      return {...common, f: 'read', final: draws.chance(0.3), answer: (late) => balances(late, size, odd)}
    },
  })
}

function balances(random: Random, size: number, odd: number): unknown {
  if (random.chance(odd / 4)) return random.pick([null, 7, [10], 'a'])
  const parts = Array.from({length: size}, () => random.between(0, 3))
  parts[0] = TOTAL - parts.slice(1).reduce((sum, part) => sum + part, 0)
  const held: [string, unknown][] = parts.map((part, at) => [NAMES[at] as string, part])
  if (random.chance(odd)) held[0] = ['a', random.pick<unknown>([null, -2, 2, '4', 4.5, 12])]
  if (random.chance(odd / 2)) held.push(['d', 0])
  if (random.chance(odd / 2)) held.pop()
  const big = random.chance(0.3)
  return Object.fromEntries(
    held.map(([name, part]) => [name, big && Number.isInteger(part) ? BigInt(part as number) : part]),
  )
}

/** What most of these are; the first of several. Undefined where there is none. */
function most(texts: readonly string[]): string | undefined {
  const times = (text: string) => texts.filter((other) => other === text).length
  return texts.find((text) => texts.every((other) => times(other) <= times(text)))
}

/** The reads that are wrong, by the index of their invocation, with what is wrong. */
function wrongReads(operations: readonly Operation[], options: BankOptions): Map<number, Set<string>> {
  const wrong = new Map<number, Set<string>>()
  const tell = ({invoke}: Operation, what: string) =>
    wrong.set(invoke.index, (wrong.get(invoke.index) ?? new Set()).add(what))
  const reads = operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  const maps = reads.filter(({output}) => typeof output === 'object' && output !== null && !Array.isArray(output))
  for (const read of reads) if (!maps.includes(read)) tell(read, 'reply-mismatch')
  const held = (read: Operation) => read.output as Readonly<Record<string, unknown>>
  const names = (read: Operation) => Object.keys(held(read)).sort().join()
  const isWhole = (read: Operation) => options.claim !== 'read-committed' || read.final
  const amounts = (read: Operation) => Object.values(held(read)).map(Number)
  const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint'
  const counts = (read: Operation) => Object.values(held(read)).every(isNumber)
  const sum = (read: Operation) => `${amounts(read).reduce((one, other) => one + other, 0)}`
  const accounts = options.accounts === undefined ? most(maps.map(names)) : [...options.accounts].sort().join()
  const total = options.total === undefined ? most(maps.filter(isWhole).filter(counts).map(sum)) : `${options.total}`
  for (const read of maps) {
    const known = accounts === '' ? [] : (accounts as string).split(',')
    const own = Object.keys(held(read))
    const before = wrong.size
    if (own.some((name) => !known.includes(name))) tell(read, 'unknown-account')
    if (known.some((name) => !own.includes(name))) tell(read, 'missing-account')
    if (Object.values(held(read)).includes(null)) tell(read, 'nil-balance')
    // What a read that is wrong so far adds up to says nothing.
    if (wrong.size > before) continue
    if (!counts(read)) tell(read, 'reply-mismatch')
    else {
      if (isWhole(read) && total !== undefined && sum(read) !== total) tell(read, 'wrong-total')
      if (amounts(read).some((amount) => amount < 0) && !options.allowNegative) tell(read, 'negative-balance')
    }
  }
  return wrong
}

const KNOWN = {total: TOTAL, accounts: ['a', 'b']} as const
const BANKS: readonly BankOptions[] = [
  {},
  {claim: 'read-committed'},
  {allowNegative: true, total: TOTAL},
  {claim: 'read-committed', ...KNOWN},
  KNOWN,
]

it('a bank is what its definition says', () => {
  for (const options of BANKS) {
    const kinds = ['wrong-total', 'unknown-account', 'missing-account', 'nil-balance', 'reply-mismatch']
    if (!options.allowNegative) kinds.push('negative-balance')
    fuzz(
      `definition of a bank ${Object.values(options)}`,
      fuzzCount(1000),
      statements,
      (record) => {
        const wrong = new Map([...record.byKey().values()].flatMap((own) => [...wrongReads([...own], options)]))
        const {validity, anomalies} = bank(options).check(record) as Verdict
        const told = anomalies.map(({type, witness}) => `${witness[0]} ${type}`)
        const expected = [...wrong].flatMap(([index, whats]) => [...whats].map((what) => `${index} ${what}`))
        expect(told.sort()).toEqual(expected.sort())
        const judged = record.operations.some(
          ({f, outcome, final}) =>
            f === 'read' && outcome === 'ok' && (options.claim !== 'read-committed' || final === true),
        )
        expect(validity).toBe(expected.length > 0 ? 'invalid' : judged ? 'valid' : 'unknown')
        return [...wrong.values()].flatMap((whats) => [...whats])
      },
      {balance: 0.05, kinds},
    )
  }
})

it('the watch of a bank tells of the first wrong read when it returns', () => {
  for (const claim of ['snapshot', 'read-committed'] as const) {
    const options = {...KNOWN, claim}
    fuzz(`definition of the watch of a bank ${claim}`, fuzzCount(1000), statements, (record) => {
      const watch = bankWatch(options)
      const breach = record.ops.map((op) => watch.push(op)).find((found) => found !== undefined)
      const wrong = [...record.byKey().values()].flatMap((own) => [...wrongReads([...own], options).keys()])
      const returned = wrong.map((index) => record.operationWith(index)?.completion?.index as number)
      expect(breach?.index).toBe(returned.sort((left, right) => left - right)[0])
      return breach === undefined
    })
  }
})

function answers(random: Random): History {
  const keys = random.pick([[undefined], ['x', 'y'], [1, '1']])
  const wait = random.pick([0, 0.2])
  // All but numbers beyond 2^53: what a client may have rounded has tests of its own (`findings/rounded.test.ts`).
  const kinds = Array.from({length: random.pick([8, 30, 100])}, (_, n) => n).filter((n) => n % 8 !== 2)
  return anyRecord(random, {
    workers: random.between(1, 4),
    operations: random.between(0, 8),
    open: wait,
    draw: (draws) => {
      const key = draws.pick(keys)
      const answer = (late: Random) => (late.chance(0.03) ? null : anyValue(late.pick(kinds), late.int(2)))
      return {...(key === undefined ? {} : {key}), f: draws.chance(0.9) ? 'generate' : 'other', answer}
    },
  })
}

/** The ops at which an id is told that was told before, or nothing for an id. */
function again(record: History): {readonly twice: number[]; readonly nil: number[]} {
  const told = [...record.operations]
    .filter(({f, outcome}) => f === 'generate' && outcome === 'ok')
    .map(({key, output, completion}) => ({key, id: identity(output), index: completion?.index as number}))
  const nil = told.filter(({id}) => id === 'nil').map(({index}) => index)
  const same = told.filter(({key, id, index}) =>
    told.some((other) => id !== 'nil' && other.key === key && other.id === id && other.index < index),
  )
  return {twice: same.map(({index}) => index), nil}
}

it('unique ids are what their definition says', () => {
  fuzz('definition of unique ids', fuzzCount(3000), answers, (record) => {
    const {twice, nil} = again(record)
    const {validity, anomalies} = uniqueIds().check(record) as Verdict
    const count = (type: string) => anomalies.filter((anomaly) => anomaly.type === type).length
    expect([count('duplicate-id'), count('reply-mismatch')]).toEqual([twice.length, nil.length])
    const generated = record.operations.some(
      ({f, outcome, output}) => f === 'generate' && outcome === 'ok' && output !== null,
    )
    const expected = twice.length + nil.length > 0 ? 'invalid' : generated ? 'valid' : 'unknown'
    expect(validity).toBe(expected)
    const watch = uniqueIdsWatch()
    const breach = record.ops.map((op) => watch.push(op)).find((found) => found !== undefined)
    expect(breach?.index).toBe(twice.sort((left, right) => left - right)[0])
    return expected !== 'invalid'
  })
})
