import {expect, test} from 'vitest'
import {Balancer} from './balancer.ts'
import {Entries} from './entries.ts'

const OPTIONS = {ttlMs: 100, negativeTtlMs: 10, takeAnything: false}

test('an entry is served for its time only, counted from when it was found missing', () => {
  const entries = new Entries(OPTIONS)
  entries.put('x', {value: 1, version: 1}, 50)
  expect(entries.get('x', 149)?.value).toBe(1)
  expect(entries.get('x', 150)).toBe(undefined)
})

test('that there is nothing is remembered for a shorter time', () => {
  const entries = new Entries(OPTIONS)
  entries.put('x', {value: null, version: 0}, 0)
  expect(entries.get('x', 9)?.value).toBe(null)
  expect(entries.get('x', 10)).toBe(undefined)
})

test('what was read before a delete is not put back after it', () => {
  const entries = new Entries(OPTIONS)
  entries.delete('x', 2)
  expect(entries.put('x', {value: 'old', version: 1}, 0)).toBe(false)
  expect(entries.put('x', {value: 'new', version: 2}, 0)).toBe(true)
  const careless = new Entries({...OPTIONS, takeAnything: true})
  careless.delete('x', 2)
  expect(careless.put('x', {value: 'old', version: 1}, 0)).toBe(true)
})

const SERVERS = ['n3', 'n4', 'n5']

test('round robin takes turns, weights count, the least busy server is next', () => {
  const turns = new Balancer(SERVERS, 'round-robin')
  expect([1, 2, 3, 4].map(() => turns.choose('x', 0))).toEqual(['n3', 'n4', 'n5', 'n3'])
  const weighted = new Balancer(SERVERS, 'weighted', {weights: [2, 1, 1]})
  expect([1, 2, 3, 4].map(() => weighted.choose('x', 0))).toEqual(['n3', 'n3', 'n4', 'n5'])
  const least = new Balancer(SERVERS, 'least-connections')
  expect([1, 2, 3].map(() => least.choose('x', 0))).toEqual(['n3', 'n4', 'n5'])
  least.ended('n4', true, 0)
  expect(least.choose('x', 0)).toBe('n4')
})

test('by hash, only the keys of a server that does not answer go elsewhere, and they come back', () => {
  const balancer = new Balancer(SERVERS, 'hash')
  const keys = Array.from({length: 60}, (_, i) => `x${i}`)
  const before = keys.map((key) => balancer.choose(key, 0))
  expect(new Set(before).size).toBe(3)
  balancer.ended('n4', false, 0)
  const during = keys.map((key) => balancer.choose(key, 1))
  for (const [i, server] of during.entries()) {
    if (before[i] === 'n4') expect(server).not.toBe('n4')
    else expect(server).toBe(before[i])
  }
  expect(keys.map((key) => balancer.choose(key, 10_000))).toEqual(before)
})
