import {expect, it} from 'vitest'
import {type BankOptions, bank} from './bank.ts'
import {diagram} from './diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'

const ten: BankOptions = {total: 10}

it.each<[string, string, BankOptions, string[]]>([
  ['right', '0 |read {a: 4 b: 6}| |transfer {from: a to: b amount: 3}| |read {a: 1 b: 9}|', ten, []],
  ['half a transfer', '0 |read {a: 4 b: 6}| |read {a: 1 b: 6}|', ten, ['wrong-total']],
  ['a debt', '0 |read {a: -1 b: 11}|', ten, ['negative-balance']],
  ['a debt, allowed', '0 |read {a: -1 b: 11}|', {...ten, allowNegative: true}, []],
  ['nothing', '0 |read {a: nil b: 10}|', ten, ['nil-balance']],
  ['an account too many', '0 |read {a: 4 b: 6}| |read {a: 4 b: 6}| |read {a: 4 b: 5 c: 1}|', ten, ['unknown-account']],
  ['an account too few', '0 |read {a: 4 b: 6}| |read {a: 10}|', {...ten, accounts: ['a', 'b']}, ['missing-account']],
  ['accounts that are numbers', '0 |read {0: 4 1: 6}|', {...ten, accounts: [0, 1]}, []],
  ['the commonest total', '0 |read {a: 4 b: 6}| |read {a: 4 b: 6}| |read {a: 4 b: 7}|', {}, ['wrong-total']],
  ['mixed moments, read committed', '0 |read {a: 1 b: 6}| |read! {a: 4 b: 6}|', {...ten, claim: 'read-committed'}, []],
  ['wrong at rest', '0 |read! {a: 1 b: 6}|', {...ten, claim: 'read-committed'}, ['wrong-total']],
])('%s', async (_, text, options, types) => {
  const verdict = await bank(options).check(diagram(text))
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it('adds beyond 2^53 exactly', async () => {
  const record = diagram('0 |read {a: 1 b: 2}|')
  const [read] = record.operations as unknown as [{output: unknown}]
  read.output = {a: 2n ** 60n, b: 1}
  expect(await bank({total: 2n ** 60n + 1n}).check(record)).toMatchObject({validity: 'valid'})
  expect(await bank({total: 2n ** 60n}).check(record)).toMatchObject({validity: 'invalid'})
})

it('says what it took for granted, and when nothing was read', async () => {
  expect((await bank().check(diagram('0 |read {a: 4 b: 6}|'))).summary).toBe('1 read, total taken to be 10')
  expect(await bank().check(diagram('0 |transfer {from: a to: b amount: 1}|'))).toMatchObject({validity: 'unknown'})
})

it('agrees with the definition', () => {
  fuzz(
    'bank',
    fuzzCount(1000),
    (random) => {
      const balances: Record<string, number> = {a: 5, b: 5, c: 0}
      return fuzzHistory(
        random,
        {workers: 2, operations: random.between(2, 7), info: 0.1, lie: random.pick([0, 0.2])},
        {
          draw: (draws) => {
            const [from, to] = draws.shuffle(['a', 'b', 'c'])
            return draws.chance(0.5) ? {f: 'read'} : {f: 'transfer', input: {from, to, amount: draws.between(1, 3)}}
          },
          apply: ({f, input}) => {
            if (f === 'read') return {...balances}
            const {from, to, amount} = input as {from: string; to: string; amount: number}
            if (balances[from]! < amount) return undefined
            balances[from]! -= amount
            balances[to]! += amount
            return input
          },
          lie: ({f}, answer, draws) =>
            f === 'read'
              ? {...(answer as object), [draws.pick(['a', 'b', 'c', 'd'])]: draws.pick([-1, 0, 5, null])}
              : answer,
        },
      )
    },
    (record) => {
      const reads = record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
      const expected = reads.every(({output}) => {
        const amounts = Object.values(output as Record<string, number | null>)
        if (amounts.length !== 3) return false
        return amounts.every((x) => x !== null && x >= 0) && amounts.reduce((a, b) => a! + b!, 0) === 10
      })
      const verdict = bank({total: 10, accounts: ['a', 'b', 'c']}).check(record) as {validity: string}
      if (reads.length > 0) expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
      return expected
    },
  )
})
