import {describe, expect, test} from 'vitest'
import type {Env, Message, Node} from '../core/node.ts'
import {createRandom} from '../core/random.ts'
import {SimCluster, type SimClusterOptions} from './cluster.ts'
import {SimDisk, type SimDiskOptions} from './disk.ts'
import {World} from './world.ts'

function disk(options: SimDiskOptions = {}, seed = 1): SimDisk {
  const disk = new SimDisk(createRandom(seed), options)
  for (const record of ['a', 'b', 'c']) disk.append('log', record)
  disk.sync()
  return disk
}

describe('a bit that decays', () => {
  test('is never served: whoever reads that file is told, until the disk is mended', () => {
    for (let seed = 0; seed < 200; seed++) {
      const it = disk({}, seed)
      it.harm({kind: 'bit-flip'})
      expect(it.describe()).toBe('1 record damaged')
      expect(() => it.read('log')).toThrow(/^log: record [123] is not what was written$/)
      expect(it.caught.flipped).toBe(1)
      it.heal()
      expect(it.read('log')).toEqual(['a', 'b', 'c'])
      expect(it.describe()).toBe('')
    }
  })

  test('is served where there are no checksums', () => {
    const read = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const it = disk({checksums: false}, seed)
      it.harm({kind: 'bit-flip'})
      read.add(JSON.stringify(it.read('log')))
    }
    expect(read.size).toBeGreaterThan(20)
  })

  test('is gone with the record that had it', () => {
    const it = disk()
    it.harm({kind: 'bit-flip'})
    it.replace('log', ['new'])
    expect(it.read('log')).toEqual(['new'])
    expect(it.describe()).toBe('')
  })
})

describe('a power cut in the midst of a write', () => {
  function torn(checksums: boolean) {
    const seen = {left: new Set<number>(), torn: 0}
    for (let seed = 0; seed < 200; seed++) {
      const it = disk({checksums}, seed)
      it.append('log', 'not synced')
      it.crash({torn: true})
      seen.left.add(it.read('log').length)
      seen.torn += it.caught.torn
    }
    return seen
  }

  test('leaves a part of a record, which its checksum gives away', () => {
    expect(torn(true)).toMatchObject({left: new Set([3, 4])})
    expect(torn(true).torn).toBeGreaterThan(50)
    // Without checksums there is always something where the record should be: whole, or its beginning.
    expect(torn(false)).toEqual({left: new Set([4]), torn: 0})
  })
})

/** Writes down what it is asked to, and answers when that is durable. */
class Clerk implements Node {
  readonly #env: Env
  constructor(env: Env) {
    this.#env = env
  }
  start(): void {
    this.#env.event({type: 'booted', records: this.#env.disk.read('book').length})
  }
  message(): void {}
  timer(): void {}
  request(request: string, message: Message): void {
    if (message.type !== 'status') {
      this.#env.disk.append('book', message.type)
      this.#env.disk.sync()
    }
    this.#env.reply(request, {type: message.type, now: this.#env.now()})
  }
}

function clerks(options: Partial<SimClusterOptions> = {}) {
  const world = new World()
  const createSession = () => ({invoke() {}, message() {}, timer() {}})
  const protocol = {createNode: (env: Env) => new Clerk(env), createSession}
  const cluster = new SimCluster(world, {protocol, nodes: ['n1'], random: createRandom(7), ...options})
  const network = cluster.network
  /** Asks n1 over the network; says when the answers came, ms from now. */
  const ask = (...types: string[]) => {
    const answers: {type: string; ms: number}[] = []
    const startNs = world.nowNs()
    for (const type of types) {
      network.send('clients', 'n1', {type}, cluster.machineOf('n1'), {
        answered: (_, reply) => answers.push({type: reply.type, ms: (world.nowNs() - startNs) / 1e6}),
      })
    }
    world.runFor(1000)
    return answers
  }
  return {world, cluster, ask}
}

describe('in a cluster', () => {
  test('a slow sync holds up what comes after it, in order, and nothing before', async () => {
    const {cluster, ask} = clerks({network: {jitterMs: 0, latencyMs: 1}})
    await cluster.disk.harm('n1', {kind: 'slow', delayMs: 100})
    expect(await cluster.disk.readBack('n1')).toBe('syncs take 100 ms')
    expect(ask('status', 'write', 'status', 'write')).toEqual([
      {type: 'status', ms: 1},
      {type: 'write', ms: 101},
      {type: 'status', ms: 101},
      {type: 'write', ms: 201},
    ])
    await cluster.disk.heal('n1')
    expect(ask('write')).toEqual([{type: 'write', ms: 1}])
  })

  test('what waits for the disk is gone with the process', async () => {
    const {world, cluster} = clerks()
    await cluster.disk.harm('n1', {kind: 'slow', delayMs: 100})
    let answers = 0
    cluster.machineOf('n1').deliver('clients', {type: 'write'}, {answered: () => answers++})
    world.runFor(50)
    await cluster.process.kill('n1')
    await cluster.process.restart('n1')
    world.runFor(1000)
    expect(answers).toBe(0)
  })

  test('a full disk takes the node down, which is no bug of the node, and room brings it back', async () => {
    const {cluster, ask} = clerks()
    expect(ask('write')).toHaveLength(1)
    await cluster.disk.harm('n1', {kind: 'full'})
    expect(ask('write')).toEqual([])
    expect(await cluster.process.state('n1')).toBe('dead')
    expect(cluster.crashes).toEqual([])
    expect(cluster.logs.at(-1)?.line).toBe('goes down: no space left on device')
    await cluster.disk.heal('n1')
    await cluster.process.restart('n1')
    expect(ask('write')).toHaveLength(1)
  })

  test('a node does not boot from a damaged disk', async () => {
    const {cluster, ask} = clerks()
    ask('write')
    await cluster.disk.harm('n1', {kind: 'bit-flip'})
    await cluster.disk.harm('n1', {kind: 'power-cut', torn: false})
    await cluster.process.restart('n1')
    expect(await cluster.process.state('n1')).toBe('dead')
    expect(cluster.logs.at(-1)?.line).toBe('goes down: book: record 1 is not what was written')
    await cluster.disk.heal('n1')
    await cluster.process.restart('n1')
    expect(cluster.events.at(-1)?.event).toEqual({type: 'booted', records: 1})
  })
})
