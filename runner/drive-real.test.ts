import {describe, expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import {type Clock, wallClock} from '../core/clock.ts'
import type {Generator} from '../core/generator.ts'
import {clients, delay, limit, repeat} from '../core/generators.ts'
import type {Op} from '../core/op.ts'
import {createRandom} from '../core/random.ts'
import type {Invoker} from './dispatch.ts'
import {driveReal} from './drive-real.ts'
import {Scheduler} from './scheduler.ts'

/** A clock that moves only when told to. */
function handClock() {
  let nowNs = 0
  const waiting: {readonly atNs: number; wake: (() => void) | undefined}[] = []
  const clock: Clock = {
    nowNs: () => nowNs,
    after(delayMs, wake) {
      const entry: (typeof waiting)[number] = {atNs: nowNs + delayMs * 1e6, wake}
      waiting.push(entry)
      return () => (entry.wake = undefined)
    },
  }
  const to = (ms: number) => {
    nowNs = ms * 1e6
    for (const entry of waiting) {
      if (entry.atNs > nowNs) continue
      const {wake} = entry
      entry.wake = undefined
      wake?.()
    }
  }
  const timers = () => waiting.filter(({wake}) => wake !== undefined).map(({atNs}) => atNs / 1e6)
  return {clock, to, timers}
}

function stage(generator: Generator, concurrency = 2, given: Partial<Invoker> = {}, clock?: Clock) {
  const hand = handClock()
  const open: ((outcome: Outcome) => void)[] = []
  const ops: Omit<Op, 'index'>[] = []
  const abort = new AbortController()
  const ended = driveReal({
    clock: clock ?? hand.clock,
    scheduler: new Scheduler({generator, concurrency, nodes: ['n1'], random: createRandom(1)}),
    invoker: {invoke: (_thread, _process, _node, _invocation, done) => open.push(done), ...given},
    recording: {record: ({index: _, ...op}) => ops.push(op)},
    signal: abort.signal,
  })
  let over = false
  const watch = ended.then(
    () => (over = true),
    () => (over = true),
  )
  return {
    ...hand,
    open,
    ops,
    abort,
    ended,
    isOver: async () => Promise.race([watch, Promise.resolve()]).then(() => over),
  }
}

const read = {f: 'read', key: 'x'}
const answer = (open: ((outcome: Outcome) => void)[], outcome: Outcome = {type: 'ok', value: 1}) =>
  open.shift()!(outcome)

describe('a real drive', () => {
  test('a timer that comes no later is kept: operations in between do not make one each', async () => {
    const hand = handClock()
    let made = 0
    const after: Clock['after'] = (...given) => {
      made++
      return hand.clock.after(...given)
    }
    const it = stage(limit(100, delay(10, repeat(read))), 2, {}, {...hand.clock, after})
    for (let i = 0; i < 50; i++) {
      answer(it.open)
      hand.to(10 * (i + 1))
    }
    expect(it.ops).toHaveLength(101)
    expect(made).toBeLessThanOrEqual(51)
    expect(hand.timers()).toEqual([510])
    it.abort.abort()
    answer(it.open)
    await it.ended
    expect(hand.timers()).toEqual([])
  })

  test('dispatches what is due, sleeps until the next, and records both ends', async () => {
    const it = stage(limit(3, delay(10, repeat(read))))
    expect(it.ops).toHaveLength(1)
    expect(it.timers()).toEqual([10])
    it.to(10)
    it.to(15)
    answer(it.open)
    answer(it.open, {type: 'info', error: 'timeout'})
    expect(it.timers()).toEqual([20])
    it.to(20)
    expect(it.timers()).toEqual([])
    answer(it.open, {type: 'fail', error: 'no'})
    await it.ended
    expect(it.ops).toEqual([
      {timeNs: 0, type: 'invoke', process: 0, f: 'read', key: 'x', value: null, node: 'n1'},
      {timeNs: 10e6, type: 'invoke', process: 1, f: 'read', key: 'x', value: null, node: 'n1'},
      {timeNs: 15e6, type: 'ok', process: 0, f: 'read', key: 'x', value: 1, node: 'n1'},
      {timeNs: 15e6, type: 'info', process: 1, f: 'read', key: 'x', value: null, error: 'timeout', node: 'n1'},
      {timeNs: 20e6, type: 'invoke', process: 0, f: 'read', key: 'x', value: null, node: 'n1'},
      {timeNs: 20e6, type: 'fail', process: 0, f: 'read', key: 'x', value: null, error: 'no', node: 'n1'},
    ])
  })

  test('dispatches the next operation as soon as a thread is free, without a timer', () => {
    const it = stage(repeat(read), 1)
    for (let i = 0; i < 5; i++) answer(it.open)
    expect(it.ops.filter(({type}) => type === 'invoke')).toHaveLength(6)
    expect(it.timers()).toEqual([])
  })

  test('stops dispatching when aborted, and waits for what is under way', async () => {
    const it = stage(repeat(read))
    it.abort.abort()
    answer(it.open)
    expect(await it.isOver()).toBe(false)
    answer(it.open)
    await it.ended
    expect(it.ops.map(({type}) => type)).toEqual(['invoke', 'invoke', 'ok', 'ok'])
  })

  test('ends at once when aborted while nothing is under way', async () => {
    const it = stage(limit(2, delay(1000, repeat(read))), 1)
    answer(it.open)
    expect(it.timers()).toEqual([1000])
    it.abort.abort()
    await it.ended
    expect(it.timers()).toEqual([])
  })

  test('lets others run when answers come at once', async () => {
    let turns = 0
    const counting = setImmediate(function count() {
      turns++
      if (turns < 1000) setImmediate(count)
    })
    await stage(limit(1000, clients(repeat(read))), 2, {invoke: (_t, _p, _n, _i, done) => done({type: 'ok', value: 1})})
      .ended
    clearImmediate(counting)
    expect(turns).toBeGreaterThan(5)
  })

  test('goes on by the wall clock', async () => {
    const it = stage(
      limit(3, delay(5, repeat(read))),
      2,
      {invoke: (_t, _p, _n, _i, done) => queueMicrotask(() => done({type: 'ok', value: 1}))},
      wallClock(),
    )
    await it.ended
    const starts = it.ops.filter(({type}) => type === 'invoke').map(({timeNs}) => timeNs)
    expect(starts).toHaveLength(3)
    expect(starts[2]! - starts[0]!).toBeGreaterThanOrEqual(10e6)
  })

  test('passes on what the generator throws', async () => {
    const broken: Generator = {next: () => ({kind: 'pending'}), update: () => broken}
    await expect(stage(broken).ended).rejects.toThrow('stuck')
  })
})
