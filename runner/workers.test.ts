import {expect, test} from 'vitest'
import {type Client, NotDone, type Outcome, type Request} from '../core/client.ts'
import {sleep, wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {Workers} from './workers.ts'

/** A cluster of one node whose clients do as told. */
function clusterOf(operation: (request: Request) => Promise<unknown>): Cluster & {opened: number[]; closed: number} {
  const cluster = {
    nodes: ['n1'],
    opened: [] as number[],
    closed: 0,
    async openClient(_node: string, process: number): Promise<Client> {
      cluster.opened.push(process)
      return {operations: {read: operation}, close: async () => void cluster.closed++}
    },
    async stop() {},
  }
  return cluster
}

function invoke(workers: Workers, process = 0, f = 'read'): Promise<Outcome> {
  return new Promise((resolve) => workers.invoke(0, process, 'n1', {f, key: 'x', value: 5}, resolve))
}

test.each<[string, () => Promise<unknown>, Outcome]>([
  ['returning is ok', async () => 3, {type: 'ok', value: 3}],
  ['returning nothing is ok with the argument', async () => undefined, {type: 'ok', value: 5}],
  ['NotDone is fail', async () => Promise.reject(new NotDone('refused')), {type: 'fail', error: 'refused'}],
  ['anything else thrown is info', async () => Promise.reject(new Error('reset')), {type: 'info', error: 'reset'}],
  [
    'throwing at once is no different',
    () => {
      throw new Error('reset')
    },
    {type: 'info', error: 'reset'},
  ],
  ['no answer in time is info', () => new Promise(() => {}), {type: 'info', error: 'timeout'}],
  [
    'lists, sets and plain objects are values',
    async () => [new Set([{a: 1n}])],
    {type: 'ok', value: [new Set([{a: 1n}])]},
  ],
  [
    'a class of its own is none',
    async () => [new Map()],
    {type: 'info', error: 'the client answered with an object of the class Map, which no history can hold'},
  ],
  [
    'nor is a circle',
    async () => {
      const circle: unknown[] = []
      circle.push(circle)
      return circle
    },
    {type: 'info', error: 'the client answered with something circular, which no history can hold'},
  ],
  [
    'nor is a function',
    async () => () => 1,
    {type: 'info', error: 'the client answered with a function, which no history can hold'},
  ],
])('%s', async (_, operation, outcome) => {
  const workers = new Workers(clusterOf(operation), wallClock(), 50)
  expect(await invoke(workers)).toEqual(outcome)
  await workers.close()
})

test('a process that was retired gets a fresh connection, and the old one is closed', async () => {
  const cluster = clusterOf(async () => 1)
  const workers = new Workers(cluster, wallClock(), 1000)
  await invoke(workers, 0)
  await invoke(workers, 0)
  await invoke(workers, 10)
  await workers.close()
  expect(cluster.opened).toEqual([0, 10])
  expect(cluster.closed).toBe(2)
})

test('a connection whose closing throws is closed all the same', async () => {
  const cluster = clusterOf(async () => 1)
  const open = cluster.openClient.bind(cluster)
  cluster.openClient = async (...args) => ({
    ...(await open(...args)),
    close() {
      throw new Error('cannot')
    },
  })
  const workers = new Workers(cluster, wallClock(), 1000)
  await invoke(workers)
  await expect(workers.close()).resolves.toBeUndefined()
})

test('an operation that the target does not speak certainly did not happen', async () => {
  const workers = new Workers(
    clusterOf(async () => 1),
    wallClock(),
    1000,
  )
  expect(await invoke(workers, 0, 'fly')).toEqual({type: 'fail', error: 'the target does not speak fly'})
  await workers.close()
})

test('an interrupt ends calls under way as unknown', async () => {
  const workers = new Workers(
    clusterOf(() => new Promise(() => {})),
    wallClock(),
    60_000,
  )
  const outcome = invoke(workers)
  await new Promise((resolve) => setImmediate(resolve))
  workers.interrupt('interrupted')
  expect(await outcome).toEqual({type: 'info', error: 'interrupted'})
  expect(await invoke(workers)).toEqual({type: 'fail', error: 'interrupted'})
  await workers.close()
})

test('each of several calls has its own deadline, whoever was asked before', async () => {
  const clock = wallClock()
  const workers = new Workers(
    clusterOf(() => new Promise(() => {})),
    clock,
    60,
  )
  const asked = async (thread: number, afterMs: number) => {
    await sleep(clock, afterMs)
    const startNs = clock.nowNs()
    const outcome = await new Promise<Outcome>((resolve) =>
      workers.invoke(thread, thread, 'n1', {f: 'read', key: 'x', value: 5}, resolve),
    )
    return {outcome, tookMs: (clock.nowNs() - startNs) / 1e6}
  }
  // The last is asked when nothing has been under way for a while.
  for (const {outcome, tookMs} of await Promise.all([asked(0, 0), asked(1, 25), asked(2, 50), asked(3, 200)])) {
    expect(outcome).toEqual({type: 'info', error: 'timeout'})
    expect(tookMs).toBeGreaterThanOrEqual(60)
  }
  await workers.close()
})
