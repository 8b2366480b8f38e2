import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Capabilities, EVERYTHING, refuseImpossible} from '../core/capabilities.ts'
import type {ChaosError} from '../core/error.ts'
import {createRandom} from '../core/random.ts'
import {everyFault, listNemeses, parseNemeses} from './index.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']
const names = listNemeses().map(({name}) => name)

const plan = (
  name: string,
  seed: string,
  timeMs = 30_000,
  intervalMs = 5000,
  capabilities: Capabilities = EVERYTHING,
) =>
  parseNemeses(name)[0]!.plan({
    nodes: NODES,
    random: createRandom(seed),
    timeMs,
    intervalMs,
    capabilities,
  })

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
      .plan({nodes: NODES, random: createRandom('s'), timeMs: 60_000, intervalMs: 2000, capabilities: EVERYTHING})
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

test.each(names)('%s: whatever is planned can be read back, and nothing else', (name) => {
  const [nemesis] = parseNemeses(name)
  for (const {spec} of plan(name, 'read back', 60_000, 2000)) {
    expect(nemesis!.parse(JSON.parse(JSON.stringify(spec)))).toMatchObject(spec)
    expect(() => nemesis!.parse({...spec, order: 'n1'})).toThrow(/"n1"/)
    expect(() => nemesis!.parse({fault: spec.fault})).toThrow('not one that')
  }
})

describe('what a target cannot suffer', () => {
  const {leader: _, ...leaderless} = EVERYTHING

  test('is not drawn', () => {
    for (const name of ['partition', 'kill', 'pause', 'latency']) {
      const victims = plan(name, 'l', 120_000, 1000, leaderless).map(({spec}) => spec['victims'])
      expect(victims.length).toBeGreaterThan(50)
      expect(victims).not.toContain('leader')
    }
  })
  test('is refused where nothing else was asked for', () => {
    expect(parseNemeses('kill:leader')[0]!.missing(leaderless)).toBe('a way to tell which node leads')
    expect(parseNemeses('partition:leader')[0]!.missing(leaderless)).toBe('a way to tell which node leads')
    expect(parseNemeses('loss')[0]!.missing({...EVERYTHING, 'network.loss': 'streams'})).toBe(
      'a way to lose single messages (streams)',
    )
  })
  test('is refused with what can be done', () => {
    const refuse = () => refuseImpossible('gossip', leaderless, parseNemeses('kill:leader'), everyFault())
    expect(refuse).toThrow('Target gossip cannot suffer "kill": it lacks a way to tell which node leads.')
    try {
      refuse()
    } catch (error) {
      const [offer] = (error as ChaosError).hints
      expect(offer).toContain('kill:minority')
      expect(offer).not.toContain('kill:leader')
    }
  })
})
