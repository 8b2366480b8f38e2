/** Parts of the queue whose rules can be told without a cluster; whole clusters are under `tests/targets.test.ts`. */
import {describe, expect, test} from 'vitest'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {SimCluster} from '../../sim/cluster.ts'
import {SimDisk} from '../../sim/disk.ts'
import {World} from '../../sim/world.ts'
import {ConsumerGroup} from './consumer-group.ts'
import {protocol} from './index.ts'
import type {LogRecord} from './messages.ts'
import {create, elect, type Metadata, NO_METADATA, renew, resize, restore} from './metadata.ts'
import {PartitionLog} from './partition-log.ts'
import {WorkQueue} from './work-queue.ts'

const NODES = ['n1', 'n2', 'n3']
const made = create(['x'], NODES, 3)(NO_METADATA) as Metadata

describe('metadata', () => {
  test('only an in-sync replica leads next, and the dead leader is out of sync', () => {
    const shrunk = resize('x', 1, ['n1', 'n2'])(made) as Metadata
    const next = elect(new Set(['n2', 'n3']), false)(shrunk)
    expect(next?.partitions['x']).toMatchObject({leader: 'n2', epoch: 2, isr: ['n2']})
  })

  test('where no in-sync replica lives nobody leads, unless the election is unclean', () => {
    const alone = resize('x', 1, ['n1'])(made) as Metadata
    expect(elect(new Set(['n3']), false)(alone)).toBe(undefined)
    expect(elect(new Set(['n3']), true)(alone)?.partitions['x']).toMatchObject({leader: 'n3', isr: ['n3']})
  })

  test('a leader of an old epoch changes nothing', () => {
    const next = elect(new Set(['n2', 'n3']), false)(made) as Metadata
    expect(resize('x', 1, ['n1'])(next)).toBe(undefined)
  })

  test('the first replica leads again once it is in sync and steady', () => {
    const next = elect(new Set(['n2', 'n3']), false)(made) as Metadata
    expect(restore(new Set(NODES))(next)).toBe(undefined)
    const back = resize('x', 2, NODES)(next) as Metadata
    expect(restore(new Set(NODES))(back)?.partitions['x']).toMatchObject({leader: 'n1', epoch: 3})
  })

  test('a leader that has booted leaves the epochs behind that it led in, each once', () => {
    expect(renew('n2')(made)).toBe(undefined)
    const edit = renew('n1')
    const next = edit(made) as Metadata
    expect(next.partitions['x']).toMatchObject({leader: 'n1', epoch: 2, isr: NODES})
    expect(edit(next)).toBe(undefined)
    expect(resize('x', 1, ['n1'])(next)).toBe(undefined)
  })
})

test('a broker that crashes and is soon back leads in a new epoch', async () => {
  const world = new World()
  const it = new SimCluster(world, {protocol, nodes: ['n1'], random: createRandom('soon back'), strict: true})
  world.runFor(1000)
  it.connect('n1', 0).invoke({f: 'send', key: 'x', value: 1}, () => {})
  world.runFor(1000)
  await it.process.kill('n1')
  await it.process.restart('n1')
  world.runFor(2000)
  const led = it.events.filter(({event}) => event.type === 'partition-leader')
  expect(led.map(({event}) => event['epoch'])).toEqual([1, 2])
})

const record = (value: Json, {epoch = 1, producer = 'c0', seq = 1, atMs = 0} = {}): LogRecord => ({
  epoch,
  producer,
  seq,
  atMs,
  value,
})

test('a log knows what a producer has sent, until that is cut off', () => {
  const log = new PartitionLog(new SimDisk(createRandom('log')), 'x')
  log.append([record('a', {seq: 1}), record('b', {seq: 2, epoch: 2}), record('c', {seq: 3, epoch: 2})])
  expect(log.find('c0', 3)).toBe(2)
  expect(log.find('c0', 2)).toBe(-1)
  expect(log.find('c0', 4)).toBe(undefined)
  expect([log.endOfEpoch(1), log.endOfEpoch(2)]).toEqual([1, 3])
  log.truncate(2)
  expect(log.find('c0', 3)).toBe(undefined)
})

describe('a work queue', () => {
  const limits = {redeliverMs: 100, deliveries: 2}
  const take = (atMs: number) => record({kind: 'take'}, {atMs})

  test('hands a message out again until it is acknowledged', () => {
    const queue = new WorkQueue(limits, false)
    queue.apply(record({kind: 'put', value: 'a'}), 0)
    expect(queue.apply(take(0), 1)).toEqual({message: 0, value: 'a'})
    expect(queue.apply(take(50), 2)).toBe(null)
    expect(queue.apply(take(100), 3)).toEqual({message: 0, value: 'a'})
    expect(queue.apply(record({kind: 'ack', message: 0}, {atMs: 110}), 4)).toBe(true)
    expect(queue.apply(take(500), 5)).toBe(null)
  })

  test('gives a message up that comes back again and again', () => {
    const queue = new WorkQueue(limits, false)
    queue.apply(record({kind: 'put', value: 'a'}), 0)
    for (const atMs of [0, 100, 200]) queue.apply(take(atMs), 1)
    expect(queue.dead).toBe(1)
  })
})

test('a group gives each key to one member, keeps that while both are there, and goes on from what was committed', () => {
  const group = new ConsumerGroup(1000)
  const say = (member: string, value: Json, atMs = 0) => group.apply(record(value, {producer: member, atMs}))
  expect(say('a', {kind: 'join', keys: ['x', 'y']})).toEqual({x: 0, y: 0})
  expect(say('b', {kind: 'join', keys: ['x', 'y']})).toEqual({})
  expect(say('a', {kind: 'commit', offsets: {x: 7}})).toEqual({x: 7})
  expect(say('b', {kind: 'commit', offsets: {x: 9}})).toEqual({})
  expect(say('a', {kind: 'leave'})).toBe(null)
  expect(say('b', {kind: 'beat'})).toEqual({x: 7, y: 0})
  expect(say('c', {kind: 'beat'}, 5000)).toBe(null)
})
