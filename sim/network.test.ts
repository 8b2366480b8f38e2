import {describe, expect, test} from 'vitest'
import {allLinks, linksBetween, type Shape} from '../core/network.ts'
import type {Message} from '../core/node.ts'
import {createRandom} from '../core/random.ts'
import {Stream} from './link.ts'
import {type Endpoint, type NetworkOptions, type Receiver, SimNetwork} from './network.ts'
import {World} from './world.ts'

const NODES = ['n1', 'n2', 'n3']
const HELLO: Message = {type: 'hello'}

/** A receiver that only notes that something has come. */
function calling(deliver: () => void): Receiver<undefined> {
  return {deliver}
}

function network(options: NetworkOptions = {}, seed = 1) {
  const world = new World()
  const net = new SimNetwork(world, NODES, options, createRandom(seed))
  /** Sends `count` messages now and says when each arrived, ms after it was sent. */
  const deliveries = (from: Endpoint, to: Endpoint, count = 1, message = HELLO) => {
    const arrivals: {readonly number: number; readonly ms: number}[] = []
    const sentNs = world.nowNs()
    for (let number = 0; number < count; number++) {
      net.send(
        from,
        to,
        message,
        calling(() => arrivals.push({number, ms: (world.nowNs() - sentNs) / 1e6})),
        undefined,
      )
    }
    world.runFor(10_000)
    return arrivals
  }
  const ping = async (from: Endpoint, to: string, limitMs = 250, bytes = 0) => {
    const pinging = net.ping(from, to, limitMs, bytes)
    world.runFor(limitMs)
    return pinging
  }
  return {world, net, deliveries, ping}
}

describe('a healthy network', () => {
  test('delivers everything once, soon, and not in order', () => {
    const {deliveries, net} = network()
    const arrivals = deliveries('n1', 'n2', 1000)
    expect(arrivals).toHaveLength(1000)
    expect(Math.min(...arrivals.map(({ms}) => ms))).toBeGreaterThanOrEqual(0.2)
    const mean = arrivals.reduce((sum, {ms}) => sum + ms, 0) / 1000
    expect(mean).toBeGreaterThan(0.6)
    expect(mean).toBeLessThan(0.8)
    expect(arrivals.some(({number}, i) => number !== i)).toBe(true)
    expect(net.counts).toEqual({sent: 1000, delivered: 1000, lost: 0})
  })

  test('keeps the order where asked to', () => {
    const arrivals = network({ordered: true}).deliveries('n1', 'n2', 200)
    expect(arrivals.map(({number}) => number)).toEqual([...Array(200).keys()])
  })

  test('keeps the order within each stream of one link, and not between two', () => {
    const {net, world} = network()
    const streams = [new Stream(), new Stream()]
    const arrivals: {readonly stream: number; readonly number: number}[] = []
    for (let number = 0; number < 200; number++) {
      streams.forEach((stream, i) => {
        net.outlet('clients').sendInOrder(
          'n2',
          HELLO,
          calling(() => arrivals.push({stream: i, number})),
          undefined,
          stream,
        )
      })
    }
    world.runFor(1000)
    for (const i of [0, 1]) {
      const numbers = arrivals.filter(({stream}) => stream === i).map(({number}) => number)
      expect(numbers).toEqual([...Array(200).keys()])
    }
    const turns = arrivals.map(({number}) => number)
    expect(turns).not.toEqual([...turns].sort((left, right) => left - right))
  })

  test('loses and repeats where asked to; requests are never repeated', () => {
    const {deliveries, net} = network({loss: 0.1, duplicates: 0.2})
    const numbers = deliveries('n1', 'n2', 1000).map(({number}) => number)
    expect(new Set(numbers).size).toBeGreaterThan(870)
    expect(new Set(numbers).size).toBeLessThan(1000)
    expect(numbers.length - new Set(numbers).size).toBeGreaterThan(100)
    expect(net.counts.lost).toBeGreaterThan(70)
    const requests = deliveries('clients', 'n1', 500).map(({number}) => number)
    expect(new Set(requests).size).toBe(requests.length)
  })

  test('a fault that repeats packets repeats no request and no answer: TCP drops the second', async () => {
    const {deliveries, net} = network()
    await net.shape('twice', allLinks([...NODES, 'clients']), {kind: 'duplicate', probability: 0.5})
    expect(deliveries('n1', 'n2', 100).length).toBeGreaterThan(130)
    expect(deliveries('clients', 'n1', 100)).toHaveLength(100)
    expect(deliveries('n1', 'clients', 100)).toHaveLength(100)
  })

  test('what happens on one link does not shift another', () => {
    const quiet = network().deliveries('n1', 'n2', 5)
    const busy = network()
    busy.net.send(
      'n2',
      'n3',
      HELLO,
      calling(() => {}),
      undefined,
    )
    expect(busy.deliveries('n1', 'n2', 5)).toEqual(quiet)
  })

  test('probing does not shift messages', async () => {
    const quiet = network()
    quiet.world.runFor(250)
    const probed = network()
    await probed.ping('n1', 'n2')
    expect(probed.deliveries('n1', 'n2', 5)).toEqual(quiet.deliveries('n1', 'n2', 5))
  })

  test('is known only for its own ends', () => {
    expect(() =>
      network().net.send(
        'n1',
        'n9',
        HELLO,
        calling(() => {}),
        undefined,
      ),
    ).toThrow('There is no link n1→n9.')
  })
})

describe('a cut', () => {
  test('silences one direction and leaves the other', async () => {
    const {net, deliveries, ping} = network()
    await net.cut('c', [{from: 'n1', to: 'n2'}], 'black-hole')
    expect(deliveries('n1', 'n2')).toEqual([])
    expect(deliveries('n2', 'n1')).toHaveLength(1)
    expect(await ping('n1', 'n2')).toEqual({reachable: false, error: 'no answer in 250 ms'})
    expect(await ping('n2', 'n1')).toMatchObject({reachable: false})
    expect(await ping('n1', 'n3')).toMatchObject({reachable: true})
    expect(await net.readBack({from: 'n1', to: 'n2'})).toBe('black-hole')
    expect(await net.readBack({from: 'n2', to: 'n1'})).toBe('')
  })

  test('refuses at once where that is its mode', async () => {
    const {net, deliveries, ping, world} = network()
    await net.cut('c', linksBetween(['n1'], ['n2']), 'refuse')
    expect(deliveries('n1', 'n2')).toEqual([])
    const pinging = net.ping('n1', 'n2', 250)
    world.step()
    expect(await pinging).toEqual({reachable: false, error: 'ECONNREFUSED'})
    expect(await ping('n2', 'n1')).toMatchObject({reachable: false})
  })

  test('loses what is on its way, for good', async () => {
    const {net, world} = network()
    let arrived = 0
    net.send(
      'n1',
      'n2',
      HELLO,
      calling(() => arrived++),
      undefined,
    )
    await net.cut('c', allLinks(NODES), 'black-hole')
    world.runFor(1000)
    await net.heal('c')
    world.runFor(1000)
    expect(arrived).toBe(0)
  })

  test('concerns clients too', async () => {
    const {net, deliveries} = network()
    await net.cut('c', [{from: 'clients', to: 'n1'}], 'black-hole')
    expect(deliveries('clients', 'n1')).toEqual([])
    expect(deliveries('clients', 'n2')).toHaveLength(1)
    expect(deliveries('n1', 'clients')).toHaveLength(1)
  })

  test('is healed by its cause alone', async () => {
    const {net, deliveries, world} = network()
    const link = {from: 'n1', to: 'n2'}
    await net.cut('one', [link], 'black-hole')
    await net.cut('two', [link], 'refuse')
    await net.heal('one')
    expect(deliveries('n1', 'n2')).toEqual([])
    expect(await net.readBack(link)).toBe('refuse')
    await net.heal('two')
    await net.heal('never seen')
    world.runFor(200)
    expect(deliveries('n1', 'n2')).toHaveLength(1)
    await net.cut('three', allLinks(NODES), 'black-hole')
    await net.healAll()
    world.runFor(20)
    expect(deliveries('n3', 'n2')).toHaveLength(1)
  })
})

describe('a shape', () => {
  const shaped = async (shape: Shape, options: NetworkOptions = {jitterMs: 0}) => {
    const it = network(options)
    await it.net.shape('s', [{from: 'n1', to: 'n2'}], shape)
    return it
  }

  test('latency delays', async () => {
    const {deliveries, ping} = await shaped({kind: 'latency', latencyMs: 100, jitterMs: 20})
    const times = deliveries('n1', 'n2', 100).map(({ms}) => ms)
    expect(Math.min(...times)).toBeGreaterThan(80)
    expect(Math.max(...times)).toBeLessThan(121)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(30)
    expect((await ping('n1', 'n2')).rttMs).toBeGreaterThan(80)
    expect((await ping('n1', 'n3')).rttMs).toBeLessThan(1)
  })

  test('bandwidth makes messages queue', async () => {
    const {deliveries, ping} = await shaped({kind: 'bandwidth', rateKBps: 10})
    const message = {type: 'big', text: '.'.repeat(915)} // with its overhead 1000 bytes: 0.1 s
    const times = deliveries('n1', 'n2', 5, message).map(({ms}) => Math.round(ms))
    expect(times).toEqual([100, 200, 300, 400, 500])
    expect((await ping('n1', 'n2', 5000, 10_000)).rttMs).toBeGreaterThan(1000)
  })

  test('slices take their time', async () => {
    const {deliveries} = await shaped({kind: 'slice', averageBytes: 10, variationBytes: 0, delayUs: 1000})
    const [arrival] = deliveries('n1', 'n2', 1, {type: 'x', text: '.'.repeat(100)})
    expect(arrival!.ms).toBeGreaterThan(12)
  })

  test('reset ends every connection', async () => {
    const {deliveries, ping, net} = await shaped({kind: 'reset', afterMs: 10})
    expect(deliveries('n1', 'n2')).toEqual([])
    expect(await ping('n1', 'n2')).toEqual({reachable: false, error: 'ECONNRESET'})
    expect(await net.readBack({from: 'n1', to: 'n2'})).toBe('reset after 10 ms')
  })

  test('reordering breaks the order of a stream: who is held back holds up nobody', async () => {
    const {net, world} = await shaped({kind: 'reorder', probability: 0.3, delayMs: 50})
    const stream = new Stream()
    const numbers: number[] = []
    for (let number = 0; number < 100; number++) {
      net.outlet('n1').sendInOrder(
        'n2',
        HELLO,
        calling(() => numbers.push(number)),
        undefined,
        stream,
      )
    }
    world.runFor(1)
    expect(numbers.length).toBeGreaterThan(50)
    expect(numbers.length).toBeLessThan(90)
    world.runFor(100)
    expect(numbers).toHaveLength(100)
  })

  test('flaky links lose some', async () => {
    const {deliveries} = await shaped({kind: 'flaky', probability: 0.5})
    const {length} = deliveries('n1', 'n2', 1000)
    expect(length).toBeGreaterThan(430)
    expect(length).toBeLessThan(570)
  })
})

test('a node that starts again dials its peers at once, and they reach it when they next try', () => {
  const reachedMs = new Set<number>()
  for (let seed = 0; seed < 40; seed++) {
    const {world, net} = network({jitterMs: 0}, seed)
    const arrivals = (from: Endpoint, to: Endpoint): number[] => {
      const times: number[] = []
      net.restarted('n1')
      for (let ms = 0; ms <= 25; ms++) {
        net.send(
          from,
          to,
          HELLO,
          calling(() => times.push(ms)),
          undefined,
        )
        world.runFor(1)
      }
      return times
    }
    expect(arrivals('clients', 'n1')).toHaveLength(26)
    expect(arrivals('n2', 'n3')).toHaveLength(26)
    expect(arrivals('n1', 'n2')).toEqual([...Array(26).keys()].slice(1))
    const fromPeer = arrivals('n2', 'n1')
    expect(fromPeer.at(-1)).toBe(25)
    expect(fromPeer).toHaveLength(26 - fromPeer[0]!)
    reachedMs.add(fromPeer[0]!)
  }
  expect(Math.min(...reachedMs)).toBe(0)
  expect(Math.max(...reachedMs)).toBeGreaterThan(2)
  expect(Math.max(...reachedMs)).toBeLessThanOrEqual(4)
})

describe('paths', () => {
  test('jitter has the mean that it is given, whatever its distribution', () => {
    for (const jitter of ['none', 'uniform', 'exponential', 'pareto'] as const) {
      const {deliveries} = network({latencyMs: 1, jitterMs: 4, jitter})
      const times = deliveries('n1', 'n2', 20_000).map(({ms}) => ms)
      const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length
      expect(Math.abs(mean - 5), jitter).toBeLessThan(jitter === 'pareto' ? 0.8 : 0.15)
      expect(Math.min(...times), jitter).toBeGreaterThanOrEqual(1)
    }
  })

  test('single links may be slower than the others', () => {
    const {deliveries} = network({jitterMs: 0, links: {'n1→n2': {latencyMs: 80}}})
    expect(deliveries('n1', 'n2')[0]!.ms).toBe(80)
    expect(deliveries('n2', 'n1')[0]!.ms).toBe(0.2)
    expect(() => network({links: {'n1→n9': {}}})).toThrow('There is no link n1→n9.')
  })
})
