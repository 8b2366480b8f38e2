/** What a search refuses before it begins. */
import {expect, test} from 'vitest'
import {resolveRun} from '../../../runner/settings/resolve.ts'
import {layerOf} from '../../../runner/settings/run-settings.ts'
import {TARGETS} from '../../../targets/index.ts'
import {refuseImpossibleSearch} from './refusals.ts'

const asked = (target: string, nemesis: string) =>
  resolveRun({
    layers: [layerOf('flag', {target, nemesis})],
    bugs: [],
    targetArgs: [],
    thresholds: [],
    freshSeed: '1',
    findTarget: async (name) => TARGETS[name]!,
  })

test.each([
  ['etcd', 'kill', 'etcd cannot be simulated'],
  ['paxos', 'membership', 'paxos cannot suffer "membership"'],
  ['gossip', 'kill:leader', 'gossip cannot suffer "kill"'],
])('%s under %s', async (target, nemesis, words) => {
  const options = await asked(target, nemesis)
  const refused = expect.objectContaining({name: 'UsageError', message: expect.stringContaining(words)})
  expect(() => refuseImpossibleSearch(options)).toThrow(refused)
})

test('nothing that can be simulated', async () => {
  refuseImpossibleSearch(await asked('raft', 'all,clock,disk,membership'))
})
