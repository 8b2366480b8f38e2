/** A client that rounds must not convict a correct store, whatever the checker; one that does not round must. */
import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {CHECKERS, type CheckerName, check, linearizable} from '../library.ts'

/** Beyond 2^53, and as no rounding gives it. */
const A = 1234567890123456789n
const B = A + 2n

type Line = readonly [f: string, asked: unknown, answered: unknown, key?: string]

/** Operations one after the other; the last is a final read. */
function record(...lines: readonly Line[]): History {
  return history(
    lines.flatMap(([f, asked, answered, key], i): Op[] => {
      const common = {
        process: 0,
        f,
        ...(key === undefined ? {} : {key}),
        ...(i === lines.length - 1 ? {final: true} : {}),
      }
      return [
        {index: 2 * i, timeNs: 2 * i, type: 'invoke', value: asked, ...common},
        {index: 2 * i + 1, timeNs: 2 * i + 1, type: 'ok', value: answered, ...common},
      ]
    }),
  )
}

/** What a correct store answers to a client that rounds. */
const ROUNDED: readonly [CheckerName, History][] = [
  ['linearizable', record(['write', A, A], ['read', null, Number(A)])],
  ['sequential', record(['write', A, A], ['read', null, Number(A)])],
  ['causal', record(['write', A, A], ['read', null, Number(A)])],
  ['set', record(['add', A, A], ['read', null, [Number(A)]])],
  ['set-full', record(['add', A, A], ['add', B, B], ['read', null, [Number(A), Number(B)]])],
  ['counter', record(['add', A, A], ['read', null, Number(A)])],
  ['queue', record(['enqueue', A, A], ['enqueue', B, B], ['dequeue', null, Number(A)], ['dequeue', null, Number(B)])],
  ['total-queue', record(['enqueue', A, A], ['drain', null, [Number(A)]])],
  [
    'bank',
    record(
      ['read', null, {a: Number(A), b: 1}],
      ['transfer', {from: 'a', to: 'b', amount: 3}, null],
      ['read', null, {a: Number(A - 3n), b: 4}],
    ),
  ],
  ['unique-ids', record(['generate', null, Number(A)], ['generate', null, Number(B)])],
  [
    'list-append',
    record(['txn', [['append', 'x', A]], [['append', 'x', A]]], ['txn', [['r', 'x', null]], [['r', 'x', [Number(A)]]]]),
  ],
  [
    'rw-register',
    record(['txn', [['w', 'x', A]], [['w', 'x', A]]], ['txn', [['r', 'x', null]], [['r', 'x', Number(A)]]]),
  ],
  ['pubsub', record(['subscribe', null, null, 'x'], ['publish', A, A, 'x'], ['receive', null, [Number(A)], 'x'])],
  ['log', record(['send', A, 0, 'k'], ['poll', null, {k: [[0, Number(A)]]}])],
  ['consensus', record(['propose', A, Number(A)], ['read', null, Number(A)])],
  ['echo', record(['echo', A, Number(A)])],
]

it.each(ROUNDED)('%s: what a client may have rounded is unknown', async (name, rounded) => {
  const verdict = await check(rounded, name)
  expect(verdict).toMatchObject({validity: 'unknown', anomalies: []})
  expect(verdict.reason).toMatch(/rounded different numbers to one\..* Have it return them as text or bigint\.$/)
})

it.each(ROUNDED)('%s: the same convicts where an answer shows that nothing is rounded', async (name, rounded) => {
  const {key} = rounded.ops.at(-1) as Op
  const index = rounded.length
  const exact = {process: 1, f: 'look', ...(key === undefined ? {} : {key})}
  const evidence: Op[] = [
    {index, timeNs: index, type: 'invoke', value: null, ...exact},
    {index: index + 1, timeNs: index + 1, type: 'ok', value: A, ...exact},
  ]
  const {anomalies} = await CHECKERS[name]().check(rounded)
  expect(anomalies.length > 0 || name === 'unique-ids').toBe(true)
  const more = history([...rounded.ops, ...evidence])
  const {validity} = await check(more, {
    ...CHECKERS[name](),
    check: (_, options) => CHECKERS[name]().check(rounded, options),
  })
  if (name !== 'unique-ids') expect(validity).toBe('invalid')
})

it('small numbers convict beside rounded ones', async () => {
  const lost = record(
    ['write', 1, 1, 'x'],
    ['read', null, 2, 'x'],
    ['write', A, A, 'y'],
    ['read', null, Number(A), 'y'],
  )
  expect((await check(lost, 'linearizable')).anomalies).toMatchObject([{key: 'x'}])
})

it.each<[CheckerName, History]>([
  ['linearizable', record(['write', 2n ** 60n, null], ['read', null, 2 ** 60])],
  ['linearizable', record(['write', [2n ** 60n], null], ['read', null, [2 ** 60]])],
  ['set-full', record(['add', 2n ** 60n, null], ['read', null, [2 ** 60]])],
  [
    'list-append',
    record(
      ['txn', [['append', 'x', 2n ** 60n]], [['append', 'x', 2n ** 60n]]],
      ['txn', [['r', 'x', null]], [['r', 'x', [2 ** 60]]]],
    ),
  ],
  ['log', record(['send', 1, 2n ** 60n, 'k'], ['poll', null, {k: [[2 ** 60, 1]]}])],
  ['counter', record(['add', 2n ** 60n, null], ['read', null, 2 ** 60])],
  [
    'pubsub',
    record(['subscribe', null, null, 'x'], ['publish', 2n ** 60n, null, 'x'], ['receive', null, [2 ** 60], 'x']),
  ],
  [
    'list-append',
    record(['txn', [['append', 'x', 5n]], [['append', 'x', 5n]]], ['txn', [['r', 'x', null]], [['r', 'x', [5]]]]),
  ],
])('%s: a number is one, told as a number or as a bigint', async (name, same) => {
  expect(await CHECKERS[name]().check(same)).toMatchObject({validity: 'valid'})
})

it('so it is for the model of a counter', async () => {
  const same = record(['add', 2n ** 60n, null], ['read', null, 2 ** 60])
  expect(await linearizable({model: 'counter'}).check(same)).toMatchObject({validity: 'valid'})
})
