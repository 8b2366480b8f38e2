/** Whole clusters under simulation: what `tests/targets.test.ts` does not do to every target. */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import {allLinks} from '../../core/network.ts'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {unsettled} from '../../core/status.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {during} from '../../runner/drive-virtual.ts'
import {SimCluster} from '../../sim/cluster.ts'
import type {NetworkOptions} from '../../sim/network.ts'
import {World} from '../../sim/world.ts'
import {judged} from '../../tests/simulated.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {dynamo, protocol} from './index.ts'

describe('a node that joins while everything goes wrong', () => {
  test.each([
    ['three copies', {joinMs: '1500'}],
    ['one copy', {joinMs: '1500', n: '1', r: '1', w: '1'}],
  ])('takes its keys over and loses none, %s', async (_, args) => {
    for (let seed = 1; seed <= 8; seed++) {
      const {verdicts, simulation} = await judged({
        target: dynamo,
        workload: WORKLOADS['set']!,
        nemeses: parseNemeses('all'),
        seed,
        strict: true,
        args,
      })
      const accused = verdicts.filter(({validity}) => validity === 'invalid')
      expect(accused.map(({anomalies}) => anomalies[0]?.sentence)).toEqual([])
      const rings = simulation.events.filter(({event}) => event.type === 'ring')
      expect(rings.some(({event}) => (event['members'] as Json[]).length === 5)).toBe(true)
    }
  })
})

describe('nodes that leave and come again while everything goes wrong', () => {
  test.each([
    ['three copies', {}],
    ['two copies', {n: '2', r: '1', w: '1'}],
    ['one copy', {n: '1', r: '1', w: '1'}],
  ])('hand their keys over and lose none, %s', async (_, args) => {
    let changes = 0
    for (let seed = 1; seed <= 8; seed++) {
      const {verdicts, simulation} = await judged({
        target: dynamo,
        workload: WORKLOADS['set']!,
        nemeses: parseNemeses('all,membership'),
        seed,
        strict: true,
        args,
      })
      const accused = verdicts.filter(({validity}) => validity === 'invalid')
      expect(
        accused.map(({anomalies}) => anomalies[0]?.sentence),
        `seed ${seed}`,
      ).toEqual([])
      expect(simulation.recovered, `seed ${seed} recovers`).toBe(true)
      changes += simulation.history.faults.filter(({fault, verified}) => fault === 'membership' && verified).length
    }
    expect(changes).toBeGreaterThan(8)
  })
})

/** A cluster for set operations on `x`, one client a node. */
function cluster(args: Readonly<Record<string, string>> = {}, network: NetworkOptions = {}) {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
  const it = new SimCluster(new World(), {
    protocol,
    nodes,
    random: createRandom('dynamo'),
    network,
    args: {workload: 'set', ...args},
  })
  const clients = new Map(nodes.map((node, i) => [node, it.connect(node, i)]))
  it.world.runFor(500)
  const ask = (node: string, f: string, value: Json = null, key = 'x'): Outcome | undefined => {
    let outcome: Outcome | undefined
    clients.get(node)!.invoke({f, key, value}, (answer) => (outcome = answer))
    it.world.runUntil(it.world.nowNs() + 2e9, () => outcome !== undefined)
    return outcome
  }
  const change = (node: string, how: 'add' | 'remove') => during(it.world, it.membership![how](node))
  const told = (type: string) => it.events.filter(({event}) => event.type === type)
  return {it, ask, change, told}
}

const KEYS = Array.from({length: 40}, (_, i) => `key-${i}`)

describe('a node that leaves', () => {
  test('may be switched off for good, with the only copy of its keys', async () => {
    const {it, ask, change, told} = cluster({n: '1', r: '1', w: '1'})
    for (const [i, key] of KEYS.entries()) expect(ask('n1', 'add', i, key)?.type).toBe('ok')
    await change('n3', 'remove')
    expect(await during(it.world, it.membership!.members())).toEqual(['n1', 'n2', 'n4', 'n5'])
    const [{event: leaving} = {event: {}}] = told('leaving')
    expect(leaving).toMatchObject({type: 'leaving'})
    expect(told('handed-off').filter(({node}) => node === 'n3')).toHaveLength((leaving as {keys: number}).keys)
    await it.process.kill('n3')
    for (const node of ['n1', 'n2', 'n4', 'n5']) {
      for (const [i, key] of KEYS.entries()) expect(ask(node, 'read', null, key)).toEqual({type: 'ok', value: [i]})
    }
  })

  test('owns nothing afterwards, and its own clients are served all the same', async () => {
    const {it, ask, change} = cluster()
    await change('n3', 'remove')
    for (const key of KEYS) expect(ask('n3', 'add', 7, key)?.type).toBe('ok')
    expect(ask('n3', 'read', null, KEYS[0])).toEqual({type: 'ok', value: [7]})
    expect(it.diskOf('n3').read('objects')).toEqual([])
  })

  test('comes again, and takes over what it owns', async () => {
    const {it, ask, change, told} = cluster({n: '1', r: '1', w: '1'})
    await change('n3', 'remove')
    for (const [i, key] of KEYS.entries()) ask('n1', 'add', i, key)
    await change('n3', 'add')
    it.world.runFor(1000)
    expect(told('handed-off').some(({event}) => String(event['to']) === 'n3')).toBe(true)
    expect(new Set(it.nodes.map((node) => String(it.statusNow(node)!['members'])))).toEqual(new Set(['n1,n2,n3,n4,n5']))
    for (const [i, key] of KEYS.entries()) expect(ask('n2', 'read', null, key)).toEqual({type: 'ok', value: [i]})
  })

  test('stays while nobody can be told, and goes once it is heard', async () => {
    const {it, ask, change} = cluster({n: '1', r: '1', w: '1'})
    for (const key of KEYS) ask('n1', 'add', 1, key)
    const alone = allLinks(it.nodes).filter(({from, to}) => (from === 'n3') !== (to === 'n3'))
    await it.network.cut('alone', alone, 'black-hole')
    await expect(change('n3', 'remove')).rejects.toThrow(
      'removing n3 was not possible within 8 s (n1: n3 has not handed everything over yet)',
    )
    await it.network.heal('alone')
    it.world.runFor(1500)
    for (const key of KEYS) expect(ask('n1', 'read', null, key)).toEqual({type: 'ok', value: [1]})
    await change('n3', 'remove')
  })

  test('may not go where too few would be left', async () => {
    const {change} = cluster()
    await change('n1', 'remove')
    await change('n2', 'remove')
    await expect(change('n3', 'remove')).rejects.toThrow('n=3 copies of each key need as many members')
  })
})

test('quorums that overlap need owners that are fixed, and copies of every key on all nodes do too', () => {
  const options = (count: number, args: Readonly<Record<string, string>>) => ({
    nodes: Array.from({length: count}, (_, i) => `n${i + 1}`),
    bugs: [],
    args,
  })
  expect(dynamo.protocol.fixedMembers(options(5, {workload: 'staleness'}))).toContain('strict quorums')
  expect(dynamo.unfit(options(5, {workload: 'staleness', joinMs: '1500'}))).toContain('strict quorums')
  expect(dynamo.protocol.fixedMembers(options(3, {workload: 'set'}))).toBe('n=3 copies of each key need all 3 nodes')
  expect(dynamo.protocol.fixedMembers(options(3, {workload: 'set', n: '2'}))).toBe(undefined)
  expect(dynamo.unfit(options(5, {workload: 'set', joinMs: '1500'}))).toBe(undefined)
})

test('two nodes on their own go on, whoever owns the key, and hand over what they were given', async () => {
  const {it, ask} = cluster()
  expect(ask('n1', 'add', 1)).toEqual({type: 'ok', value: 1})
  const [few, many] = [
    ['n1', 'n2'],
    ['n3', 'n4', 'n5'],
  ]
  const across = allLinks(it.nodes).filter(({from, to}) => few.includes(from) !== few.includes(to))
  await it.network.cut('halves', across, 'black-hole')
  expect(ask('n1', 'add', 2)).toEqual({type: 'ok', value: 2})
  expect(ask(many[0]!, 'add', 3)).toEqual({type: 'ok', value: 3})
  await it.network.heal('halves')
  it.world.runFor(1500)
  for (const node of it.nodes) {
    const {value} = ask(node, 'read') as {value: number[]}
    expect([...value].sort()).toEqual([1, 2, 3])
  }
  expect(new Set(it.nodes.map((node) => it.statusNow(node)!['digest'])).size).toBe(1)
})

describe('is not at rest while a node cannot be asked', () => {
  const unrest = (it: SimCluster) => unsettled(new Map(it.nodes.map((node) => [node, it.statusNow(node)])))

  test.each(['both ways', 'to it', 'from it'])('cut off %s', async (way) => {
    const {it, ask} = cluster({n: '1', r: '1', w: '1'})
    for (const [i, key] of KEYS.entries()) expect(ask('n1', 'add', i, key)?.type).toBe('ok')
    it.world.runFor(1000)
    expect(unrest(it)).toBe(undefined)
    // All are known to have the same, and nothing is written any more: but who reads is answered by those who stand in.
    const alone = allLinks(it.nodes).filter(
      ({from, to}) => (way !== 'to it' && from === 'n3') || (way !== 'from it' && to === 'n3'),
    )
    await it.network.cut('alone', alone, 'black-hole')
    it.world.runFor(500)
    expect(KEYS.some((key) => (ask('n1', 'read', null, key) as {value: Json[]}).value.length === 0)).toBe(true)
    expect(unrest(it)).toContain('replicas differ')
    await it.network.heal('alone')
    // What is healed may still lose messages, until peers have a connection again.
    expect(unrest(it)).toContain('replicas differ')
    it.world.runFor(500)
    expect(unrest(it)).toBe(undefined)
    for (const [i, key] of KEYS.entries()) expect(ask('n1', 'read', null, key)).toEqual({type: 'ok', value: [i]})
  })

  test('but is where all answer slowly', () => {
    const {it} = cluster({}, {latencyMs: 70})
    for (let look = 0; look < 20; look++) {
      it.world.runFor(50)
      expect(unrest(it)).toBe(undefined)
    }
  })
})

test('one node on its own finds no quorum', async () => {
  const {it, ask} = cluster()
  const alone = allLinks(it.nodes).filter(({from, to}) => from === 'n1' || to === 'n1')
  await it.network.cut(
    'alone',
    alone.filter(({from, to}) => it.nodes.includes(from) && it.nodes.includes(to)),
    'black-hole',
  )
  expect(ask('n1', 'add', 1)).toEqual({type: 'fail', error: 'not enough nodes'})
})
