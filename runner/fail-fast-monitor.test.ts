import {expect, test} from 'vitest'
import type {Clock} from '../core/clock.ts'
import type {Op} from '../core/op.ts'
import type {Breach, Watch} from '../core/watch.ts'
import {FailFastMonitor} from './fail-fast-monitor.ts'

const BREACH: Breach = {key: 'x0', index: 7, sentence: 'seen'}

const op = (index: number): Op => ({index, timeNs: index, type: 'invoke', process: 0, f: 'read', value: null})

/** A monitor over a record that the test writes, on a clock that the test moves, with a watch that takes as long as it is told. */
function stage({pushMs = 0, probeMs = 0, pushed = () => {}, probed = () => {}}: Partial<Staging> = {}) {
  let nowMs = 0
  let waiting: {readonly atMs: number; readonly wake: () => void} | undefined
  const ops: Op[] = []
  const pushes: {readonly index: number; readonly atMs: number}[] = []
  const probes: number[] = []
  const heard: unknown[] = []
  const clock: Clock = {
    nowNs: () => nowMs * 1e6,
    after(delayMs, wake) {
      waiting = {atMs: nowMs + delayMs, wake}
      return () => (waiting = undefined)
    },
  }
  const watch: Watch = {
    blind: undefined,
    push({index}) {
      pushes.push({index, atMs: nowMs})
      nowMs += pushMs
      return pushed(index) as Breach | undefined
    },
    probe() {
      probes.push(nowMs)
      nowMs += probeMs
      return probed() as Breach | undefined
    },
  }
  const hear = (what: unknown) => heard.push(what)
  const monitor = new FailFastMonitor({watch, ops, clock, onBreach: hear, onError: hear})
  monitor.start()
  /** Lets the timer go off until it is so late. */
  const until = (ms: number) => {
    while (waiting !== undefined && waiting.atMs <= ms) {
      nowMs = Math.max(nowMs, waiting.atMs)
      const {wake} = waiting
      waiting = undefined
      wake()
    }
  }
  const write = (count: number) => {
    for (let i = 0; i < count; i++) ops.push(op(ops.length))
  }
  return {monitor, until, write, pushes, probes, heard, isOver: () => waiting === undefined}
}

interface Staging {
  readonly pushMs: number
  readonly probeMs: number
  pushed(index: number): unknown
  probed(): unknown
}

test('every op is looked at once, in order, soon after it was recorded', () => {
  const {until, write, pushes} = stage()
  write(3)
  until(100)
  write(2)
  until(200)
  expect(pushes.map(({index}) => index)).toEqual([0, 1, 2, 3, 4])
  expect(pushes.map(({atMs}) => atMs)).toEqual([50, 50, 50, 150, 150])
})

test('a watch that is too slow falls behind, and takes a tenth of the time', () => {
  const {until, write, pushes, probes} = stage({pushMs: 1})
  write(10_000)
  until(10_000)
  const share = pushes.length / 10_000
  expect(share).toBeGreaterThan(0.09)
  expect(share).toBeLessThan(0.12)
  // Nothing is probed while there is something newer to look at.
  expect(probes).toEqual([])
})

test('what is open is probed twice a second, or a twentieth of the time where that takes long', () => {
  const often = stage({probeMs: 1})
  often.until(10_000)
  expect(often.probes.length).toBeGreaterThanOrEqual(18)
  expect(often.probes.length).toBeLessThanOrEqual(20)
  const seldom = stage({probeMs: 100})
  seldom.until(21_000)
  expect(seldom.probes.length).toBe(10)
})

test('a breach is told once, whether a push or a probe finds it, and then it is over', () => {
  const pushing = stage({pushed: (index) => (index === 7 ? BREACH : undefined)})
  pushing.write(20)
  pushing.until(1000)
  expect(pushing.heard).toEqual([BREACH])
  expect(pushing.pushes.length).toBe(8)
  expect(pushing.isOver()).toBe(true)

  const probing = stage({probed: () => BREACH})
  probing.until(1000)
  expect(probing.heard).toEqual([BREACH])
  expect(probing.isOver()).toBe(true)
})

test('a watch that throws is told, and asked no more', () => {
  const crash = new Error('bad watch')
  const {until, write, heard, isOver} = stage({
    pushed: () => {
      throw crash
    },
  })
  write(2)
  until(1000)
  expect(heard).toEqual([crash])
  expect(isOver()).toBe(true)
})

test('a monitor that was stopped sees nothing more', () => {
  const {monitor, until, write, pushes} = stage()
  monitor.stop()
  write(3)
  until(1000)
  expect(pushes).toEqual([])
})
