/** What a search refuses before it begins. */
import {expect, test} from 'vitest'
import {parseNemeses} from '../../../nemesis/index.ts'
import {TARGETS} from '../../../targets/index.ts'
import {refuseImpossibleSearch} from './refusals.ts'

test.each([
  ['etcd', 'kill', 'etcd cannot be simulated'],
  ['paxos', 'membership', 'paxos cannot suffer "membership"'],
  ['gossip', 'kill:leader', 'gossip cannot suffer "kill"'],
])('%s under %s', (name, faults, words) => {
  const refuse = () => refuseImpossibleSearch({target: TARGETS[name]!, nemeses: parseNemeses(faults)})
  expect(refuse).toThrow(expect.objectContaining({name: 'UsageError', message: expect.stringContaining(words)}))
})

test('nothing that can be simulated', () => {
  refuseImpossibleSearch({target: TARGETS['raft']!, nemeses: parseNemeses('all,clock,disk,membership')})
})
