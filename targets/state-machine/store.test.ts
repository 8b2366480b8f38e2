import {describe, expect, test} from 'vitest'
import type {Json} from '../../core/node.ts'
import type {Command} from './command.ts'
import {Store} from './store.ts'

const call = (session: number, seq: number, f: string, value: Json, key = 'x'): Command => ({
  type: 'call',
  session,
  seq,
  f,
  key,
  value,
})
const ok = (value: Json) => ({type: 'ok', value})
const failed = (error: string) => ({type: 'failed', error})

/** A store with session 1 open. */
function opened(options?: {sessions?: number; dedupe?: boolean}): Store {
  const store = new Store(options)
  expect(store.apply({type: 'open'})).toEqual({type: 'opened', session: 1})
  return store
}

describe('objects', () => {
  test('a register reads null, then what was written last', () => {
    const store = opened()
    expect(store.read('read', 'x')).toEqual(ok(null))
    expect(store.apply(call(1, 1, 'write', 7))).toEqual(ok(7))
    expect(store.read('read', 'x')).toEqual(ok(7))
    expect(store.read('read', 'y')).toEqual(ok(null))
  })

  test('cas says for certain why it failed', () => {
    const store = opened()
    expect(store.apply(call(1, 1, 'cas', [1, 2]))).toEqual(failed('not found'))
    expect(store.apply(call(1, 2, 'cas', [null, 1]))).toEqual(ok([null, 1]))
    expect(store.apply(call(1, 3, 'cas', [3, 4]))).toEqual(failed('value differs'))
    expect(store.apply(call(1, 4, 'cas', [1, 2]))).toEqual(ok([1, 2]))
    expect(store.read('read', 'x')).toEqual(ok(2))
  })

  test('sets and counters live beside registers of the same key', () => {
    const store = opened()
    store.apply(call(1, 1, 'add', 5))
    store.apply(call(1, 2, 'add', 6))
    store.apply(call(1, 3, 'add', 5))
    expect(store.apply(call(1, 4, 'remove', 6))).toEqual(ok(6))
    expect(store.apply(call(1, 7, 'remove', 6))).toEqual(failed('not found'))
    store.apply(call(1, 8, 'increment', 3))
    store.apply(call(1, 9, 'increment', -1))
    expect(store.read('read-set', 'x')).toEqual(ok([5]))
    expect(store.read('read-counter', 'x')).toEqual(ok(2))
    expect(store.read('read', 'x')).toEqual(ok(null))
  })

  test('nonsense is answered, not thrown', () => {
    const store = opened()
    expect(store.apply(call(1, 1, 'toString', 1))).toEqual(failed('unknown function toString'))
    expect(store.apply(call(1, 2, 'increment', 'a'))).toEqual(failed('not a number'))
    expect(store.apply(call(1, 3, 'cas', 1))).toEqual(failed('cas wants [from, to]'))
  })
})

describe('sessions', () => {
  test('a retry has the first answer and no second effect', () => {
    const store = opened()
    expect(store.apply(call(1, 1, 'increment', 2))).toEqual(ok(2))
    expect(store.apply(call(1, 1, 'increment', 2))).toEqual(ok(2))
    expect(store.read('read-counter', 'x')).toEqual(ok(2))
  })

  test('a failed cas stays failed when retried, though it would succeed now', () => {
    const store = opened()
    store.apply({type: 'open'})
    expect(store.apply(call(1, 1, 'cas', [null, 1]))).toEqual(ok([null, 1]))
    expect(store.apply(call(1, 2, 'cas', [5, 6]))).toEqual(failed('value differs'))
    expect(store.apply(call(2, 1, 'write', 5))).toEqual(ok(5))
    expect(store.apply(call(1, 2, 'cas', [5, 6]))).toEqual(failed('value differs'))
  })

  test('a late copy of an earlier call is not executed', () => {
    const store = opened()
    store.apply(call(1, 1, 'write', 1))
    store.apply(call(1, 2, 'write', 2))
    expect(store.apply(call(1, 1, 'write', 1))).toEqual({type: 'outdated'})
    expect(store.read('read', 'x')).toEqual(ok(2))
  })

  test('the least recently used session is forgotten; its retry is refused, not executed again', () => {
    const store = opened({sessions: 2})
    store.apply({type: 'open'})
    store.apply(call(2, 1, 'increment', 1))
    store.apply(call(1, 1, 'increment', 1))
    expect(store.apply({type: 'open'})).toEqual({type: 'opened', session: 3})
    expect(store.apply(call(2, 1, 'increment', 1))).toEqual({type: 'expired'})
    expect(store.apply(call(1, 1, 'increment', 1))).toEqual(ok(1))
    expect(store.read('read-counter', 'x')).toEqual(ok(2))
    expect(store.apply({type: 'open'})).toEqual({type: 'opened', session: 4})
  })

  test('without deduplication a retry counts twice', () => {
    const store = opened({dedupe: false})
    store.apply(call(1, 1, 'increment', 2))
    store.apply(call(1, 1, 'increment', 2))
    expect(store.read('read-counter', 'x')).toEqual(ok(4))
  })
})

test('a restored store goes on exactly as the original, retries, expiry and new sessions included', () => {
  const original = opened({sessions: 2})
  original.apply({type: 'open'})
  original.apply(call(2, 1, 'add', 4, 's'))
  original.apply(call(1, 1, 'write', 9))
  const copy = opened({sessions: 2})
  copy.apply(call(1, 1, 'write', 'gone after restore', 'z'))
  copy.restore(JSON.parse(JSON.stringify(original.snapshot())))
  const rest: Command[] = [
    call(1, 1, 'write', 9),
    {type: 'open'},
    call(2, 1, 'add', 4, 's'),
    call(3, 1, 'increment', 1, 'c'),
    {type: 'read', f: 'read-set', key: 's'},
    {type: 'read', f: 'read', key: 'z'},
  ]
  expect(rest.map((command) => copy.apply(command))).toEqual(rest.map((command) => original.apply(command)))
  expect(copy.snapshot()).toEqual(original.snapshot())
})
