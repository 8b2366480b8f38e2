/**
 * Whole clusters under simulation: whatever is done to them, the five properties of figure 3 hold and clients never see
 * anything but one copy; and the same watch is broken by bugs, so that it is known to see. That each named bug is also
 * convicted by what clients see is tested in `tests/targets.test.ts`. `CHAOS_FUZZ=1000 npx vitest run targets/raft` tries
 * more seeds.
 */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import {linksBetween} from '../../core/network.ts'
import {createRandom} from '../../core/random.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import type {SimulationRequest} from '../../runner/simulate.ts'
import {SimCluster, type SimClusterOptions} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {hunt, judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {protocol, raft} from './index.ts'
import {Invariants} from './testing/invariants.ts'

const SEEDS = Number(process.env['CHAOS_FUZZ'] ?? 8)
/** Everything that a network may do to messages, and TCP does not. */
const DATAGRAMS = {loss: 0.03, duplicates: 0.05, jitterMs: 3}
/** Snapshots so often, and so little besides, that lagging followers need them, in many chunks. */
const SHORT_LOGS = {snapshotEntries: '20', retainedEntries: '5', batchEntries: '4', chunkLength: '400'}
/** No loyalty to leaders and no patience: as many elections as can be had. */
const RIVALS = {preVote: '0', checkQuorum: '0', electionMs: '60'}

describe('whatever is done to it, raft keeps its five properties, is linearizable and recovers', () => {
  test.each([
    ['register', 'over streams', 'all', {network: {ordered: true}}],
    ['cas', 'over datagrams', 'all', {network: DATAGRAMS}],
    ['set', 'with short logs', 'all', {network: DATAGRAMS, args: SHORT_LOGS}],
    ['counter', 'with many rivals', 'all', {args: {...RIVALS, ...SHORT_LOGS}}],
    ['cas', 'of three nodes', 'all', {nodes: 3, network: DATAGRAMS, args: SHORT_LOGS}],
    ['register', 'of four nodes', 'partition:halves,kill', {nodes: 4}],
    ['set', 'when all fail at once', 'kill:all,jitter:all', {network: {ordered: true}, args: SHORT_LOGS}],
    ['counter', 'with few sessions', 'partition:leader,kill:leader,pause', {args: {sessions: '6', attemptMs: '60'}}],
  ] satisfies [string, string, string, Partial<SimulationRequest>][])('%s %s', async (name, _how, faults, options) => {
    const total = {terms: 0, applied: 0}
    for (let seed = 1; seed <= SEEDS; seed++) {
      const invariants = new Invariants()
      const {verdicts, simulation} = await judged({
        target: {...raft, protocol: invariants.watch(protocol)},
        workload: WORKLOADS[name]!,
        nemeses: parseNemeses(faults),
        seed,
        strict: true,
        ...(options as Partial<SimulationRequest>),
      })
      const accused = verdicts.filter(({validity, kind}) => validity === 'invalid' && kind === 'safety')
      expect(
        accused.map(({anomalies}) => anomalies[0]?.sentence),
        `seed ${seed}`,
      ).toEqual([])
      expect(invariants.broken, `seed ${seed}`).toEqual([])
      expect(simulation.recovered, `seed ${seed}`).toBe(true)
      total.terms += invariants.seen.terms
      total.applied += invariants.seen.applied
    }
    // Otherwise nothing was put to the test.
    expect(total.terms).toBeGreaterThan(2 * SEEDS)
    expect(total.applied).toBeGreaterThan(30 * SEEDS)
  })
})

describe('the five properties are seen to break', () => {
  const target = {...raft, start: () => Promise.reject(new Error('only simulated'))}
  test.each([
    ['even-quorum', /state machine safety/],
    ['vote-any-log', /leader completeness/],
    ['forget-vote', /election safety/],
    ['commit-old-term', /state machine safety/],
  ])('with %s', async (name, property) => {
    const bug = raft.bugs.find((known) => known.name === name)!
    for (let seed = 1; seed <= 40; seed++) {
      const invariants = new Invariants()
      const watched = {...target, protocol: invariants.watch(protocol)}
      await judged(hunt(watched, bug, `figure 3, ${seed}`))
      if (invariants.broken.some((line) => property.test(line))) return
    }
    expect.fail(`${property} was never broken`)
  })
})

/** A cluster of three that can serve, and its leader. */
function cluster(options: Partial<SimClusterOptions> = {}) {
  const nodes = ['n1', 'n2', 'n3']
  const it = new SimCluster(new World(), {protocol, nodes, random: createRandom('raft'), strict: true, ...options})
  expect(it.world.runUntil(5e9, () => it.isReady())).toBe(true)
  return {it, leader: it.leaderNow() as string, nodes}
}

/** One call by a fresh client of this node, and what became of it. */
function call(it: SimCluster, node: string, f: string, value: number | null = null): Outcome | undefined {
  let outcome: Outcome | undefined
  it.connect(node, 0).invoke({f, key: 'x', value}, (end) => (outcome = end))
  it.world.runUntil(it.world.nowNs() + 5e9, () => outcome !== undefined)
  return outcome
}

describe('clients', () => {
  test('are served by every node, writes and reads alike', () => {
    const {it, nodes} = cluster()
    for (const [i, node] of nodes.entries()) {
      expect(call(it, node, 'write', i)).toEqual({type: 'ok', value: i})
      for (const other of nodes) expect(call(it, other, 'read')).toEqual({type: 'ok', value: i})
    }
  })

  test('of a leader that is cut off find the new one, and nothing acknowledged is lost', async () => {
    const {it, leader, nodes} = cluster()
    expect(call(it, leader, 'write', 1)).toEqual({type: 'ok', value: 1})
    const others = nodes.filter((node) => node !== leader)
    await it.network.cut('test', [...linksBetween([leader], others), ...linksBetween(others, [leader])], 'black-hole')
    expect(call(it, others[0]!, 'write', 2)).toEqual({type: 'ok', value: 2})
    expect(call(it, leader, 'read')).toEqual({type: 'ok', value: 2})
  })

  test('are told for certain that a call failed when nobody would take it', async () => {
    const {it, leader, nodes} = cluster({operationTimeoutMs: 10_000})
    for (const node of nodes) if (node !== leader) await it.process.kill(node)
    // By now the survivor has noticed that it leads nobody.
    it.world.runFor(1000)
    expect(call(it, leader, 'write', 1)).toEqual({type: 'fail', error: 'no leader'})
  })

  test('lose nothing when power fails everywhere at once', async () => {
    const {it, nodes} = cluster()
    expect(call(it, 'n1', 'write', 7)).toEqual({type: 'ok', value: 7})
    for (const node of nodes) await it.process.kill(node)
    for (const node of nodes) await it.process.restart(node)
    expect(it.world.runUntil(it.world.nowNs() + 5e9, () => it.isReady())).toBe(true)
    for (const node of nodes) expect(call(it, node, 'read')).toEqual({type: 'ok', value: 7})
  })
})
