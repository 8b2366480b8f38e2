/** What bundled nodes write into their logs: what explains a run afterwards, the same for the same seed, and nothing for each operation. */
import {expect, test} from 'vitest'
import {allLinks} from '../core/network.ts'
import {createRandom} from '../core/random.ts'
import type {Protocol} from '../core/target.ts'
import {SimCluster} from '../sim/cluster.ts'
import {World} from '../sim/world.ts'
import {protocol as gossip} from '../targets/gossip/index.ts'
import {protocol as paxos} from '../targets/paxos/index.ts'
import {protocol as raft} from '../targets/raft/index.ts'

const NODES = ['n1', 'n2', 'n3']
const OPERATIONS = 300

/** A leader (or n1) is cut off for five seconds while clients write to the others; then all is healed. */
async function run(protocol: Protocol) {
  const world = new World()
  const it = new SimCluster(world, {protocol, nodes: NODES, random: createRandom('logs'), args: {workload: 'register'}})
  const until = (seconds: number) => world.runUntil(seconds * 1e9, () => false)
  until(2)
  const leader = it.events.findLast(({event}) => event.type === 'leader')?.node ?? 'n1'
  const others = NODES.filter((node) => node !== leader)
  await it.network.cut(
    'alone',
    allLinks(NODES).filter(({from, to}) => from === leader || to === leader),
    'black-hole',
  )
  const client = it.connect(others[0] as string, 0)
  for (let i = 0; i < OPERATIONS; i++) {
    let isDone = false
    client.invoke({f: 'write', key: 'x', value: i}, () => (isDone = true))
    world.runUntil(world.nowNs() + 5e9, () => isDone)
  }
  until(10)
  await it.network.healAll()
  until(14)
  const linesOf = (node: string) => it.logs.filter((each) => each.node === node).map(({line}) => line)
  const together = (nodes: readonly string[]) => nodes.flatMap(linesOf).join('\n')
  return {it, alone: linesOf(leader).join('\n'), others: together(others), leader, linesOf}
}

test('raft: elections, votes, terms, a peer that falls silent and comes back', async () => {
  const {alone, others, leader} = await run(raft)
  expect(alone).toMatch(/boot 1: term 0, log ends at 0/)
  expect(alone).toMatch(/leads term 1 with the votes of /)
  expect(alone).toMatch(/does not answer any more; it has the log up to \d+/)
  expect(alone).toMatch(/hears no quorum, gives up leading term 1/)
  expect(alone).toMatch(/follows n\d in term \d/)
  expect(others).toMatch(/no leader for 150 ms or more, asks whether it could be elected in term 2/)
  expect(others).toMatch(/votes for n\d in term 2/)
  expect(others).toMatch(new RegExp(`${leader} does not answer`))
  expect(others).toMatch(new RegExp(`${leader} answers again`))
})

test('paxos: rounds that are prepared, promised and led', async () => {
  const {alone, others} = await run(paxos)
  expect(alone).toMatch(/leads round \d+ from slot \d+/)
  expect(alone).toMatch(/hears no majority, gives up round \d+/)
  expect(others).toMatch(/prepares round \d+ from slot \d+/)
  expect(others).toMatch(/promises round \d+ to n\d/)
  expect(others).toMatch(/follows n\d in round \d+/)
})

test('gossip: who was not heard, and who is heard again', async () => {
  const {alone, others} = await run(gossip)
  expect(alone).toMatch(/has not heard of n\d for 20 exchanges/)
  expect(alone).toMatch(/hears n\d again/)
  expect(others).toMatch(/up with 0 live updates/)
})

test.each([
  ['raft', raft],
  ['paxos', paxos],
  ['gossip', gossip],
] as const)('%s: the same for the same seed, and nothing for each operation', async (_, protocol) => {
  const [first, second] = [await run(protocol), await run(protocol)]
  expect(first.it.logs).toEqual(second.it.logs)
  expect(first.it.events).toEqual(second.it.events)
  for (const node of NODES) expect(first.linesOf(node).length).toBeLessThan(OPERATIONS / 4)
})

test('events name the peers that a message went to or came from', async () => {
  const {it} = await run(raft)
  const named = it.events.filter(({event}) => event['to'] !== undefined || event['from'] !== undefined)
  const types = new Set(named.map(({event}) => event.type))
  expect([...types]).toEqual(expect.arrayContaining(['candidate', 'vote', 'silent', 'heard']))
  for (const {event} of named) for (const peer of [event['to'] ?? event['from']].flat()) expect(NODES).toContain(peer)
})
