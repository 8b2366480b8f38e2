/** Zab's own invariants, over seeds with every fault: one leader an epoch, one history. */
import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {attempt} from '../../runner/lab/attempt.ts'
import {swarmed} from '../../runner/lab/swarm.ts'
import {resolveRun} from '../../runner/settings/resolve.ts'
import {layerOf} from '../../runner/settings/run-settings.ts'
import {simulate} from '../../runner/simulate.ts'
import {SimCluster} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {set} from '../../workloads/set.ts'
import {BUNDLED} from '../index.ts'
import {zab} from './index.ts'
import {compareStanding} from './messages.ts'

test.each([
  ['a later epoch beats a longer history', [2, 1, 3], [1, 1, 9], 1],
  ['then the last transaction counts', [2, 2, 3], [2, 1, 9], 1],
  ['then how long it is', [2, 2, 3], [2, 2, 4], -1],
])('%s', (_, [currentEpoch, lastEpoch, lastIndex], [a, b, c], sign) => {
  const left = {currentEpoch: currentEpoch!, lastEpoch: lastEpoch!, lastIndex: lastIndex!}
  expect(Math.sign(compareStanding(left, {currentEpoch: a!, lastEpoch: b!, lastIndex: c!}))).toBe(sign)
})

const run = (seed: string, bugs: string[] = []) =>
  simulate({
    target: zab,
    workload: set,
    seed,
    nemeses: parseNemeses('all'),
    bugs,
    args: {snapshotEntries: '50', retainedEntries: '10'},
    crashes: 'keep',
  })

test('an epoch has one leader, and a number of transactions one digest', async () => {
  let epochs = 0
  for (let i = 0; i < 8; i++) {
    const {events} = await run(`invariants ${i}`)
    const leaders = new Map<unknown, string>()
    const digests = new Map<unknown, unknown>()
    for (const {node, event} of events) {
      if (event.type === 'leader') {
        expect(leaders.get(event['term']) ?? node).toBe(node)
        leaders.set(event['term'], node)
      } else if (event.type === 'commit' || event.type === 'snapshot') {
        expect(digests.get(event['index']) ?? event['digest'], `seed ${i}`).toBe(event['digest'])
        digests.set(event['index'], event['digest'])
      }
    }
    epochs += leaders.size
    expect(digests.size).toBeGreaterThan(2)
  }
  expect(epochs).toBeGreaterThan(16)
})

test('peers that have passed each other over agree again once all is healed', async () => {
  // Two of four that follow different others lead nobody: this seed found no leader for five seconds.
  const options = await resolveRun({
    layers: [layerOf('test', {target: 'zab', workload: 'register', time: '6s', interval: '700ms', heal: '3s'})],
    ...{bugs: [], targetArgs: [], thresholds: [], freshSeed: 'correct-swarm-0-16'},
    findTarget: async () => BUNDLED['zab']!,
  })
  expect(await attempt(swarmed(options))).toMatchObject({anomalies: [], validity: 'valid'})
})

test('peers that notice at different times that the leader is gone agree on the next one at the first attempt', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const world = new World()
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
    const cluster = new SimCluster(world, {protocol: zab.protocol!, nodes, random: createRandom(`late ${seed}`)})
    expect(world.runUntil(5e9, () => cluster.isReady())).toBe(true)
    world.runFor(seed % 30)
    const gone = cluster.leaderNow() as string
    const others = nodes.filter((node) => node !== gone)
    // The last of them still gets a ping: it calls the old leader its leader when the others already look for a new one.
    for (const node of others) {
      if (node === others.at(-1)) world.runFor(30)
      await cluster.network.cut('test', [{from: gone, to: node}], 'black-hole')
    }
    const sinceNs = world.nowNs()
    const followed = () => cluster.events.some(({timeNs, event}) => timeNs > sinceNs && event.type === 'leader')
    // 30 + 150 ms until the last has noticed, up to 30 + 4 * 30 ms of looking, then a few messages.
    expect(world.runUntil(sinceNs + 345e6, followed), `seed ${seed}`).toBe(true)
  }
})
