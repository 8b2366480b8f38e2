/** SWIM among five simulated nodes: who is noticed to be dead, and who is not. */
import {expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {SimCluster} from '../../../sim/cluster.ts'
import {World} from '../../../sim/world.ts'
import {protocol} from '../index.ts'
import {Dissemination} from './dissemination.ts'
import {Members, type News, overrides} from './members.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

function booted(bugs: readonly string[] = [], args: Readonly<Record<string, string>> = {}) {
  const world = new World()
  const on = new SimCluster(world, {protocol, nodes: NODES, random: createRandom('swim'), bugs, args})
  world.runFor(2000)
  const livingAt = (node: string) => on.statusNow(node)?.['living']
  const told = (state: string) => on.events.filter(({event}) => event.type === 'member' && event['state'] === state)
  return {world, on, livingAt, told}
}

const news = (state: News['state'], incarnation: number): News => ({member: 'n2', state, incarnation})

test('the higher incarnation overrides; within one, dead overrides suspect and suspect overrides alive', () => {
  const inOrder = [
    news('alive', 0),
    news('suspect', 0),
    news('dead', 0),
    news('alive', 1),
    news('suspect', 1),
    news('dead', 1),
  ]
  for (const [i, earlier] of inOrder.entries()) {
    expect(overrides(earlier, earlier)).toBe(false)
    for (const later of inOrder.slice(i + 1)) {
      expect(overrides(later, earlier)).toBe(true)
      expect(overrides(earlier, later)).toBe(false)
    }
  }
})

test('a suspect is still a member, a dead one is not, and strangers are none', () => {
  const members = new Members(NODES)
  expect(members.hear(news('suspect', 0))).toBe(true)
  expect(members.living).toEqual(NODES)
  expect(members.hear(news('dead', 0))).toBe(true)
  expect(members.living).toEqual(['n1', 'n3', 'n4', 'n5'])
  expect(members.hear(news('alive', 0))).toBe(false)
  expect(members.hear({...news('alive', 0), member: 'n9'})).toBe(false)
})

test('news is passed on some times and no more, the least told first', () => {
  const dissemination = new Dissemination(5)
  dissemination.add(news('alive', 1))
  dissemination.add(news('suspect', 1))
  const told = Array.from({length: 20}, () => dissemination.take())
  expect(told.filter((pieces) => pieces.length > 0)).toHaveLength(9)
  expect(told[0]).toEqual([news('suspect', 1)])
})

test.each([
  [
    'cut both ways',
    [
      {from: 'n1', to: 'n2'},
      {from: 'n2', to: 'n1'},
    ],
  ],
  ['cut one way', [{from: 'n1', to: 'n2'}]],
])('a path between two members that is %s makes neither suspect the other', async (_, links) => {
  const {world, on, livingAt, told} = booted()
  await on.network.cut('pair', links, 'black-hole')
  world.runFor(20_000)
  for (const node of NODES) expect(livingAt(node)).toEqual(NODES)
  expect(told('suspect')).toEqual([])
})

test('without indirect probes it makes both suspect each other', async () => {
  const {world, on, told} = booted(['no-indirect'])
  await on.network.cut(
    'pair',
    [
      {from: 'n1', to: 'n2'},
      {from: 'n2', to: 'n1'},
    ],
    'black-hole',
  )
  world.runFor(20_000)
  expect(new Set(told('suspect').map(({event}) => event['member']))).toEqual(new Set(['n1', 'n2']))
})

test('who is killed is dead to all within seconds, and a member again once it is back', async () => {
  const {world, on, livingAt} = booted()
  await on.process.kill('n3')
  world.runFor(5000)
  const others = NODES.filter((node) => node !== 'n3')
  for (const node of others) expect(livingAt(node)).toEqual(others)
  await on.process.restart('n3')
  world.runFor(3000)
  for (const node of NODES) expect(livingAt(node)).toEqual(NODES)
})

test('who is paused for less than a suspicion takes is suspected, takes it back, and never dies', async () => {
  const {world, on, livingAt, told} = booted()
  await on.process.pause('n4')
  world.runFor(1200)
  await on.process.resume('n4')
  world.runFor(3000)
  expect(told('suspect').length).toBeGreaterThan(0)
  expect(told('dead')).toEqual([])
  for (const node of NODES) expect(livingAt(node)).toEqual(NODES)
})

test('two halves take each other for dead, and find each other again', async () => {
  const {world, on, livingAt} = booted()
  const [left, right] = [NODES.slice(0, 2), NODES.slice(2)]
  const links = left.flatMap((one) =>
    right.flatMap((other) => [
      {from: one, to: other},
      {from: other, to: one},
    ]),
  )
  await on.network.cut('halves', links, 'black-hole')
  world.runFor(10_000)
  expect(livingAt('n1')).toEqual(left)
  expect(livingAt('n5')).toEqual(right)
  await on.network.heal('halves')
  world.runFor(5000)
  for (const node of NODES) expect(livingAt(node)).toEqual(NODES)
})
