import {expect, it} from 'vitest'
import {parseHistory} from '../../core/format/index.ts'
import {type History, history} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type BankOptions, bank} from './bank.ts'

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

it.each<[string, string, BankOptions, string[]]>([
  ['fractions', '[{0 0.3, 1 0}, {0 0.2, 1 0.1}, {0 0.1, 1 0.2}]', {}, []],
  ['a machine that rounds', '[{0 0.3, 1 0.0}, {0 0.19999999999999998, 1 0.1}]', {total: 0.3}, []],
  ['a cent too much', '[{0 10.25, 1 0.25}, {0 10.25, 1 0.26}]', {total: 10.5}, ['wrong-total']],
  ['exact decimals', '[{0 10.50M, 1 0.5M}, {0 10.40M, 1 0.60M}, {0 11, 1 0M}]', {}, []],
  ['a little more, exactly', '[{0 0.1M, 1 0.2M}, {0 0.1M, 1 0.20000000000000000001M}]', {total: 0.3}, ['wrong-total']],
  ['ratios', '[{0 1/2, 1 1/2}, {0 1/3, 1 2/3}, {0 1, 1 0}, {0 4/3, 1 -1/3}]', {}, ['negative-balance']],
  ['half a bigint', '[{0 9007199254740993N, 1 0.5}, {0 9007199254740994N, 1 -0.5}]', {allowNegative: true}, []],
  ['what is no number', '[{0 1, 1 0}, {0 ##NaN, 1 1}, {0 x, 1 1}]', {}, ['reply-mismatch', 'reply-mismatch']],
])('adds up %s', async (_, reads, options, types) => {
  const ops = parseHistory(
    `[${reads
      .slice(1, -1)
      .split(/, (?={)/)
      .map((read) => `{:type :invoke :process 0 :f :read} {:type :ok :process 0 :f :read :value ${read}}`)
      .join('\n')}]`,
    {file: 'reads.edn'},
  ).ops
  const verdict = await bank(options).check(history(ops))
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it('says what it took for granted, and when nothing was read', async () => {
  expect((await bank().check(diagram('0 |read {a: 4 b: 6}|'))).summary).toBe('1 read, total taken to be 10')
  expect(await bank().check(diagram('0 |transfer {from: a to: b amount: 1}|'))).toMatchObject({validity: 'unknown'})
})

it('judges single balances in every read, also where reads may mix moments', async () => {
  const text = '0 |read {a: -1 b: 6}| |read {a: nil b: 6}| |read 7| |read {a: x b: 6}| |read! {a: 4 b: 6}|'
  const verdict = await bank({...ten, claim: 'read-committed', accounts: ['a', 'b']}).check(diagram(text))
  expect(verdict.anomalies.map(({type}) => type)).toEqual([
    'negative-balance',
    'nil-balance',
    'reply-mismatch',
    'reply-mismatch',
  ])
})

/** Reads that are wrong, and how: by the sentences of the definition. */
function reference(record: History, {claim, total, allowNegative}: BankOptions): Set<string> {
  const found = new Set<string>()
  for (const {f, outcome, output, final} of record.operations) {
    if (f !== 'read' || outcome !== 'ok') continue
    if (typeof output !== 'object' || output === null) {
      found.add('reply-mismatch')
      continue
    }
    const statement = output as Record<string, unknown>
    const names = Object.keys(statement)
    const wrong = [
      names.some((name) => !['a', 'b', 'c'].includes(name)) && 'unknown-account',
      ['a', 'b', 'c'].some((name) => !names.includes(name)) && 'missing-account',
      names.some((name) => statement[name] === null) && 'nil-balance',
    ].filter((type) => type !== false)
    for (const type of wrong) found.add(type)
    if (wrong.length > 0) continue
    const amounts = Object.values(statement)
    if (amounts.some((amount) => typeof amount !== 'number' && typeof amount !== 'bigint')) {
      found.add('reply-mismatch')
      continue
    }
    const cents = amounts.map((amount) => BigInt(amount as number))
    if (cents.some((amount) => amount < 0n) && !allowNegative) found.add('negative-balance')
    const whole = claim === 'snapshot' || final
    if (whole && cents.reduce((sum, amount) => sum + amount, 0n) !== BigInt(total as number)) found.add('wrong-total')
  }
  return found
}

it.each<BankOptions>([
  {claim: 'snapshot', total: 10, allowNegative: false},
  {claim: 'snapshot', total: 2n ** 60n, allowNegative: true},
  {claim: 'read-committed', total: 10, allowNegative: false},
])('agrees with the definition: $claim, $total', (options) => {
  const kinds = ['unknown-account', 'missing-account', 'nil-balance', 'reply-mismatch', 'wrong-total']
  fuzz(
    `bank/${options.claim}/${options.total}`,
    fuzzCount(1000),
    (random) => {
      const start = options.total as number | bigint
      const balances: Record<string, number | bigint> = {a: 0, b: typeof start === 'bigint' ? 0n : 0, c: start}
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 3),
          operations: random.between(2, 8),
          info: 0.1,
          lie: random.pick([0, 0, 0.3]),
          nameless: 0.2,
        },
        {
          draw: (draws) => {
            const [from, to] = draws.shuffle(['a', 'b', 'c'])
            return draws.chance(0.5) ? {f: 'read'} : {f: 'transfer', input: {from, to, amount: draws.between(1, 3)}}
          },
          apply: ({f, input}) => {
            if (f === 'read') return {...balances}
            const {from, to, amount} = input as {from: string; to: string; amount: number}
            const [left, right] = [BigInt(balances[from]!) - BigInt(amount), BigInt(balances[to]!) + BigInt(amount)]
            if (left < 0n) return undefined
            const reported = (sum: bigint) => (Number.isSafeInteger(Number(sum)) ? Number(sum) : sum)
            balances[from] = reported(left)
            balances[to] = reported(right)
            return input
          },
          lie: ({f}, answer, draws) => {
            if (f !== 'read') return answer
            const kind = draws.int(8)
            if (kind === 0) return draws.pick([null, 7, 'a'])
            const {a, ...others} = answer as {a: number}
            if (kind === 1) return others
            if (kind === 2) return {...others, a: 'x'}
            // A balance moves by itself: within the total, or not.
            if (kind === 3) return {...others, a: Number(a) - 11, b: BigInt((others as {b: number}).b) + 11n}
            return {...others, a, [draws.pick(['a', 'b', 'c', 'd'])]: draws.pick([0, 5, 10, null])}
          },
          final: [{f: 'read'}],
        },
      )
    },
    (record) => {
      const expected = reference(record, options)
      const verdict = bank({...options, accounts: ['a', 'b', 'c']}).check(record) as Verdict
      expect(new Set(verdict.anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: options.allowNegative === true ? kinds : [...kinds, 'negative-balance']},
  )
})
