/** The sketches work while nothing goes wrong, which is why they are believed; what each gets wrong is `flaw`, in `index.ts`. */
import {expect, test} from 'vitest'
import type {Outcome} from '../../core/client.ts'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import type {Protocol} from '../../core/target.ts'
import {SimCluster} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {naiveLockstep, naivePaxos, naiveRaft, naiveTwoPhase} from './index.ts'

function booted(protocol: Protocol, workload: string) {
  const world = new World()
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
  const on = new SimCluster(world, {protocol, nodes, random: createRandom('naive'), args: {workload}})
  world.runUntil(10e9, () => on.isReady())
  let process = 0
  const ask = (node: string, f: string, value: Json = null): Outcome | undefined => {
    let outcome: Outcome | undefined
    on.connect(node, process++).invoke({f, key: 'x', value}, (it) => (outcome = it))
    world.runUntil(world.nowNs() + 3e9, () => outcome !== undefined)
    return outcome
  }
  return {on, world, ask}
}

const ok = (value: Json) => ({type: 'ok', value})

test.each([naiveRaft, naiveLockstep, naiveTwoPhase])('$name keeps registers while nothing goes wrong', ({protocol}) => {
  const {ask, world} = booted(protocol, 'register')
  expect(ask('n1', 'write', 1)).toEqual(ok(1))
  expect(ask('n2', 'write', 2)).toEqual(ok(2))
  world.runFor(500)
  for (const node of ['n1', 'n3', 'n5']) expect(ask(node, 'read')).toEqual(ok(2))
})

test('naive-paxos keeps a decision that all have heard of', () => {
  const {ask, world} = booted(naivePaxos.protocol, 'consensus')
  expect(ask('n1', 'propose', 4)).toEqual(ok(4))
  world.runFor(500)
  expect(ask('n2', 'propose', 7)).toEqual(ok(4))
})

test('naive-paxos lets who has not heard of it decide otherwise', async () => {
  const {ask, on, world} = booted(naivePaxos.protocol, 'consensus')
  const deaf = ['n1', 'n3', 'n4', 'n5'].map((from) => ({from, to: 'n2'}))
  await on.network.cut('deaf', deaf, 'black-hole')
  expect(ask('n1', 'propose', 4)).toEqual(ok(4))
  await on.network.heal('deaf')
  // Peers need a moment until they have a connection again, and nothing is sent twice: the client would turn to another node.
  world.runFor(50)
  expect(ask('n2', 'propose', 7)).toEqual(ok(7))
})

test.each([naiveLockstep, naiveTwoPhase])(
  '$name waits for everybody, and one that is gone is enough to stop it',
  async ({protocol}) => {
    const {ask, on} = booted(protocol, 'register')
    await on.process.kill('n5')
    expect(ask('n1', 'write', 1)?.type).not.toBe('ok')
  },
)
