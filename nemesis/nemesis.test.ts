import fc from 'fast-check'
import {expect, test} from 'vitest'
import {createRandom} from '../core/random.ts'
import {listNemeses, parseNemeses} from './index.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']
const names = listNemeses().map(({name}) => name)

const plan = (name: string, seed: string, timeMs = 30_000, intervalMs = 5000) =>
  parseNemeses(name)[0]!.plan({nodes: NODES, random: createRandom(seed), timeMs, intervalMs})

test.each(names)('%s: the same seed gives the same plan, another seed another', (name) => {
  expect(plan(name, 'a')).toEqual(plan(name, 'a'))
  expect(plan(name, 'a')).not.toEqual(plan(name, 'b'))
})

test.each(names)('%s: injections never overlap, and the last has ended before clients stop', (name) => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({min: 1000, max: 60_000}),
      fc.integer({min: 500, max: 10_000}),
      (seed, timeMs, intervalMs) => {
        const faults = plan(name, seed, timeMs, intervalMs)
        let lastMs = 0
        for (const {startMs, stopMs} of faults) {
          expect(startMs).toBeGreaterThanOrEqual(lastMs)
          expect(stopMs).toBeGreaterThan(startMs)
          lastMs = stopMs
        }
        expect(lastMs).toBeLessThanOrEqual(timeMs)
      },
    ),
    {numRuns: 50},
  )
})

test.each(names)('%s: a run of half a minute has something to suffer', (name) => {
  for (const seed of ['1', '2', '3']) expect(plan(name, seed).length).toBeGreaterThanOrEqual(3)
})

test('all stands for one of each, none for nothing', () => {
  expect(parseNemeses('all').map(({name}) => name)).toEqual(['partition', 'packets', 'kill', 'pause'])
  expect(parseNemeses('none')).toEqual([])
})

test('a variant narrows a fault down', () => {
  const [leader] = parseNemeses('partition:leader')
  const shapes = new Set(
    leader!
      .plan({nodes: NODES, random: createRandom('s'), timeMs: 60_000, intervalMs: 2000})
      .map(({spec}) => spec['shape']),
  )
  expect([...shapes]).toEqual(['leader'])
})

test.each([
  ['partion', 'Unknown fault "partion". Did you mean "partition"?'],
  ['toString', 'Unknown fault "toString".'],
  ['partition:haves', 'Unknown partition variant "haves". Did you mean "halves"?'],
  ['kill,kill', 'The fault "kill" is given twice.'],
])('%s: %s', (text, message) => {
  expect(() => parseNemeses(text)).toThrow(message)
})
