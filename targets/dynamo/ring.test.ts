import {expect, test} from 'vitest'
import {Ring} from './ring.ts'

const KEYS = Array.from({length: 5000}, (_, i) => `key-${i}`)
const owner = (ring: Ring, key: string) => ring.walk(key)[0]

test('a walk meets every member once', () => {
  const ring = new Ring(['n1', 'n2', 'n3', 'n4'], 32)
  for (const key of KEYS.slice(0, 200)) expect([...ring.walk(key)].sort()).toEqual(['n1', 'n2', 'n3', 'n4'])
})

test('when a node joins, about one key in n moves, and all of those to it', () => {
  const before = new Ring(['n1', 'n2', 'n3', 'n4'], 64)
  const after = new Ring(['n1', 'n2', 'n3', 'n4', 'n5'], 64)
  const moved = KEYS.filter((key) => owner(before, key) !== owner(after, key))
  expect(moved.every((key) => owner(after, key) === 'n5')).toBe(true)
  expect(moved.length / KEYS.length).toBeGreaterThan(0.1)
  expect(moved.length / KEYS.length).toBeLessThan(0.3)
})

test('by hash modulo members nearly every key moves', () => {
  const before = new Ring(['n1', 'n2', 'n3', 'n4'], 64, {modulo: true})
  const after = new Ring(['n1', 'n2', 'n3', 'n4', 'n5'], 64, {modulo: true})
  const moved = KEYS.filter((key) => owner(before, key) !== owner(after, key))
  expect(moved.length / KEYS.length).toBeGreaterThan(0.7)
})

test('every node has its share of the keys', () => {
  const ring = new Ring(['n1', 'n2', 'n3', 'n4', 'n5'], 64)
  for (const node of ring.members) {
    const share = KEYS.filter((key) => owner(ring, key) === node).length / KEYS.length
    expect(share, node).toBeGreaterThan(0.08)
    expect(share, node).toBeLessThan(0.4)
  }
})
