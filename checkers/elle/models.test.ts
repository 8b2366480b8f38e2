import {expect, test} from 'vitest'
import {impliedBy, modelsRuledOutBy, titleOf} from './anomalies.ts'
import {implies, MODELS, modelNamed, orderOf, strongest, weakest} from './models.ts'

test('the lattice has one top and one bottom, and no circle', () => {
  for (const model of MODELS) {
    expect(implies('strict-serializable', model)).toBe(true)
    expect(implies(model, 'read-uncommitted')).toBe(true)
    for (const other of MODELS) if (model !== other) expect(implies(model, other) && implies(other, model)).toBe(false)
  }
  expect(implies('snapshot-isolation', 'repeatable-read')).toBe(false)
  expect(implies('repeatable-read', 'snapshot-isolation')).toBe(false)
})

test('models go by several names', () => {
  expect(modelNamed('PL-3')).toBe('serializable')
  expect(modelNamed('strong-serializable')).toBe('strict-serializable')
  expect(() => modelNamed('toString')).toThrow('Unknown consistency model "toString"')
})

test('weakest and strongest of a set', () => {
  const set = new Set(['serializable', 'snapshot-isolation', 'repeatable-read', 'prefix'] as const)
  expect(weakest(set)).toEqual(['prefix', 'repeatable-read'])
  expect(strongest(set)).toEqual(['serializable'])
})

test.each([
  ['G0', ['read-uncommitted']],
  ['G1a', ['read-committed']],
  ['internal', ['read-atomic']],
  ['lost-update', ['cursor-stability', 'update-atomic']],
  ['G-single-item', ['consistent-view', 'repeatable-read']],
  ['G-nonadjacent-item', ['repeatable-read', 'snapshot-isolation']],
  ['G2-item', ['repeatable-read']],
  ['G0-process', ['strong-session-read-uncommitted']],
  ['G1c-realtime', ['strong-read-committed']],
  ['G-single-item-realtime', ['strong-snapshot-isolation']],
  ['G2-item-realtime', ['strict-serializable']],
])('%s rules out, at the weakest, %j', (type, models) => {
  expect(weakest(modelsRuledOutBy(type))).toEqual(models)
})

test('a stricter cycle implies the milder ones, and its variants across orders', () => {
  expect(impliedBy('G0')).toContain('G1c-realtime')
  expect(impliedBy('G-single-item-process')).toContain('G2-item-realtime')
  expect(impliedBy('G1c')).not.toContain('G2-item')
})

test('orders and titles', () => {
  expect(
    ['serializable', 'strong-session-serializable', 'strong-read-committed'].map((model) => orderOf(modelNamed(model))),
  ).toEqual([undefined, 'process', 'realtime'])
  expect(titleOf('G-single-item-realtime')).toBe('read skew across real time')
})
