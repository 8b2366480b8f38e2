import {describe, expect, test} from 'vitest'
import {allLinks} from '../core/network.ts'
import {createRandom} from '../core/random.ts'
import {type Endpoint, SimNetwork} from './network.ts'
import {World} from './world.ts'

describe('nodes dial their peers again', () => {
  const ONE = [{from: 'n1', to: 'n2'}]
  const BOTH = allLinks(['n1', 'n2'])

  /** A network, and how long after this moment the first of the messages arrives that are sent every ms, less the way: when they were dialled, ms. */
  const dialled = (seed = 1) => {
    const world = new World()
    const net = new SimNetwork(world, ['n1', 'n2', 'n3'], {latencyMs: 0, jitterMs: 0}, createRandom(seed))
    const dialledMs = (from: Endpoint, to: Endpoint): number => {
      const startNs = world.nowNs()
      let arrivedMs: number | undefined
      const receiver = {deliver: () => void (arrivedMs ??= (world.nowNs() - startNs) / 1e6)}
      for (let ms = 0; ms < 1000 && arrivedMs === undefined; ms++) {
        net.send(from, to, {type: 'hello'}, receiver, undefined)
        world.runFor(1)
      }
      return arrivedMs ?? Number.NaN
    }
    return {net, world, dialledMs}
  }

  test.each([
    ['n1', 'n2'],
    ['n2', 'n1'],
  ])('20 ms after a black hole, in both directions though one was cut (%s→%s)', async (from, to) => {
    const {net, world, dialledMs} = dialled()
    await net.cut('c', ONE, 'black-hole')
    world.runFor(500)
    await net.heal('c')
    expect(dialledMs(from, to)).toBe(20)
    await net.heal('c')
    expect(dialledMs(from, to)).toBe(0)
  })

  test.each([
    // Dialled in vain after 20, 60, 140, 300, 500, 700 … ms.
    [10, 10],
    [30, 30],
    [50, 10],
    [100, 40],
    [200, 100],
    [400, 100],
    [650, 50],
    [1100, 200],
    [100_050, 50],
  ])('after a refusal of %i ms when they would have tried next, %i ms later', async (cutMs, expectedMs) => {
    for (const [from, to] of [
      ['n1', 'n2'],
      ['n2', 'n1'],
    ] as const) {
      const {net, world, dialledMs} = dialled()
      await net.cut('c', BOTH, 'refuse')
      world.runFor(cutMs)
      await net.healAll()
      expect(dialledMs(from, to)).toBe(expectedMs)
    }
  })

  test('after the last of several cuts', async () => {
    const {net, world, dialledMs} = dialled()
    await net.cut('one', BOTH, 'refuse')
    world.runFor(250)
    await net.cut('two', BOTH, 'refuse')
    await net.cut('three', ONE, 'black-hole')
    await net.heal('one')
    world.runFor(100)
    await net.heal('two')
    // Dialled again 150 ms later, into a black hole.
    world.runFor(200)
    await net.heal('three')
    expect(dialledMs('n1', 'n2')).toBe(20)
  })

  test.each([
    // Would have been dialled after 300 ms, was refused there, and waits 200.
    ['refuse', 250, 20, 100, 130],
    // Would have been dialled after 20 ms, was refused there, and waits 40.
    ['black-hole', 500, 10, 20, 30],
  ] as const)(
    'when they would have tried next, where they are refused again after a %s while they wait',
    async (mode, cutMs, healedMs, againMs, expectedMs) => {
      const {net, world, dialledMs} = dialled()
      await net.cut('first', BOTH, mode)
      world.runFor(cutMs)
      await net.heal('first')
      world.runFor(healedMs)
      await net.cut('again', BOTH, 'refuse')
      world.runFor(againMs)
      await net.heal('again')
      expect(dialledMs('n1', 'n2')).toBe(expectedMs)
    },
  )

  test('and not the others, nor do clients wait', async () => {
    const {net, world, dialledMs} = dialled()
    await net.cut('c', [...BOTH, {from: 'clients', to: 'n1'}, {from: 'n1', to: 'clients'}], 'refuse')
    world.runFor(400)
    await net.heal('c')
    expect(dialledMs('clients', 'n1')).toBe(0)
    expect(dialledMs('n1', 'n3')).toBe(0)
    expect(dialledMs('n3', 'n2')).toBe(0)
  })

  test('anew where they have started again meanwhile', async () => {
    const {net, world, dialledMs} = dialled()
    await net.cut('c', BOTH, 'refuse')
    world.runFor(510)
    net.restarted('n1')
    world.runFor(50)
    await net.heal('c')
    // The new process dialled 0, 20 and 60 ms after it started; its peer 700 ms after the cut.
    expect(dialledMs('n1', 'n2')).toBe(10)
    world.runFor(1000)
    await net.cut('c', BOTH, 'refuse')
    world.runFor(510)
    net.restarted('n1')
    world.runFor(50)
    await net.heal('c')
    expect(dialledMs('n2', 'n1')).toBe(140)
  })

  test('within 20 ms after resets, and as long as these took', async () => {
    const times: number[] = []
    for (let seed = 0; seed < 100; seed++) {
      const {net, world, dialledMs} = dialled(seed)
      await net.shape('s', ONE, {kind: 'reset', afterMs: 100})
      world.runFor(500)
      await net.heal('s')
      times.push(dialledMs('n1', 'n2'))
      expect(dialledMs('n2', 'n1')).toBe(0)
    }
    expect(Math.min(...times)).toBeLessThan(10)
    expect(Math.max(...times)).toBeGreaterThan(110)
    expect(Math.max(...times)).toBeLessThanOrEqual(120)
  })
})
