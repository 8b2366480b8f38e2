/** The network under a clock of its own: what arrives when, what is lost, what is counted. */
import {expect, test} from 'vitest'
import type {Clock} from '../../core/clock.ts'
import {createRandom} from '../../core/random.ts'
import {type Distribution, MaelstromNetwork} from './network.ts'

/** Time that passes when told to. */
class Hours implements Clock {
  #nowNs = 0
  readonly #alarms: {atNs: number; wake: () => void}[] = []

  nowNs(): number {
    return this.#nowNs
  }

  after(delayMs: number, wake: () => void) {
    const alarm = {atNs: this.#nowNs + Math.max(0, delayMs) * 1e6, wake}
    this.#alarms.push(alarm)
    return () => {
      const place = this.#alarms.indexOf(alarm)
      if (place >= 0) this.#alarms.splice(place, 1)
    }
  }

  pass(ms: number): void {
    const endNs = this.#nowNs + ms * 1e6
    for (;;) {
      this.#alarms.sort((left, right) => left.atNs - right.atNs)
      const [first] = this.#alarms
      if (first === undefined || first.atNs > endNs) break
      this.#alarms.shift()
      this.#nowNs = first.atNs
      first.wake()
    }
    this.#nowNs = endNs
  }
}

function network(latencyMs: number, distribution: Distribution = 'constant', loss = 0) {
  const clock = new Hours()
  const net = new MaelstromNetwork(clock, createRandom('net'), ['n1', 'n2'], {latencyMs, distribution, loss})
  const arrived: string[] = []
  for (const end of ['n1', 'n2', 'c1', 'lin-kv']) {
    net.attach(end, ({src, body}) => {
      arrived.push(`${(clock.nowNs() / 1e6).toFixed(0)} ${src}→${end} ${body.type}`)
      return true
    })
  }
  const send = (src: string, dest: string, type = 'x') => net.send({src, dest, body: {type}})
  return {clock, net, arrived, send}
}

test('nodes and services are as far away as told, clients are next door', () => {
  const {clock, arrived, send} = network(10)
  send('n1', 'n2')
  send('n1', 'lin-kv')
  send('c1', 'n1')
  send('n1', 'c1')
  clock.pass(20)
  expect(arrived).toEqual(['0 c1→n1 x', '0 n1→c1 x', '10 n1→n2 x', '10 n1→lin-kv x'])
})

test.each(['uniform', 'exponential'] as const)('%s latencies have the mean that was asked for', (distribution) => {
  const {clock, net, send} = network(100, distribution)
  let sum = 0
  net.attach('n2', () => {
    sum += clock.nowNs() / 1e6
    return true
  })
  for (let i = 0; i < 2000; i++) send('n1', 'n2')
  clock.pass(10_000)
  expect(sum / 2000).toBeGreaterThan(90)
  expect(sum / 2000).toBeLessThan(110)
})

test('what is sent into a cut, or arrives at one, is lost; healing one cause leaves the other', async () => {
  const {clock, net, arrived, send} = network(10)
  send('n1', 'n2', 'before')
  await net.cut('a', [{from: 'n1', to: 'n2'}], 'black-hole')
  await net.cut('b', [{from: 'n1', to: 'n2'}], 'black-hole')
  send('n1', 'n2', 'during')
  send('n2', 'n1', 'back')
  clock.pass(20)
  await net.heal('a')
  send('n1', 'n2', 'half')
  await net.heal('b')
  send('n1', 'n2', 'after')
  clock.pass(20)
  expect(arrived).toEqual(['10 n2→n1 back', '30 n1→n2 after'])
  expect(net.counts.read().servers).toEqual({sent: 5, received: 2, lost: 3})
})

test('a probe takes the path of messages, and finds a cut', async () => {
  const {clock, net} = network(10)
  const answered = net.ping('n1', 'n2', 250)
  clock.pass(300)
  expect(await answered).toMatchObject({reachable: true, rttMs: 20})
  await net.cut('a', [{from: 'n2', to: 'n1'}], 'black-hole')
  const silent = net.ping('n1', 'n2', 250)
  clock.pass(300)
  expect(await silent).toEqual({reachable: false, error: 'no answer in 250 ms'})
})

test('the same seed loses the same messages', () => {
  const run = () => {
    const {clock, arrived, send} = network(1, 'exponential', 0.3)
    for (let i = 0; i < 100; i++) send('n1', 'n2', String(i))
    clock.pass(1000)
    return arrived
  }
  const first = run()
  expect(first.length).toBeGreaterThan(50)
  expect(first.length).toBeLessThan(90)
  expect(run()).toEqual(first)
})

test('messages are counted as Maelstrom counts them', () => {
  const {net, send} = network(0)
  send('c1', 'n1')
  send('n1', 'n2')
  send('n1', 'lin-kv')
  net.detach('c1')
  send('n1', 'c1')
  expect(net.counts.read()).toEqual({
    all: {sent: 4, received: 3, lost: 1},
    clients: {sent: 2, received: 1, lost: 1},
    servers: {sent: 2, received: 2, lost: 0},
  })
})
