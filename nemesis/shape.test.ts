/** When a spoilt link is taken for proved: when it begins, or else later while it is in force, and never where it did nothing. */
import {expect, test} from 'vitest'
import {type Clock, wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import type {Link, NetworkControl, Ping, Shape} from '../core/network.ts'
import {packets} from './packets.ts'
import {LOOK_MS} from './victims.ts'

const NODES = ['n1', 'n2', 'n3']
const DELAY: Shape = {kind: 'latency', latencyMs: 100, jitterMs: 0}
const FLAKY: Shape = {kind: 'flaky', probability: 1}

/** It begins; where somebody looks at it, it goes on; it ends; it is healed. */
type Phase = 'begins' | 'goes on' | 'ends' | 'healed'
type InPhase<T> = Partial<Record<Phase, T>>

interface Circumstances {
  readonly shape?: Shape
  /** Who runs; everybody in phases that are not mentioned. */
  readonly running?: InPhase<readonly string[]>
  /** What everything takes, ms; 1 in phases that are not mentioned. */
  readonly busyMs?: InPhase<number>
  /** Links that another fault has cut when it begins. */
  readonly cut?: readonly Link[]
  /** The network says that it does, and does nothing. */
  readonly lies?: boolean
  /** All but n1 freeze as soon as it is probed once it has begun, and are back when it ends. */
  readonly freeze?: boolean
  /** It is not ended before somebody has looked at it since it began. */
  readonly watched?: boolean
}

/** Strikes all links of n1 and heals them. Times are told, not waited for. */
async function fare(circumstances: Circumstances) {
  const {shape = DELAY, running = {}, busyMs = {}, cut = [], lies = false, freeze = false, watched} = circumstances
  let frozen = false
  let phase: Phase = 'begins'
  let looked = () => {}
  let spoilt: readonly Link[] = []
  const probed: string[] = []
  const alive = () => (frozen && phase === 'begins' ? ALONE : (running[phase] ?? NODES))
  const struck = (from: string, to: string) => !lies && spoilt.some((link) => link.from === from && link.to === to)
  const isCut = (from: string, to: string) =>
    phase === 'begins' && cut.some((link) => link.from === from && link.to === to)
  const net: Partial<NetworkControl> = {
    async shape(_cause, links) {
      spoilt = links
    },
    async heal() {
      spoilt = []
      phase = 'healed'
    },
    async ping(from, to): Promise<Ping> {
      probed.push(`${from}→${to}`)
      if (freeze && spoilt.length > 0) frozen = true
      if (phase === 'goes on') setImmediate(looked)
      const ends = [from, to].filter((end) => end !== 'clients')
      const silent = ends.some((end) => !alive().includes(end)) || isCut(from, to) || isCut(to, from)
      const ways = [struck(from, to), struck(to, from)].filter(Boolean).length
      if (silent || (shape.kind === 'flaky' && ways > 0)) return {reachable: false, error: 'no answer in 1500 ms'}
      return {reachable: true, rttMs: (busyMs[phase] ?? 1) + (shape.kind === 'latency' ? ways * shape.latencyMs : 0)}
    },
    isCut: async ({from, to}) => isCut(from, to),
    readBack: async (link) => (spoilt.includes(link) ? shape.kind : ''),
  }
  const process = {state: async (node: string) => (alive().includes(node) ? 'running' : 'dead')}
  const cluster = {nodes: NODES, network: net, process} as unknown as Cluster
  const fault = packets(shape.kind, [shape.kind as 'latency'], ['one'])
  const spec = {fault: shape.kind, kind: shape.kind, shape: {...shape}, clients: false, victims: 'one', order: NODES}
  const {proof, stop} = await fault.start(spec, {cluster, clock: unhurried(), cause: 'c1'})
  const atItsBeginning = [...probed]
  if (watched === true) {
    await new Promise<void>((resolve) => {
      looked = resolve
      phase = 'goes on'
    })
  }
  phase = 'ends'
  const {tookEffect, verified: clean, evidence} = await stop()
  return {began: proof.verified, vacuous: proof.vacuous, tookEffect, clean, evidence, atItsBeginning}
}

const ALONE = ['n1']

/** The machine's clock, but nobody waits between two looks at who runs. */
function unhurried(): Clock {
  const wall = wallClock()
  let skippedNs = 0
  return {
    nowNs: () => wall.nowNs() + skippedNs,
    after(delayMs, wake) {
      if (delayMs !== LOOK_MS) return wall.after(delayMs, wake)
      skippedNs += LOOK_MS * 1e6
      return wall.after(0, wake)
    },
  }
}

test('what found nobody at both ends of a link is told from what should have been seen', async () => {
  expect(await fare({running: {begins: ALONE, ends: ALONE, healed: ALONE}})).toMatchObject({
    began: false,
    vacuous: true,
  })
  expect(await fare({lies: true})).toMatchObject({began: false, vacuous: undefined})
})

test('shown when it begins, it is not probed again when it ends', async () => {
  const {began, tookEffect, clean, evidence} = await fare({})
  expect({began, tookEffect, clean}).toEqual({began: true, tookEffect: undefined, clean: true})
  expect(evidence).toBe('4/4 links clean again')
})

test.each([
  ['nodes that were dead', {running: {begins: ALONE}}],
  [
    'a link that another fault had cut',
    {
      cut: [
        {from: 'n1', to: 'n2'},
        {from: 'n3', to: 'n1'},
      ],
    },
  ],
  ['a busy moment', {busyMs: {begins: 80}}],
  ['nodes that were dead, by silence', {shape: FLAKY, running: {begins: ALONE}}],
  ['nodes that froze while they were probed', {shape: FLAKY, freeze: true}],
  ['nodes that were there in between only', {running: {begins: ALONE, ends: ALONE}, watched: true}],
] satisfies [string, Circumstances][])('%s: it is shown later', async (_what, circumstances) => {
  const {began, tookEffect, clean, evidence} = await fare(circumstances)
  expect({began, tookEffect, clean}).toEqual({began: false, tookEffect: true, clean: true})
  expect(evidence).toMatch(/probes felt it/)
})

test.each([
  ['a network that does nothing', {running: {begins: ALONE}, lies: true}],
  ['a network that does nothing, watched', {running: {begins: ALONE}, lies: true, watched: true}],
  ['nobody who came back', {running: {begins: ALONE, ends: ALONE, healed: ALONE}}],
  ['nobody who is there once it is healed', {running: {begins: ALONE, ends: ALONE, healed: ALONE}, watched: true}],
  [
    'links that stay as slow when it is healed',
    {running: {begins: ALONE}, lies: true, busyMs: {ends: 250, healed: 250}},
  ],
  ['a moment that stays busy', {busyMs: {begins: 80, ends: 80, healed: 80}}],
  ['the silence of a network that does nothing', {shape: FLAKY, running: {begins: ALONE}, lies: true}],
  ['the silence of nodes that died', {shape: FLAKY, running: {begins: ALONE, ends: ALONE, healed: ALONE}}],
  ['the silence of nodes that freeze while they are probed', {shape: FLAKY, lies: true, freeze: true}],
] satisfies [string, Circumstances][])('%s: it is never shown', async (_what, circumstances) => {
  const {began, tookEffect, clean} = await fare(circumstances)
  expect({began, tookEffect, clean}).toEqual({began: false, tookEffect: undefined, clean: true})
})

test('a probe of what cannot answer is not waited for', async () => {
  const {atItsBeginning} = await fare({running: {begins: ['n1', 'n2']}, cut: [{from: 'clients', to: 'n2'}]})
  expect(new Set(atItsBeginning)).toEqual(new Set(['n1→n2', 'n2→n1', 'clients→n1']))
})
