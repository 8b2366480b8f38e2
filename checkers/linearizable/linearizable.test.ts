import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import {linearizable, MODELS, type Model} from './index.ts'
import {registerHistory} from './testing/notation.ts'

const checker = linearizable({model: 'cas-register', perKey: false, trustFailures: true})
const check = (events: string) => checker.check(registerHistory(events)) as Awaited<ReturnType<typeof checker.check>>

const VALID: readonly (readonly [string, string])[] = [
  ['a read of the initial value', '0:r( 0:)nil'],
  ['a concurrent read may see a write early', '0:w1( 1:r( 1:)1 0:)'],
  ['or late', '0:w1( 1:r( 0:) 1:)nil'],
  ['an unknown write may happen late', '0:w1( 0:) 1:w2( 1:? 2:r( 2:)1 2:r( 2:)2'],
  ['or never', '0:w1( 0:) 1:w2( 1:? 2:r( 2:)1'],
  ['cas chains', '0:w1( 0:) 0:c12( 1:c23( 1:) 0:) 2:r( 2:)3'],
  ['a refused cas says nothing that is wrong', '0:w1( 0:) 0:c23( 0:x 1:r( 1:)1'],
]

test.each(VALID)('valid: %s', (_, events) => {
  expect(check(events).validity).toBe('valid')
})

const INVALID: readonly (readonly [string, string, string])[] = [
  [
    'stale-read',
    '0:w3( 0:) 1:w7( 1:) 2:r( 2:)7 0:w9( 0:? 4:r( 4:)3',
    'Process 4 read 3, but only 7 or 9 were possible',
  ],
  ['lost-write', '0:w1( 0:) 1:r( 1:)nil', 'Process 1 read null, but only 1 was possible'],
  ['phantom-read', '0:w1( 0:) 1:r( 1:)5', 'Process 1 read 5, which nobody had written, but only 1 was possible'],
  ['stale-read', '0:w1( 0:) 0:w2( 1:r( 1:)2 2:r( 2:)1 0:)', 'Process 2 read 1, but only 2 was possible'],
  // Nobody ever saw 2, but that is since 3 came after it.
  ['stale-read', '0:w1( 0:) 0:w2( 0:) 0:w3( 0:) 1:r( 1:)3 2:r( 2:)1', 'Process 2 read 1, but only 3 was possible'],
  // Somebody saw 3, but only after 2 was gone.
  ['lost-write', '0:w1( 0:) 0:w2( 0:) 1:r( 1:)1 0:w3( 0:) 1:r( 1:)3', 'Process 1 read 1, but only 2 was possible'],
  ['lost-write', '0:w1( 0:) 0:c12( 1:c13( 0:) 1:)', 'Process 1 changed from 1 to 3, but only 2 was possible'],
  ['nonlinearizable', '0:w1( 0:) 1:c12( 1:x', 'Process 1: cas [1 2] was refused, but the state could only be 1'],
]

test.each(INVALID)('%s: %s', (type, events, sentence) => {
  const verdict = check(events)
  expect(verdict.validity).toBe('invalid')
  expect(verdict.anomalies[0]).toMatchObject({type, sentence})
})

test('a completion that calls itself something else is that of what was asked for', () => {
  for (const [events, validity] of [
    ['0:w1( 0:) 1:r( 1:)1', 'valid'],
    ['0:w1( 0:) 1:r( 1:)2', 'invalid'],
    ['0:w1( 0:) 0:c12( 1:c13( 0:) 1:x', 'valid'],
    ['0:w1( 0:) 1:c12( 1:x', 'invalid'],
  ] as const) {
    for (const other of ['read', 'write', 'cas', 'else']) {
      const ops = registerHistory(events).ops.map((op) => (op.type === 'invoke' ? op : {...op, f: other}))
      const {validity: found} = checker.check(history(ops)) as Awaited<ReturnType<typeof checker.check>>
      expect([events, other, found]).toEqual([events, other, validity])
    }
  }
})

test('the text of a number is another value than the number, and that is said', () => {
  const ops = [
    {index: 0, timeNs: 0, process: 0, type: 'invoke' as const, f: 'write', value: 34},
    {index: 1, timeNs: 1, process: 0, type: 'ok' as const, f: 'write', value: 34},
    {index: 2, timeNs: 2, process: 1, type: 'invoke' as const, f: 'read', value: null},
  ]
  const why = (value: unknown) => {
    const read = {index: 3, timeNs: 3, process: 1, type: 'ok' as const, f: 'read', value}
    const verdict = checker.check(history([...ops, read])) as Awaited<ReturnType<typeof checker.check>>
    return verdict.anomalies[0]?.why?.join(' ')
  }
  expect(why('34')).toContain('Does the client make numbers of what it reads?')
  expect(why('35')).not.toContain('Does the client')
})

test('the counterexample is minimal and says why', () => {
  const noise = Array.from({length: 40}, (_, i) => `${i % 3}:w${i % 8}( ${i % 3}:)`).join(' ')
  const verdict = check(`${noise} 0:w3( 0:) 1:w7( 1:) 2:r( 2:)7 0:w9( 0:? 4:r( 4:)3`)
  const [anomaly] = verdict.anomalies
  expect(anomaly?.counterexample?.operations).toEqual([80, 82, 88])
  expect(anomaly?.counterexample?.impossible).toBe(88)
  expect(anomaly?.counterexample?.states).toEqual(['7', '9'])
  expect(anomaly?.witness).toEqual([80, 81, 82, 83, 88, 89])
  expect(anomaly?.why).toMatchInlineSnapshot(`
    [
      "#80 (write 3 by process 0) finished before #82 (write 7 by process 1) began, so it comes first.",
      "#82 (write 7 by process 1) finished before #88 (read → 3 by process 4) began, so it comes first.",
      "When #88 (read → 3 by process 4) ran, the value could only be 7 or 9 (from #86).",
      "3 came from #80 (write 3 by process 0); nothing that was still to happen writes it again.",
      "Without #88 (read → 3 by process 4) the others have an order; with it there is none.",
    ]
  `)
  expect(anomaly?.counterexample?.linearizations).toMatchInlineSnapshot(`
    [
      [
        {
          "index": 80,
          "state": "3",
        },
        {
          "index": 82,
          "state": "7",
        },
      ],
    ]
  `)
})

test('what could come next is told, with why it leads nowhere', () => {
  const {counterexample} = check('0:w1( 0:) 1:w2( 1:) 2:w3( 3:r( 3:)1 2:)').anomalies[0]!
  const [longest] = counterexample!.linearizations
  expect(longest!.map(({state}) => state)).toEqual(['1', '2'])
  expect(counterexample!.next?.[0]).toEqual([
    {index: counterexample!.impossible, illegal: true, reason: 'impossible in the state 2'},
  ])
})

test('keys are independent objects, and the sentence names the one', () => {
  const ops = ['x1', 'x2'].flatMap((key, k) => [
    {type: 'invoke', process: k, f: 'write', key, value: 1},
    {type: 'ok', process: k, f: 'write', key, value: 1},
    {type: 'invoke', process: k, f: 'read', key, value: null},
    {type: 'ok', process: k, f: 'read', key, value: k === 0 ? 1 : null},
  ])
  const record = history(ops.map((op, index) => ({...op, index, timeNs: index}) as never))
  const verdict = linearizable({model: 'register'}).check(record)
  expect(verdict).toMatchObject({
    validity: 'invalid',
    summary: 'register, 1/2 keys, 4 operations',
    anomalies: [{key: 'x2', sentence: 'Process 1 read x2 = null, but only 1 was possible'}],
  })
})

test('nothing tested is unknown', () => {
  expect(checker.check(history([]))).toMatchObject({
    validity: 'unknown',
    reason: 'nothing was tested: no operation was recorded',
  })
  expect(check('0:w1( 0:?')).toMatchObject({validity: 'unknown'})
})

test('an exhausted budget is unknown and says how far it came', () => {
  // Short enough to be searched: in a longer one a single order is followed first, which asks nobody.
  const budget = {exceeded: () => '2 s of time'}
  const events: string[] = []
  for (let round = 0; round < 50; round++) {
    for (let p = 0; p < 9; p++) events.push(`${p}:w${(p + round) % 5}(`)
    for (let p = 8; p >= 0; p--) events.push(`${p}:)`)
    events.push(`9:r( 9:)${(round + 3) % 5}`)
  }
  const register = {...MODELS['register']!, structure: undefined} as unknown as Model
  for (const model of [register, 'register']) {
    const checked = linearizable({model, perKey: false}).check(registerHistory(events.join(' ')), {budget})
    expect(checked).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('out of 2 s of time: history explained up to event'),
      detail: {reached: [{of: 1000, index: expect.any(Number)}]},
    })
  }
})

test('an unknown model or function is bad usage', () => {
  expect(() => linearizable({model: 'registre'})).toThrow('Did you mean "register"?')
  expect(() => check('0:w1( 0:)') && linearizable({model: 'register'}).check(registerHistory('0:c12( 0:)'))).toThrow(
    'the model "register" does not know the function "cas"',
  )
})
