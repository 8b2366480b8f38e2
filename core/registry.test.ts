import {expect, test} from 'vitest'
import {UsageError} from './error.ts'
import {closest, lookUp, unknownName} from './registry.ts'

const targets = {raft: 1, paxos: 2, gossip: 3}

test('only own keys count', () => {
  expect(lookUp('target', targets, 'raft')).toBe(1)
  expect(() => lookUp('target', targets, 'toString')).toThrow(UsageError)
  expect(() => lookUp('target', targets, '__proto__')).toThrow(UsageError)
})

test('a miss says what was meant perhaps, and what there is', () => {
  const error = unknownName('target', 'rfat', Object.keys(targets))
  expect(error.message).toBe('Unknown target "rfat". Did you mean "raft"?')
  expect(error.hints).toEqual(['Targets: raft, paxos, gossip'])
  expect(unknownName('anomaly', 'xyzzy-plugh', ['G0']).hints).toEqual(['Anomalies: G0'])
  expect(unknownName('bug of raft', 'x', []).hints).toEqual(['Bugs of raft: none'])
  expect(unknownName('consistency model', 'x', []).hints).toEqual(['Consistency models: none'])
  expect(unknownName('target argument of raft', 'x', []).hints).toEqual(['Target arguments of raft: none'])
  expect(unknownName('workload of Maelstrom that raft can do', 'x', []).hints).toEqual([
    'Workloads of Maelstrom that raft can do: none',
  ])
})

test('what is nothing like any name gets no guess', () => {
  expect(closest('elephant', ['raft', 'paxos'])).toBeUndefined()
  expect(closest('Paxso', ['raft', 'paxos'])).toBe('paxos')
})
