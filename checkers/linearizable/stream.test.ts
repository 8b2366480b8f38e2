import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import {createRandom} from '../../core/random.ts'
import {decide} from './decide.ts'
import type {Model} from './model.ts'
import {MODELS} from './models/index.ts'
import {split} from './split.ts'
import {type Breach, LinearizableStream} from './stream.ts'
import {atomicObject, SPEECH} from './testing/atomic.ts'
import {atomicRegister, randomHistory} from './testing/fuzz.ts'
import {registerHistory} from './testing/notation.ts'
import {traceOf} from './trace.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 10_000) / 25

test.each([...Object.keys(SPEECH), 'cas-register'])('%s: a stream says what the whole record says', (name) => {
  const model = (MODELS as Readonly<Record<string, Model>>)[name]!
  for (let i = 0; i < HISTORIES; i++) {
    const random = createRandom(`stream/${name}/${i}`)
    const shape = {
      processes: random.between(2, 5),
      operations: random.between(3, 14),
      values: random.pick([0, 3]),
      info: random.pick([0, 0.2]),
      lie: random.pick([0, 0.2, 0.4]),
      functions: model.functions,
    }
    const object = name === 'cas-register' ? atomicRegister() : atomicObject(model)
    const record = randomHistory(random, shape, object)
    const {ops} = record
    const trust = random.chance(0.5) ? () => true : undefined
    const [track] = split(record, () => undefined)
    const expected = decide(model, traceOf(ops, track!, model, trust), () => false)
    const stream = new LinearizableStream({model, ...(trust === undefined ? {} : {trustFailures: trust})})
    const often = random.chance(0.5)
    let breach: Breach | undefined
    let at = -1
    for (const op of ops) {
      breach = stream.push(op) ?? (often ? stream.probe() : undefined)
      if (breach !== undefined) {
        at = op.index
        break
      }
    }
    const {validity} = stream.close()
    expect(validity, JSON.stringify(ops)).toBe(expected.kind)
    if (breach === undefined || !often || expected.kind !== 'invalid') continue
    // Asked after every op, it knows as soon as it can be known: what had happened before was still possible.
    const before = history(ops.slice(0, at))
    const [earlier] = split(before, () => undefined)
    const decision = decide(model, traceOf(before.ops, earlier!, model, trust), () => false)
    expect(decision.kind, JSON.stringify(ops)).toBe('valid')
  }
})

test('a proof does not wait for an operation that hangs', () => {
  const stream = new LinearizableStream({model: MODELS['register']})
  // Process 9 hangs from the start; what it reads could not help anybody.
  for (const op of registerHistory('9:r( 0:w1( 0:) 0:w2( 0:) 1:r( 1:)1').ops) expect(stream.push(op)).toBeUndefined()
  expect(stream.probe()).toMatchObject({
    index: 6,
    sentence: 'Process 1: read 1, which no order of the operations allows',
  })
})

test('memory is that of the window: values and operations that are over are forgotten', () => {
  const stream = new LinearizableStream({model: MODELS['cas-register']})
  const random = createRandom('stream/long')
  const shape = {processes: 5, operations: 30_000, values: 0, info: 0, lie: 0, functions: ['read', 'write', 'cas']}
  let most = 0
  for (const op of randomHistory(random, shape, atomicRegister()).ops) {
    expect(stream.push(op)).toBeUndefined()
    most = Math.max(most, stream.waiting)
  }
  expect(stream.close()).toMatchObject({validity: 'valid', operations: 30_000})
  expect(most).toBeLessThan(1000)
})
