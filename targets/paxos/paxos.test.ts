/**
 * Whole clusters under simulation: the correct protocol is never accused, whatever is done to it, and each named bug is
 * convicted. `CHAOS_FUZZ=1000 npx vitest run targets/paxos` tries more seeds of the first.
 */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import type {NodeEvent} from '../../core/cluster.ts'
import {linksBetween} from '../../core/network.ts'
import {createRandom} from '../../core/random.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import type {SimulationRequest} from '../../runner/simulate.ts'
import {SimCluster} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {anomaliesOf, hunt, judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {paxos, protocol} from './index.ts'

/** `hunt` wants a whole target; nothing is started here. */
const target = {...paxos, start: () => Promise.reject(new Error('only simulated'))}
const SEEDS = Number(process.env['CHAOS_FUZZ'] ?? 8)
/** Everything that a network may do to messages, and TCP does not. */
const DATAGRAMS = {loss: 0.03, duplicates: 0.05, jitterMs: 3}
/** Snapshots so often, and so little besides, that lagging nodes need them. */
const SHORT_LOGS = {snapshotSlots: '20', retainedSlots: '5', batchCommands: '4'}
/** No loyalty to leaders and no patience: as many rival proposers as can be had. */
const RIVALS = {sticky: '0', checkQuorum: '0', takeoverMs: '60', heartbeatMs: '20', patience: '1'}

/** What nodes must agree on: who led which ballot, and what the first so many commands were. */
class Agreement {
  readonly #leaders = new Map<string, string>()
  readonly #digests = new Map<string, unknown>()

  get commands(): number {
    return this.#digests.size
  }

  expectOf(seed: number, events: readonly NodeEvent[]): void {
    for (const {node, event} of events) {
      const {type, term, slot, digest} = event
      if (type === 'leader') this.#expectSame(this.#leaders, `seed ${seed}: ballot ${term}`, node)
      if (type === 'snapshot') this.#expectSame(this.#digests, `seed ${seed}: first ${slot} commands`, digest)
    }
  }

  #expectSame<T>(known: Map<string, T>, what: string, value: T): void {
    expect(known.get(what) ?? value, what).toBe(value)
    known.set(what, value)
  }
}

describe('whatever is done to it, paxos is linearizable and recovers', () => {
  test.each([
    ['register', 'over streams', {}],
    ['cas', 'over datagrams', {network: DATAGRAMS}],
    ['set', 'with short logs', {network: DATAGRAMS, args: SHORT_LOGS}],
    ['counter', 'with many rivals', {args: {...RIVALS, ...SHORT_LOGS}}],
    ['cas', 'of three nodes', {nodes: 3, network: DATAGRAMS, args: SHORT_LOGS}],
  ] satisfies [string, string, Partial<SimulationRequest>][])('%s %s', async (name, _how, options) => {
    const agreement = new Agreement()
    for (let seed = 1; seed <= SEEDS; seed++) {
      const {args, ...rest} = options as Partial<SimulationRequest>
      const {verdicts, simulation} = await judged({
        target: paxos,
        workload: WORKLOADS[name]!,
        nemeses: parseNemeses('all'),
        seed,
        strict: true,
        args: {snapshotSlots: '50', ...args},
        ...rest,
      })
      const accused = verdicts.filter(({validity}) => validity === 'invalid')
      expect(
        accused.map(({anomalies}) => anomalies[0]?.sentence),
        `seed ${seed}`,
      ).toEqual([])
      expect(simulation.recovered, `seed ${seed}`).toBe(true)
      agreement.expectOf(seed, simulation.events)
    }
    expect(agreement.commands).toBeGreaterThan(3 * SEEDS)
  })
})

/** Five nodes, one of which leads. */
function cluster() {
  const world = new World()
  const it = new SimCluster(world, {
    protocol,
    nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
    random: createRandom('paxos'),
    args: {workload: 'register'},
  })
  world.runUntil(2e9, () => it.isReady())
  const others = it.nodes.filter((node) => node !== it.leaderNow())
  return {it, world, leader: it.leaderNow()!, others, term: (node: string) => it.statusNow(node)?.['term']}
}

describe('leaders', () => {
  test('a node that hears nobody deposes nobody, neither while it is deaf nor after', async () => {
    const {it, world, leader, others, term} = cluster()
    const before = term(leader)
    await it.network.cut('deaf', linksBetween(it.nodes, [others[0]!]), 'black-hole')
    world.runFor(5000)
    expect([it.leaderNow(), term(leader)]).toEqual([leader, before])
    await it.network.heal('deaf')
    world.runFor(200)
    expect(it.isReady()).toBe(true)
    expect(it.leaderNow(), 'it had raised the round in vain').toBe(leader)
  })

  test('a leader that hears no majority gives up, another takes over', async () => {
    const {it, world, leader, others} = cluster()
    const minority = [leader, others[0]!]
    await it.network.cut('minority', linksBetween(minority, others.slice(1)), 'black-hole')
    world.runFor(2000)
    expect(minority).not.toContain(it.leaderNow())
    expect(it.statusNow(leader)!['role']).not.toBe('leader')
  })

  test('while the leader is cut off, clients of the others are served by the next one', async () => {
    const {it, world, leader, others} = cluster()
    await it.network.cut('alone', linksBetween([leader], others), 'black-hole')
    const outcomes: Outcome[] = []
    const client = it.connect(others[0]!, 1)
    client.invoke({f: 'write', key: 'x', value: 1}, (outcome) => outcomes.push(outcome))
    world.runFor(1000)
    expect(outcomes).toEqual([{type: 'ok', value: 1}])
  })

  test('nodes that were away catch up: a little by votes, a lot by a snapshot', async () => {
    const {it, world, others} = cluster()
    const [away = '', home = ''] = others
    const writer = it.connect(home, 1)
    let written = 0
    const write = () => writer.invoke({f: 'write', key: 'x', value: ++written}, write)
    write()
    for (const [awayMs, by] of [
      [300, 'votes'],
      [5000, 'snapshot'],
    ] as const) {
      await it.process.kill(away)
      world.runFor(awayMs)
      await it.process.restart(away)
      const from = it.events.length
      world.runFor(500)
      const applied = it.nodes.map((node) => Number(it.statusNow(node)!['applied']))
      expect(Math.max(...applied) - Math.min(...applied), by).toBeLessThan(100)
      const installed = it.events.slice(from).some(({node, event}) => node === away && event.type === 'installed')
      expect(installed, by).toBe(by === 'snapshot')
    }
  })
})

test('the log does not grow: what is kept is bounded, however long it runs', async () => {
  const {simulation} = await judged({
    target: paxos,
    workload: WORKLOADS['set']!,
    seed: 1,
    timeMs: 10_000,
    ratePerS: 500,
    args: {snapshotSlots: '100', retainedSlots: '20'},
  })
  const snapshots = simulation.events.filter(({event}) => event.type === 'snapshot')
  const last = Math.max(...snapshots.map(({event}) => Number(event['slot'])))
  expect(last).toBeGreaterThan(4000)
  for (const {event} of snapshots) expect(event['votes']).toBeLessThan(20 + 2 * 50)
})

test.each(paxos.bugs.map((bug) => [bug.name, bug] as const))(
  'bug %s is convicted within a few seeds',
  async (name, bug) => {
    for (let i = 0; i < 20; i++) {
      const found = anomaliesOf(await judged(hunt(target, bug, `${name} ${i}`)))
      if (found.some((type) => bug.anomalies.includes(type))) return
    }
    expect.fail(`${name} was not convicted`)
  },
)
