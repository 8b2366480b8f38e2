/** Whole clusters under simulation: what `tests/targets.test.ts` does not do to every target. */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import {allLinks} from '../../core/network.ts'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {SimCluster} from '../../sim/cluster.ts'
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

/** A cluster for set operations on `x`, one client a node. */
function cluster() {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
  const it = new SimCluster(new World(), {protocol, nodes, random: createRandom('dynamo'), args: {workload: 'set'}})
  const clients = new Map(nodes.map((node, i) => [node, it.connect(node, i)]))
  it.world.runFor(500)
  const ask = (node: string, f: string, value: Json = null): Outcome | undefined => {
    let outcome: Outcome | undefined
    clients.get(node)!.invoke({f, key: 'x', value}, (answer) => (outcome = answer))
    it.world.runUntil(it.world.nowNs() + 2e9, () => outcome !== undefined)
    return outcome
  }
  return {it, ask}
}

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
