import {expect, test} from 'vitest'
import {history} from '../../../core/history.ts'
import type {Op} from '../../../core/op.ts'
import {createRandom, type Random} from '../../../core/random.ts'
import {mergeValidity} from '../../../core/verdict.ts'
import {decide} from '../engines/decide.ts'
import type {Model} from '../model.ts'
import {MODELS} from '../models/index.ts'
import {split} from '../split.ts'
import {atomicObject, SPEECH} from '../testing/atomic.ts'
import {atomicRegister, randomHistory} from '../testing/fuzz.ts'
import {registerHistory} from '../testing/notation.ts'
import {traceOf} from '../trace.ts'
import {type Breach, LinearizableStream} from './stream.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 10_000) / 25

test.each([...Object.keys(SPEECH), 'cas-register'])('%s: a stream says what the whole record says', (name) => {
  const model = (MODELS as Readonly<Record<string, Model>>)[name]!
  let givenUp = 0
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
    if (validity === 'unknown') {
      expect(stream.blind).toBeDefined()
      givenUp++
      continue
    }
    expect(validity, JSON.stringify(ops)).toBe(expected.kind)
    if (breach === undefined || !often || expected.kind !== 'invalid') continue
    // Asked after every op, it knows as soon as it can be known: what had happened before was still possible.
    const before = history(ops.slice(0, at))
    const [earlier] = split(before, () => undefined)
    const decision = decide(model, traceOf(before.ops, earlier!, model, trust), () => false)
    expect(decision.kind, JSON.stringify(ops)).toBe('valid')
  }
  // Seven pushes at once have more orders than are followed.
  expect(givenUp).toBeLessThanOrEqual(HISTORIES / 1000)
})

/** Several objects' histories as one, in pieces: an object is left alone for a while and taken up again. */
function interleaved(histories: readonly (readonly Op[])[], random: Random): Op[] {
  const ops: Op[] = []
  const at = histories.map(() => 0)
  while (histories.some((own, k) => at[k]! < own.length)) {
    const k = random.int(histories.length)
    for (let piece = random.between(1, 12); piece > 0 && at[k]! < histories[k]!.length; piece--) {
      const op = histories[k]![at[k]!++]!
      ops.push({...op, index: ops.length, key: `x${k}`, process: Number(op.process) * histories.length + k})
    }
  }
  return ops
}

test.each(['cas-register', 'set', 'queue'])(
  '%s: objects that rest and wake up are judged as if they had not',
  (name) => {
    const model = (MODELS as Readonly<Record<string, Model>>)[name]!
    const seen = {valid: 0, invalid: 0, unknown: 0}
    for (let i = 0; i < HISTORIES; i++) {
      const random = createRandom(`rest/${name}/${i}`)
      const shape = {
        processes: random.between(1, 3),
        operations: random.between(4, 16),
        values: random.pick([0, 3]),
        info: random.pick([0, 0.15]),
        lie: random.pick([0, 0, 0.2]),
        functions: model.functions,
      }
      const object = () => (name === 'cas-register' ? atomicRegister() : atomicObject(model))
      const ops = interleaved(
        [0, 1, 2].map(() => randomHistory(random, shape, object()).ops as readonly Op[]),
        random,
      )
      const whole = history(ops)
      const decisions = split(whole, (invoke) => invoke.key).map(
        (track) => decide(model, traceOf(ops, track, model), () => false).kind,
      )
      const stream = new LinearizableStream({model, lookEvery: random.between(1, 4)})
      for (const op of ops) stream.push(op)
      const {validity} = stream.close()
      expect(validity, JSON.stringify(ops)).toBe(mergeValidity(decisions))
      seen[validity]++
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 20)
  },
)

test.each([
  ['an operation that is taken for pending because it stays open too long', 0.1, {longestWait: 5}],
  ['a pending operation that may happen any number of times', 0.35, {patience: {steps: 0, pending: 0}}],
])('%s never makes a false alarm', (_, info, bounds) => {
  const seen = {proved: 0, missed: 0, blind: 0}
  for (let i = 0; i < 2 * HISTORIES; i++) {
    const random = createRandom(`weakened/${info}/${i}`)
    const shape = {processes: 4, operations: 16, values: random.pick([0, 2, 3]), info, lie: random.pick([0, 0.3])}
    const {ops} = randomHistory(random, {...shape, functions: ['read', 'write', 'cas']}, atomicRegister())
    const model = MODELS['cas-register']
    const [track] = split(history(ops), () => undefined)
    const expected = decide(model, traceOf(ops, track!, model), () => false).kind
    const stream = new LinearizableStream({model, ...bounds})
    const often = random.chance(0.3)
    for (const op of ops) if (stream.push(op) === undefined && often) stream.probe()
    const {validity, breach} = stream.close()
    if (breach !== undefined || validity === 'valid') expect(validity, JSON.stringify(ops)).toBe(expected)
    else expect(stream.blind).toBe('it was too much to follow whole')
    if (stream.blind !== undefined) seen.blind++
    if (expected === 'invalid') seen[breach === undefined ? 'missed' : 'proved']++
  }
  // Weaker, but not so weak that it would see nothing.
  expect(seen.missed).toBeGreaterThan(0)
  expect(seen.proved).toBeGreaterThan(seen.missed)
  expect(seen.blind).toBeGreaterThan(HISTORIES / 4)
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
