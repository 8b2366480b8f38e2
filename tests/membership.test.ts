/** Membership is changed and put back, and a cluster that only says so convinces nobody. */
import {expect, test} from 'vitest'
import type {Env, Json, Message, Node} from '../core/node.ts'
import {createRandom} from '../core/random.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {during} from '../runner/drive-virtual.ts'
import {restore} from '../runner/heal.ts'
import {SimCluster} from '../sim/cluster.ts'
import {World} from '../sim/world.ts'

/** n1 leads, and keeps the list; with `deaf` it says yes to everything, with `busy` it refuses the first few. */
function registrar(env: Env, how: {deaf?: boolean; busy?: number; refuses?: boolean}): Node {
  let members: readonly Json[] = env.nodes
  let refusals = how.busy ?? 0
  return {
    start() {},
    message() {},
    timer() {},
    request(request, message: Message) {
      if (message.type === 'status') {
        const leads = env.id === 'n1'
        env.reply(request, {type: 'status', role: leads ? 'leader' : 'follower', ...(leads ? {members, term: 1} : {})})
      } else if (how.refuses || refusals-- > 0) {
        env.reply(request, {type: 'refused', reason: 'another change is under way'})
      } else {
        if (!how.deaf) members = message['members'] as readonly Json[]
        env.reply(request, {type: 'reconfigured', members})
      }
    },
  }
}

function cluster(how: Parameters<typeof registrar>[1] = {}) {
  const world = new World()
  const protocol = {
    leads: true,
    reconfigures: true,
    createNode: (env: Env) => registrar(env, how),
    createSession: () => ({invoke() {}, message() {}, timer() {}}),
  }
  const sim = new SimCluster(world, {protocol, nodes: ['n1', 'n2', 'n3'], random: createRandom(1)})
  const soon = <T>(promise: Promise<T>) => during(world, promise)
  const strike = (victims: string, order: readonly string[]) =>
    soon(
      parseNemeses('membership')[0]!.start(
        {fault: 'membership', victims, order},
        {cluster: sim, clock: world, cause: 'm'},
      ),
    )
  const members = () => soon(sim.membership!.members())
  return {sim, soon, strike, members}
}

test('a member is removed, which the cluster says of itself, and added again', async () => {
  const {soon, strike, members} = cluster({busy: 3})
  const fault = await strike('one', ['n2', 'n3', 'n1'])
  expect(fault).toMatchObject({
    description: 'remove n2',
    victims: ['n2'],
    proof: {verified: true, evidence: 'members before: n1 n2 n3; now: n1 n3'},
  })
  expect(await soon(fault.stop())).toEqual({verified: true, evidence: 'members: n1 n2 n3'})
  expect(await members()).toEqual(['n1', 'n2', 'n3'])
})

test('the leader can be removed too', async () => {
  const {strike} = cluster()
  expect(await strike('leader', ['n2', 'n3', 'n1'])).toMatchObject({victims: ['n1'], proof: {verified: true}})
})

test('a cluster that says yes and changes nothing proves nothing', async () => {
  const {strike} = cluster({deaf: true})
  expect((await strike('one', ['n2', 'n3', 'n1'])).proof).toEqual({
    verified: false,
    evidence: 'members before: n1 n2 n3; now: n1 n2 n3',
  })
})

test('a cluster that refuses is not struck, and its words are kept', async () => {
  const {strike} = cluster({refuses: true})
  await expect(strike('one', ['n2', 'n3', 'n1'])).rejects.toThrow(
    'removing n2 was not possible within 8 s (n1: another change is under way)',
  )
})

test('what a fault has left half done is put right at the end', async () => {
  const {sim, soon, members} = cluster()
  await soon(sim.membership!.remove('n3'))
  expect(await soon(restore(sim))).toEqual([])
  expect(await members()).toEqual(['n1', 'n2', 'n3'])
})
