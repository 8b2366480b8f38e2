/** Nothing that is left out of a record makes an explained one inexplicable, against brute force; and what remains is small. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {setFull} from '../../checkers/library.ts'
import {linearizable} from '../../checkers/linearizable/index.ts'
import {MODELS} from '../../checkers/linearizable/models/index.ts'
import {atomicObject} from '../../checkers/linearizable/testing/atomic.ts'
import {bruteForce} from '../../checkers/linearizable/testing/brute-force.ts'
import {atomicRegister, randomHistory} from '../../checkers/linearizable/testing/fuzz.ts'
import {registerHistory} from '../../checkers/linearizable/testing/notation.ts'
import {type History, history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {createRandom} from '../../core/random.ts'
import {mayGo} from './history-rules.ts'
import {endingAt, onlyElements, shrinkHistory, without} from './shrink-history.ts'

const OBJECTS = {
  'cas-register': ['read', 'write', 'cas'],
  register: ['read', 'write'],
  set: ['read', 'add', 'remove'],
  queue: ['enqueue', 'dequeue'],
  counter: ['read', 'add'],
  list: ['read', 'append'],
  kv: ['get', 'put', 'append'],
} as const

/** A small history that has an explanation, and a draw of its operations. */
function explained(name: keyof typeof OBJECTS, seed: string) {
  const model = MODELS[name]
  const random = createRandom(seed)
  const record = randomHistory(
    random,
    {processes: 3, operations: 8, values: random.pick([0, 3]), info: 0.3, lie: 0.05, functions: OBJECTS[name]},
    name.endsWith('register') ? atomicRegister() : atomicObject(model),
  )
  const possible = (some: History) => bruteForce(model, [...some.operations], true)
  const out = [...record.operations].filter(() => random.chance(0.5))
  return {record, out, possible, random}
}

describe.each(Object.keys(OBJECTS) as (keyof typeof OBJECTS)[])('of an explained history of a %s', (name) => {
  test('what may go leaves an explained one, pending operations and refusals included', () => {
    let left = 0
    let careless = 0
    fc.assert(
      fc.property(fc.string({minLength: 8, maxLength: 8}), (seed) => {
        const {record, out, possible} = explained(name, seed)
        if (!possible(record)) return
        const smaller = without(record, out, 'seen')
        left += record.operations.length - smaller.operations.length
        expect(possible(smaller)).toBe(true)
        const gone = new Set(out.flatMap(({invoke, completion}) => [invoke.index, completion?.index]))
        if (!possible(record.filter((op) => !gone.has(op.index)))) careless++
      }),
      {numRuns: 1200},
    )
    // Rules that let nothing go would be sound too, and where anything may go there would be nothing to be careful about.
    expect(left).toBeGreaterThan(100)
    if (name !== 'queue') expect(careless).toBeGreaterThan(5)
  })
  test('so does a beginning of it', () => {
    fc.assert(
      fc.property(fc.string({minLength: 8, maxLength: 8}), (seed) => {
        const {record, possible, random} = explained(name, seed)
        if (possible(record)) expect(possible(endingAt(record, random.int(record.length)))).toBe(true)
      }),
      {numRuns: 400},
    )
  })
})

test('of a set that may be read late, nothing is lost by leaving out what may go', () => {
  let left = 0
  fc.assert(
    fc.property(fc.string({minLength: 8, maxLength: 8}), (seed) => {
      const random = createRandom(seed)
      const record = lateSet(seed)
      const check = (some: History) => setFull({claim: 'eventual'}).check(some) as {validity: string}
      if (check(record).validity !== 'valid') return
      const out = [...record.operations].filter(() => random.chance(0.6))
      const smaller = without(record, out, 'not seen again')
      left += record.operations.length - smaller.operations.length
      expect(check(smaller).validity).not.toBe('invalid')
      const some = new Set(Array.from({length: 10}, (_, i) => String(i)).filter(() => random.chance(0.5)))
      expect(check(onlyElements(record, some)).validity).not.toBe('invalid')
    }),
    {numRuns: 600},
  )
  expect(left).toBeGreaterThan(100)
})

/** Adds, reads that show any earlier state, and final reads. */
function lateSet(seed: string): History {
  const random = createRandom(seed)
  const ops: Omit<Op, 'index' | 'timeNs'>[] = []
  const states: number[][] = [[]]
  const did = (process: number, f: string, value: unknown, result: unknown, final = false) => {
    const type = random.chance(0.15) && !final ? 'info' : 'ok'
    ops.push({type: 'invoke', process, f, value, ...(final ? {final} : {})})
    ops.push({type, process, f, value: type === 'ok' ? result : value, ...(final ? {final} : {})})
  }
  for (let i = 0; i < 10; i++) {
    if (random.chance(0.5)) {
      did(i, 'add', i, i)
      states.push([...(states.at(-1) as number[]), i])
    } else did(i, 'read', null, random.pick(states))
  }
  did(100, 'read', null, states.at(-1), true)
  return history(ops.map((op, index) => ({...op, index, timeNs: index})))
}

test('counters keep what they add, and refusals keep what they speak of', () => {
  const {record} = explained('counter', 'any')
  const adds = [...record.operations].filter(({f}) => f === 'add')
  const reads = [...record.operations].filter(({f}) => f === 'read')
  if (reads.some(({outcome}) => outcome === 'ok')) expect(mayGo(adds, reads, 'seen')).toEqual([])
})

describe('shrinking', () => {
  const judge = async (some: History) => [await linearizable({model: 'register'}).check(some)]
  const shrunk = (record: History, signal = new AbortController().signal) =>
    shrinkHistory({history: record, judge, signal, onProgress() {}})

  test('a long record leaves just what is impossible', async () => {
    const ops: Op[] = []
    const add = (type: Op['type'], process: number, f: string, value: unknown) =>
      ops.push({index: ops.length, timeNs: ops.length, type, process, f, value})
    for (let i = 0; i < 300; i++) {
      add('invoke', 0, 'write', i)
      add('ok', 0, 'write', i)
      add('invoke', 1, 'read', null)
      add('ok', 1, 'read', i === 200 ? 120 : i)
    }
    const smallest = await shrunk(history(ops))
    const left = [...(smallest?.history.operations ?? [])]
    expect(left.map(({f, input, output}) => `${f} ${input ?? output}`)).toContain('read 120')
    expect(left.length).toBeLessThanOrEqual(4)
    expect(smallest?.finding.validity).toBe('invalid')
  })
  test('a set keeps the elements that matter, and its reads show only them', async () => {
    const ops: Op[] = []
    const did = (process: number, f: string, value: unknown, result: unknown, final = false) => {
      for (const [type, said] of [
        ['invoke', value],
        ['ok', result],
      ] as const)
        ops.push({index: ops.length, timeNs: ops.length, type, process, f, value: said, ...(final ? {final} : {})})
    }
    const all = Array.from({length: 200}, (_, i) => i)
    for (const i of all) did(0, 'add', i, i)
    did(1, 'read', null, all)
    did(
      1,
      'read',
      null,
      all.filter((i) => i !== 77),
      true,
    )
    const check = async (some: History) => [await setFull().check(some)]
    const smallest = await shrinkHistory({
      history: history(ops),
      judge: check,
      signal: new AbortController().signal,
      onProgress() {},
    })
    expect([...(smallest?.history.operations ?? [])].map(({f, input, output}) => [f, input ?? output])).toEqual([
      ['add', 77],
      ['read', []],
    ])
  })
  test('what is not impossible is no finding', async () => {
    expect(await shrunk(registerHistory('0:w1( 0:) 1:r( 1:)1'))).toBeUndefined()
  })
  test('that is interrupted has the smallest so far', async () => {
    const stop = new AbortController()
    stop.abort()
    const record = registerHistory('0:w1( 0:) 0:w2( 0:) 1:r( 1:)1')
    expect((await shrunk(record, stop.signal))?.history.length).toBe(record.length)
  })
})
