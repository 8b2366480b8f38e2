/**
 * What every running cluster has to keep, whichever host it runs on: subprocesses behind proxies, namespaces, machines
 * reached by SSH, programs of others, the simulator. What is said to be possible is done to it, looked at as the operating
 * system and the network have it, and undone.
 *
 * The checks share one cluster and come in the order in which they are to run: the first starts it, the last stops it.
 */
import {deepStrictEqual, doesNotReject, ok, strictEqual} from 'node:assert/strict'
import {type Capabilities, type Capability, can} from '../../core/capabilities.ts'
import {type Clock, sleep, wallClock} from '../../core/clock.ts'
import type {Cluster, DiskControl} from '../../core/cluster.ts'
import type {Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import type {Contract, ContractTest} from './contract.ts'

/** A cluster of at least three nodes that can serve, just started. */
export interface OpenedCluster {
  readonly cluster: Cluster
  /** What is said to be possible. */
  readonly capabilities: Capabilities
  /** The clock that it lives by; this machine's by default. */
  readonly clock?: Clock
  /** Lets the time pass in which this promise lives, where that is not time of its own accord: in the simulator. */
  during?<T>(promise: Promise<T>): Promise<T>
}

/** How long what is to come true may take, ms. */
const PATIENCE_MS = 15_000
const LOOK_AGAIN_MS = 50
/** How long an answer is waited for that is not to come, ms. */
const SILENCE_MS = 400
/** How far a clock may be from where it was put, ms: for reading it takes time. */
const CLOCK_SLACK_MS = 1500

const GROUPS: Readonly<Record<string, keyof Cluster>> = {
  process: 'process',
  network: 'network',
  clock: 'clock',
  disk: 'disk',
  membership: 'membership',
}

const SHAPES: Readonly<Partial<Record<Capability, Shape>>> = {
  'network.latency': {kind: 'latency', latencyMs: 150, jitterMs: 0},
  'network.bandwidth': {kind: 'bandwidth', rateKBps: 20},
  'network.slice': {kind: 'slice', averageBytes: 64, variationBytes: 16, delayUs: 500},
  'network.reset': {kind: 'reset', afterMs: 0},
  'network.flaky': {kind: 'flaky', probability: 0.5},
  'network.loss': {kind: 'loss', probability: 0.5},
  'network.duplicate': {kind: 'duplicate', probability: 0.5},
  'network.reorder': {kind: 'reorder', probability: 0.5, delayMs: 20},
}

/** The checks of one cluster. `open` is called once, by the first of them. */
export function clusterContract(open: () => Promise<OpenedCluster>): Contract {
  let opened: OpenedCluster | undefined
  const check = (
    name: string,
    needs: readonly Capability[],
    story: (opened: OpenedCluster, trial: Trial) => Promise<void>,
  ): ContractTest => ({
    name,
    async check() {
      opened ??= await open()
      const {capabilities, during = <T>(promise: Promise<T>) => promise} = opened
      if (!needs.every((need) => can(capabilities, need))) return
      await during(story(opened, new Trial(opened)))
    },
  })

  return [
    check('has a group for each thing that it is said to be able to do', [], async ({cluster, capabilities}) => {
      for (const [name, answer] of Object.entries(capabilities)) {
        const group = GROUPS[name.split('.')[0] as string]
        if (answer === true && group !== undefined) ok(cluster[group] !== undefined, `${name}, but no ${group}`)
      }
      if (can(capabilities, 'clock.drift')) ok(cluster.clock?.drift !== undefined, 'clock.drift, but no drift')
      if (can(capabilities, 'leader')) ok(cluster.observe !== undefined, 'a leader, but nobody to ask for it')
    }),
    check('runs, and nothing is wrong with it', [], async ({cluster}, trial) => {
      ok(cluster.nodes.length >= 3, `${cluster.nodes.length} nodes`)
      for (const node of cluster.nodes) await trial.serves(node)
      ok((await cluster.openClient(cluster.nodes[0] as NodeId, 0)).operations !== undefined)
    }),
    check('ends a node and starts it again; twice is once', ['process.kill'], async ({cluster}, trial) => {
      const {process} = trial
      const [, victim = '', other = ''] = cluster.nodes
      await process.kill(victim)
      strictEqual(await process.state(victim), 'dead')
      strictEqual(await process.state(other), 'running')
      ok((await cluster.observe?.responds(victim, SILENCE_MS)) !== true, 'it answers while it is dead')
      await doesNotReject(process.kill(victim))
      await process.restart(victim)
      strictEqual(await process.state(victim), 'running')
      await process.restart(victim)
      await trial.serves(victim)
    }),
    check('freezes a node and lets it go on; twice is once', ['process.pause'], async ({cluster}, trial) => {
      const {process} = trial
      const [, , victim = ''] = cluster.nodes
      await process.pause?.(victim)
      await process.pause?.(victim)
      strictEqual(await process.state(victim), 'paused')
      ok((await cluster.observe?.responds(victim, SILENCE_MS)) !== true, 'it answers while it is frozen')
      await process.resume?.(victim)
      await process.resume?.(victim)
      await trial.serves(victim)
    }),
    check('ends a node that is frozen', ['process.pause', 'process.kill'], async ({cluster}, trial) => {
      const {process} = trial
      const [victim = ''] = cluster.nodes
      await process.pause?.(victim)
      await process.kill(victim)
      strictEqual(await process.state(victim), 'dead')
      await process.resume?.(victim)
      strictEqual(await process.state(victim), 'dead')
      await process.restart(victim)
      await trial.serves(victim)
    }),
    check('cuts one direction, for as long as one cause is left', ['network.one-way'], async ({cluster}, trial) => {
      const {network} = trial
      const [a = '', b = '', c = ''] = cluster.nodes
      const [there, back] = [
        {from: a, to: b},
        {from: b, to: a},
      ]
      await network.cut('one', [there], 'black-hole')
      await network.cut('two', [there], 'black-hole')
      deepStrictEqual([await network.isCut(there), await network.isCut(back)], [true, false])
      ok((await network.readBack(there)) !== '', 'the network does not say that it is cut')
      strictEqual((await network.ping(a, b, SILENCE_MS)).reachable, false)
      await trial.reaches(a, c)
      await network.heal('one')
      strictEqual(await network.isCut(there), true)
      await network.heal('two')
      await network.heal('never heard of')
      await trial.clean(a, b)
    }),
    check('refuses connections', ['network.refuse'], async ({cluster}, trial) => {
      const {network} = trial
      const [a = '', b = ''] = cluster.nodes
      await network.cut('one', [{from: 'clients', to: b}], 'refuse')
      strictEqual(await network.isCut({from: 'clients', to: b}), true)
      const {reachable, error = ''} = await network.ping('clients', b, PATIENCE_MS)
      ok(!reachable && !/no answer/.test(error), `refused connections look like this: ${error}`)
      await trial.reaches('clients', a)
      await network.healAll()
      await trial.clean('clients', b)
    }),
    ...(Object.entries(SHAPES) as [Capability, Shape][]).map(([capability, shape]) =>
      check(`spoils a link: ${shape.kind}`, [capability], async ({cluster}, trial) => {
        const {network} = trial
        const [a = '', b = '', c = ''] = cluster.nodes
        await network.shape('one', [{from: a, to: b}], shape)
        ok((await network.readBack({from: a, to: b}, 'one')) !== '', 'the network does not say so')
        strictEqual(await network.readBack({from: a, to: b}, 'two'), '')
        strictEqual(await network.readBack({from: a, to: c}), '')
        strictEqual(await network.isCut({from: a, to: b}), false)
        if (shape.kind === 'latency') {
          const {rttMs = 0} = await network.ping(a, b, PATIENCE_MS)
          ok(rttMs >= shape.latencyMs, `a round trip of ${rttMs} ms over a link that takes ${shape.latencyMs} ms`)
        }
        await network.heal('one')
        await trial.clean(a, b)
      }),
    ),
    check('moves a clock and puts it right', ['clock.skew'], async ({cluster}) => {
      const {clock} = cluster as Required<Cluster>
      const [node = '', other = ''] = cluster.nodes
      await clock?.skew(node, 60_000)
      near(await clock?.offsetMs(node, PATIENCE_MS), 60_000)
      near(await clock?.offsetMs(other, PATIENCE_MS), 0)
      await clock?.skew(node, 0)
      near(await clock?.offsetMs(node, PATIENCE_MS), 0)
    }),
    check('fills a disk and makes room again', ['disk.full'], async ({cluster}, trial) => {
      const disk = cluster.disk as DiskControl
      const [, node = '', other = ''] = cluster.nodes
      await disk.harm(node, {kind: 'full'})
      ok((await disk.readBack(node)) !== '', 'the disk does not say so')
      ok('refused' in ((await disk.probe(node)) ?? {refused: 'it is down'}), 'a full disk took what was written')
      strictEqual(await disk.readBack(other), '')
      await disk.heal(node)
      strictEqual(await disk.readBack(node), '')
      if ((await trial.process.state(node)) === 'dead') await trial.process.restart(node)
      ok('tookMs' in ((await disk.probe(node)) ?? {}), 'a healed disk takes nothing')
    }),
    check('takes a member out and in again', ['membership'], async ({cluster}) => {
      const {membership} = cluster as Required<Cluster>
      // Not every node need be one: a replica of Redis Cluster serves nothing that could be taken from it.
      const before = (await membership?.members()) ?? []
      const last = before.at(-1) as NodeId
      ok(before.length >= 2, `its only members are ${before}`)
      await membership?.remove(last)
      deepStrictEqual(new Set(await membership?.members()), new Set(before.filter((node) => node !== last)))
      await membership?.restore()
      deepStrictEqual(new Set(await membership?.members()), new Set(before))
    }),
    check('stops, with a node dead, and a second time', [], async ({cluster, capabilities}) => {
      const [first = ''] = cluster.nodes
      if (can(capabilities, 'process.kill')) await cluster.process?.kill(first)
      await cluster.stop()
      await doesNotReject(cluster.stop())
      for (const node of cluster.nodes) strictEqual(await cluster.process?.state(node), cluster.process && 'dead')
    }),
  ]
}

function near(offsetMs: number | undefined, wantedMs: number): void {
  ok(offsetMs !== undefined, 'the node does not tell its time')
  ok(Math.abs(offsetMs - wantedMs) < CLOCK_SLACK_MS, `off by ${offsetMs} ms, not by ${wantedMs} ms`)
}

/** What is asked of a cluster again and again. */
class Trial {
  readonly #opened: OpenedCluster
  readonly #clock: Clock

  constructor(opened: OpenedCluster) {
    this.#opened = opened
    this.#clock = opened.clock ?? wallClock()
  }

  get process() {
    return this.#opened.cluster.process as NonNullable<Cluster['process']>
  }

  get network() {
    return this.#opened.cluster.network as NonNullable<Cluster['network']>
  }

  reaches(from: NodeId | 'clients', to: NodeId): Promise<void> {
    const look = async () => (await this.network.ping(from, to, SILENCE_MS)).reachable
    return this.#comesTrue(`${from} reaches ${to}`, look)
  }

  /** Nothing is in force on the way from one to the other, and it can be gone. */
  async clean(from: NodeId | 'clients', to: NodeId): Promise<void> {
    strictEqual(await this.network.isCut({from, to}), false)
    strictEqual(await this.network.readBack({from, to}), '')
    await this.reaches(from, to)
  }

  /** Runs, answers, and is reached by clients and by a peer. */
  async serves(node: NodeId): Promise<void> {
    const {cluster} = this.#opened
    const peer = cluster.nodes.find((other) => other !== node) as NodeId
    if (cluster.process !== undefined) strictEqual(await cluster.process.state(node), 'running')
    const {observe, network} = cluster
    if (observe) await this.#comesTrue(`${node} answers`, async () => (await observe.responds(node, 1000)) !== false)
    if (network === undefined) return
    await this.clean('clients', node)
    if (await this.#linked(peer, node)) await this.clean(peer, node)
  }

  /** Whether nodes dial each other at all: the servers of a cache that clients divide among them do not. */
  async #linked(from: NodeId, to: NodeId): Promise<boolean> {
    try {
      await this.network.isCut({from, to})
      return true
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  }

  async #comesTrue(what: string, look: () => Promise<boolean>): Promise<void> {
    const clock = this.#clock
    const deadlineNs = clock.nowNs() + PATIENCE_MS * 1e6
    while (!(await look())) {
      ok(clock.nowNs() < deadlineNs, `not within ${PATIENCE_MS / 1000} s: ${what}`)
      await sleep(clock, LOOK_AGAIN_MS)
    }
  }
}
