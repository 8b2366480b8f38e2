/**
 * Whole clusters under simulation: the correct store always converges to everything that was acknowledged, and each named
 * bug is convicted. `CHAOS_FUZZ=1000 npx vitest run targets/gossip` tries more seeds of the first.
 */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import {allLinks} from '../../core/network.ts'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {SimCluster, type SimClusterOptions} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {anomaliesOf, hunt, judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {gossip, protocol} from './index.ts'

const SEEDS = Number(process.env['CHAOS_FUZZ'] ?? 8)
/** Everything that a network may do to messages, and TCP does not. */
const DATAGRAMS = {loss: 0.03, duplicates: 0.05, jitterMs: 3}
/** `hunt` wants a whole target; nothing is started here. */
const target = {...gossip, start: () => Promise.reject(new Error('only simulated'))}

describe('whatever is done to it, gossip converges and loses nothing', () => {
  test.each(['set', 'register', 'counter'])('%s', async (name) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const {verdicts, simulation} = await judged({
        target: gossip,
        workload: WORKLOADS[name]!,
        nemeses: parseNemeses('all'),
        seed,
        strict: true,
        ...(seed % 2 === 0 ? {network: DATAGRAMS} : {}),
      })
      const accused = verdicts.filter(({validity}) => validity === 'invalid')
      expect(
        accused.map(({anomalies}) => anomalies[0]?.sentence),
        `seed ${seed}`,
      ).toEqual([])
      expect(simulation.recovered, `seed ${seed}`).toBe(true)
    }
  })
})

/** A cluster for set operations on `x`, one client a node. */
function cluster(options: Partial<SimClusterOptions> = {}) {
  const nodes = options.nodes ?? ['n1', 'n2', 'n3']
  const it = new SimCluster(new World(), {
    protocol,
    nodes,
    random: createRandom('gossip'),
    args: {workload: 'set'},
    ...options,
  })
  const clients = new Map(nodes.map((node, i) => [node, it.connect(node, i)]))
  return {
    it,
    ask(node: string, f: string, value: Json = null): Outcome | undefined {
      let outcome: Outcome | undefined
      clients.get(node)!.invoke({f, key: 'x', value}, (answer) => (outcome = answer))
      it.world.runUntil(it.world.nowNs() + 2e9, () => outcome !== undefined)
      return outcome
    },
    digests: () => new Set(nodes.map((node) => it.statusNow(node)?.['digest'])).size,
  }
}

test('a node that is alone goes on, and what it acknowledged survives its crash', async () => {
  const {it, ask, digests} = cluster()
  await it.network.cut('alone', allLinks(it.nodes), 'black-hole')
  expect(ask('n1', 'add', 1)).toEqual({type: 'ok', value: 1})
  await it.process.kill('n1')
  await it.network.heal('alone')
  it.world.runFor(500)
  expect(ask('n2', 'read')).toEqual({type: 'ok', value: []})
  await it.process.restart('n1')
  it.world.runFor(1000)
  expect(ask('n2', 'read')).toEqual({type: 'ok', value: [1]})
  expect(digests()).toBe(1)
})

test('an element that a node has not heard of cannot be removed there', () => {
  const {it, ask} = cluster()
  expect(ask('n1', 'remove', 1)).toEqual({type: 'fail', error: 'not found'})
  ask('n1', 'add', 1)
  it.world.runFor(1000)
  expect(ask('n2', 'remove', 1)).toEqual({type: 'ok', value: 1})
  it.world.runFor(1000)
  expect(ask('n3', 'read')).toEqual({type: 'ok', value: []})
})

test('a backlog of many deltas costs no flood, though every message may arrive twice', async () => {
  const {it, ask, digests} = cluster({network: {duplicates: 0.5, latencyMs: 0.01, jitterMs: 0.01}})
  await it.network.cut('apart', allLinks(it.nodes), 'black-hole')
  for (let i = 0; i < 12_000; i++) ask('n1', 'add', i)
  it.world.runFor(1000)
  const {sent} = it.network.counts
  await it.network.heal('apart')
  it.world.runFor(1000)
  expect(digests()).toBe(1)
  expect(it.network.counts.sent - sent).toBeLessThan(500)
})

test('removes leave nothing behind once everybody has heard of them', () => {
  const {it, ask} = cluster()
  for (let i = 0; i < 50; i++) ask('n1', 'add', i)
  it.world.runFor(1000)
  for (let i = 0; i < 50; i++) ask('n2', 'remove', i)
  it.world.runFor(3000)
  for (const node of it.nodes) expect(it.statusNow(node)).toMatchObject({updates: 0})
})

test.each(gossip.bugs.map((bug) => [bug.name, bug] as const))('bug %s is convicted at once', async (name, bug) => {
  for (let i = 0; i < 5; i++) {
    const found = anomaliesOf(await judged(hunt(target, bug, `${name} ${i}`)))
    if (found.some((type) => bug.anomalies.includes(type))) return
  }
  expect.fail(`${name} was not convicted`)
})
