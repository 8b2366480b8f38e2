/** Which links each shape of a partition cuts, by what remains connected. */
import {expect, test} from 'vitest'
import {type Clock, wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import type {StrikeContext} from '../core/nemesis.ts'
import type {Link, NetworkControl} from '../core/network.ts'
import {partition} from './partition.ts'
import type {PartitionShape} from './shapes.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

/** A network that does what it is told and says so. */
function network(): NetworkControl & {cutLinks: Link[]} {
  const self = {
    cutLinks: [] as Link[],
    async cut(_cause: string, links: readonly Link[]) {
      self.cutLinks = [...links]
    },
    async shape() {},
    async heal() {
      self.cutLinks = []
    },
    async healAll() {
      self.cutLinks = []
    },
    async ping(from: string, to: string) {
      const cut = self.cutLinks.some((link) => [link.from, link.to].sort().join() === [from, to].sort().join())
      return cut ? {reachable: false, error: 'no answer'} : {reachable: true, rttMs: 0.1}
    },
    async isCut(link: Link) {
      return self.cutLinks.some(({from, to}) => from === link.from && to === link.to)
    },
    async readBack(link: Link) {
      return (await self.isCut(link)) ? 'timeout 0' : ''
    },
  }
  return self
}

async function strike(shape: PartitionShape, leader?: string) {
  const net = network()
  const status = async (node: string) => ({type: 'status', role: node === leader ? 'leader' : 'follower', term: 1})
  const cluster = {nodes: NODES, network: net, observe: {status}} as unknown as Cluster
  const spec = {
    fault: 'partition',
    shape,
    mode: 'black-hole',
    victims: leader === undefined ? 'one' : 'leader',
    order: NODES,
  }
  const injection = await partition().start(spec, {cluster, clock: wallClock(), cause: 'c1'})
  return {net, injection}
}

/** Whom each node hears. */
function hearing(cut: readonly Link[]): Record<string, string[]> {
  const heard = (node: string) =>
    NODES.filter((other) => other !== node && !cut.some(({from, to}) => from === other && to === node))
  return Object.fromEntries(NODES.map((node) => [node, heard(node)]))
}

test('one: a single node is alone', async () => {
  const {net, injection} = await strike('one')
  expect(hearing(net.cutLinks)['n1']).toEqual([])
  expect(hearing(net.cutLinks)['n2']).toEqual(['n3', 'n4', 'n5'])
  expect(injection.victims).toEqual(['n1'])
  expect(injection.proof.verified).toBe(true)
})

test('leader: the one alone is the leader', async () => {
  const {net, injection} = await strike('leader', 'n4')
  expect(hearing(net.cutLinks)['n4']).toEqual([])
  expect(injection.description).toContain('leader n4')
})

test('ring: everybody hears a majority, no two the same one', async () => {
  const {net} = await strike('ring')
  const groups = Object.entries(hearing(net.cutLinks)).map(([node, others]) => [node, ...others].sort().join())
  expect(groups.every((group) => group.split(',').length === 3)).toBe(true)
  expect(new Set(groups).size).toBe(5)
})

test('bridge: one node hears all, the halves only each other and the bridge', async () => {
  const {net} = await strike('bridge')
  expect(hearing(net.cutLinks)).toEqual({
    n1: ['n2', 'n3', 'n4', 'n5'],
    n2: ['n1', 'n3'],
    n3: ['n1', 'n2'],
    n4: ['n1', 'n5'],
    n5: ['n1', 'n4'],
  })
})

test('one-way: one node is heard but hears nobody', async () => {
  const {net, injection} = await strike('one-way')
  expect(hearing(net.cutLinks)['n1']).toEqual([])
  expect(hearing(net.cutLinks)['n2']).toEqual(['n1', 'n3', 'n4', 'n5'])
  expect(injection.victims).toEqual(['n1'])
})

test('a cut that cuts nothing is not verified', async () => {
  const net = network()
  net.ping = async () => ({reachable: true, rttMs: 0.1})
  const cluster = {nodes: NODES, network: net} as unknown as Cluster
  const spec = {fault: 'partition', shape: 'one', mode: 'refuse', victims: 'one', order: NODES}
  const injection = await partition().start(spec, {cluster, clock: wallClock(), cause: 'c1'})
  expect(injection.proof).toMatchObject({verified: false, evidence: expect.stringContaining('0/4 cut pairs silent')})
})

/** As `strike`, on a machine so busy that what nothing forbids is answered after `rttMs`, and whoever gives up sooner hears nothing. */
async function busy(rttMs: number, mode: string, error = 'no answer', end: Pick<StrikeContext, 'untilNs'> = {}) {
  const net = network()
  const {ping} = net
  const limits: number[] = []
  net.ping = async (from, to, limitMs, ...rest) => {
    limits.push(limitMs)
    const {reachable} = await ping(from, to, limitMs, ...rest)
    if (!reachable) return {reachable, error}
    return rttMs <= limitMs ? {reachable, rttMs} : {reachable: false, error: 'no answer'}
  }
  const cluster = {nodes: NODES, network: net} as unknown as Cluster
  const spec = {fault: 'partition', shape: 'one', mode, victims: 'one', order: NODES}
  const {proof} = await partition().start(spec, {cluster, clock: wallClock(), cause: 'c1', ...end})
  return {verified: proof.verified, longestMs: Math.round(Math.max(...limits))}
}

test('the slower others answer, the longer a cut has to be silent', async () => {
  expect(await busy(50, 'black-hole')).toEqual({verified: true, longestMs: 2500})
  expect(await busy(700, 'black-hole')).toEqual({verified: true, longestMs: 2500})
  expect(await busy(1700, 'black-hole')).toEqual({verified: true, longestMs: 6800})
  expect(await busy(2000, 'black-hole')).toEqual({verified: true, longestMs: 7500})
  expect(await busy(2600, 'black-hole')).toEqual({verified: false, longestMs: 2500})
})

test('a proof is not waited for beyond the end of all faults', async () => {
  const {verified, longestMs} = await busy(700, 'black-hole', 'no answer', {untilNs: 1e9})
  expect(verified).toBe(false)
  expect(longestMs).toBeGreaterThan(900)
  expect(longestMs).toBeLessThanOrEqual(1000)
  expect(await busy(700, 'black-hole', 'no answer', {untilNs: -1e9})).toEqual({verified: false, longestMs: 250})
  expect(await busy(50, 'black-hole', 'no answer', {untilNs: 10e9})).toEqual({verified: true, longestMs: 2500})
})

test('a refusal is believed at once: it needs no longer silence than the answer of somebody else', async () => {
  expect(await busy(1700, 'refuse', 'ECONNREFUSED')).toEqual({verified: true, longestMs: 2500})
})

test('links that answered late before are heard as late afterwards: they are not taken for cut', async () => {
  const slow = async (cuts: boolean, slowMs: number) => {
    const net = network()
    const {ping} = net
    net.ping = async (from, to, limitMs, ...rest) => {
      const {reachable} = cuts ? await ping(from, to, limitMs, ...rest) : {reachable: true}
      const rttMs = [from, to].includes('n1') ? slowMs : 0.1
      return reachable && rttMs <= limitMs ? {reachable, rttMs} : {reachable: false, error: 'no answer'}
    }
    const cluster = {nodes: NODES, network: net} as unknown as Cluster
    const spec = {fault: 'partition', shape: 'one', mode: 'black-hole', victims: 'one', order: NODES}
    return (await partition().start(spec, {cluster, clock: wallClock(), cause: 'c1'})).proof.verified
  }
  expect(await slow(true, 600)).toBe(true)
  expect(await slow(false, 600)).toBe(false)
  expect(await slow(true, 2000)).toBe(true)
  expect(await slow(false, 2000)).toBe(false)
})

test('an end that was frozen before the cut, or is meanwhile, does not make it last longer', async () => {
  const net = network()
  const {ping} = net
  const limits: number[] = []
  let asked = 0
  net.ping = async (from, to, limitMs, ...rest) => {
    limits.push(limitMs)
    const {reachable, error} = await ping(from, to, limitMs, ...rest)
    if (!reachable) return {reachable, ...(error === undefined ? {} : {error})}
    // At first n1 has just been resumed; once it is cut off, n2 is frozen, and answers late.
    const late =
      net.cutLinks.length > 0 ? [from, to].includes('n2') : to === 'n1' || from === 'n1' ? asked++ < 4 : false
    return {reachable, rttMs: late ? 1800 : 0.1}
  }
  const state = async (node: string) => (node === 'n2' && net.cutLinks.length > 0 ? 'paused' : 'running')
  const cluster = {nodes: NODES, network: net, process: {state}} as unknown as Cluster
  const spec = {fault: 'partition', shape: 'one', mode: 'black-hole', victims: 'one', order: NODES}
  const {proof} = await partition().start(spec, {cluster, clock: wallClock(), cause: 'c1'})
  expect(proof).toMatchObject({verified: true})
  // All but those from before the cut.
  expect(new Set(limits.slice(8))).toEqual(new Set([250]))
})

/** Time that passes when somebody waits. */
function hurriedClock(): Clock {
  let nowNs = 0
  return {
    nowNs: () => nowNs,
    after(delayMs, wake) {
      nowNs += delayMs * 1e6
      queueMicrotask(wake)
      return () => {}
    },
  }
}

/** A partition of three of whom only `n1` runs when it begins; `later` run when it ends, `soon` from a second after it was asked for. */
async function whileDown(later: readonly string[], leaks = false, soon: readonly string[] = [], untilNs = 1e12) {
  const net = network()
  const {ping} = net
  let running = ['n1']
  net.ping = async (from, to, ...rest) => {
    if (![from, to].every((end) => end === 'clients' || running.includes(end))) return {reachable: false, error: 'dead'}
    return leaks ? {reachable: true, rttMs: 0.1} : ping(from, to, ...rest)
  }
  const clock = hurriedClock()
  const state = async (node: string) => {
    if (clock.nowNs() > 1e9 && running.length === 1) running.push(...soon)
    return running.includes(node) ? 'running' : 'dead'
  }
  const cluster = {nodes: NODES.slice(0, 3), network: net, process: {state}} as unknown as Cluster
  const spec = {fault: 'partition', shape: 'one', mode: 'black-hole', victims: 'one', order: cluster.nodes}
  const {proof, stop} = await partition().start(spec, {cluster, clock, cause: 'c1', untilNs})
  running = ['n1', ...later]
  const end = await stop()
  return {began: proof.verified, vacuous: proof.vacuous, tookEffect: end.tookEffect, whole: end.verified}
}

test('what nobody could show when it began is shown when it ends, by nodes that have come back meanwhile', async () => {
  const unseen = {began: false, vacuous: true, whole: true}
  expect(await whileDown(['n3'])).toEqual({...unseen, tookEffect: true})
  expect(await whileDown([])).toEqual({...unseen, tookEffect: undefined})
  expect(await whileDown(['n2', 'n3'], true)).toEqual({...unseen, tookEffect: undefined})
})

test('it waits for somebody to part', async () => {
  expect(await whileDown(['n3'], false, ['n3'])).toEqual({
    ...{began: true, vacuous: undefined, tookEffect: undefined, whole: true},
  })
})

test('it does not wait for somebody to part beyond the end of all faults', async () => {
  expect(await whileDown(['n3'], false, ['n3'], 0.5e9)).toEqual({
    ...{began: false, vacuous: true, tookEffect: true, whole: true},
  })
})

test('stopping heals the links and says so', async () => {
  const {net, injection} = await strike('halves')
  const proof = await injection.stop()
  expect(net.cutLinks).toEqual([])
  expect(proof).toEqual({verified: true, evidence: '12/12 links whole again, 6/6 pairs answer'})
})
