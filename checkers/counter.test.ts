import {expect, it} from 'vitest'
import type {History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import {counter} from './counter.ts'
import {diagram} from './diagram.ts'
import {endIndex} from './finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'

type Claim = 'linearizable' | 'eventual'
const judge = (text: string, claim: Claim = 'linearizable') => counter({claim}).check(diagram(text))

it('says what was read and what was possible', async () => {
  const verdict = await judge(`
    0 |add 5|   |add 3 >
    1       |add -2|      |read x=9|
  `)
  expect(verdict).toMatchObject({validity: 'invalid', kind: 'safety'})
  expect(verdict.anomalies[0]).toMatchObject({
    sentence: 'Process 1 read 9 of x, but only 0 was possible.',
    witness: [6, 7],
  })
})

it.each<[string, string, Claim, string[]]>([
  ['an acknowledged amount is missing', '0 |add 5|  |read 3|', 'linearizable', ['counter-out-of-bounds']],
  ['an amount counts twice', '0 |add 5|  |read 10|', 'linearizable', ['counter-out-of-bounds']],
  ['a decrement is missing', '0 |add 5| |decrement 2| |read 5|', 'linearizable', ['counter-out-of-bounds']],
  ['a failed amount counts', '0 |add 5 # |read 5|', 'linearizable', ['counter-out-of-bounds']],
  ['the final read misses an amount', '0 |add 5| |read! 0|', 'eventual', ['counter-wrong-final']],
  [
    'the final read is between the possible sums',
    '0 |add 5| |add 4 >\n1             |read! 7|',
    'eventual',
    ['counter-wrong-final'],
  ],
  ['nothing was read back', '0 |add 5| |read nil|', 'linearizable', ['counter-out-of-bounds']],
])('convicts: %s', async (_, text, claim, types) => {
  const verdict = await judge(text, claim)
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it.each<[string, string, Claim]>([
  ['a read beside an add', '0 |add 5|\n1 |read 5| |read 5|', 'linearizable'],
  ['a stale read of an eventual counter', '0 |add 5| |read 0| |read! 5|', 'eventual'],
  ['an unknown amount in the final read, or not', '0 |add 5 >\n1 |add 2| |read! 7|\n2         |read! 2|', 'eventual'],
  ['an increment without an amount', '0 |increment| |read 1|', 'linearizable'],
])('accepts: %s', async (_, text, claim) => {
  expect(await judge(text, claim)).toMatchObject({validity: 'valid', anomalies: []})
})

it('says unknown where nothing was read', async () => {
  expect(await judge('0 |add 5|')).toMatchObject({validity: 'unknown', reason: 'No read succeeded.'})
})

it('does not judge amounts that a double cannot hold', async () => {
  const record = diagram('0 |add 1| |read 1|')
  const big = record.operations.at(0) as unknown as {input: unknown}
  big.input = 2n ** 60n
  expect(await counter().check(record)).toMatchObject({validity: 'unknown'})
})

/** The definition, read by read. */
function reference(record: History, claim: Claim): boolean {
  const amounts = [...record.operations.filter(({f, outcome}) => f === 'add' && outcome !== 'fail')]
  const reads = record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  return reads.every((read) => {
    const before = amounts.filter((add) => add.outcome === 'ok' && endIndex(add) < read.invoke.index)
    const attempted = amounts.filter((add) => add.invoke.index < endIndex(read))
    const sum = (list: readonly Operation[], sign: number) =>
      list
        .map(({input}) => input as number)
        .filter((n) => n * sign > 0)
        .reduce((a, b) => a + b, 0)
    const must = claim === 'eventual' && !read.final ? [] : before
    const value = read.output as number
    // A final read of an eventual counter is bound by the subset rule alone, which is stricter.
    const bounds =
      claim === 'eventual'
        ? [sum(attempted, -1), sum(attempted, 1)]
        : [sum(must, 1) + sum(attempted, -1), sum(attempted, 1) + sum(must, -1)]
    if (value < bounds[0]! || value > bounds[1]!) return false
    if (!read.final) return true
    const optional = attempted.filter((add) => !before.includes(add))
    for (let subset = 0; subset < 1 << optional.length; subset++) {
      const chosen = optional.filter((_, bit) => subset & (1 << bit))
      if (sum([...before, ...chosen], 1) + sum([...before, ...chosen], -1) === value) return true
    }
    return false
  })
}

it.each<Claim>(['linearizable', 'eventual'])('agrees with the definition: %s', (claim) => {
  fuzz(
    `counter/${claim}`,
    fuzzCount(2000),
    (random) => {
      let sum = 0
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 4),
          operations: random.between(2, 9),
          info: 0.2,
          fail: 0.1,
          lie: random.pick([0, 0.1, 0.3]),
        },
        {
          draw: (draws) => (draws.chance(0.4) ? {f: 'read'} : {f: 'add', input: draws.pick([1, 2, 5, -1, -3])}),
          apply: ({f, input}) => (f === 'read' ? sum : (sum += input as number)),
          lie: ({f}, answer, draws) => (f === 'read' ? (answer as number) + draws.pick([-2, -1, 1, 2]) : answer),
          final: [{f: 'read'}],
        },
      )
    },
    (record) => {
      const verdict = counter({claim}).check(record) as {validity: string}
      const expected = reference(record, claim)
      expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
      return expected
    },
  )
})
