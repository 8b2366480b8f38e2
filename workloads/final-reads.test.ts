/** How long a final read is tried, and how often. */
import {expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import type {Context} from '../core/generator.ts'
import {createRandom} from '../core/random.ts'
import {FINAL_PATIENCE_MS, patiently} from './final-reads.ts'

const OK: Outcome = {type: 'ok', value: 1}
const REFUSED: Outcome = {type: 'fail', error: 'connection refused'}
const LOST: Outcome = {type: 'info', error: 'timeout'}

/** Lets one thread read these keys; answers take `tookMs`. Says what was asked when, ms, and when it was over. */
function read(keys: readonly string[], answer: (key: string, timeMs: number) => Outcome, tookMs = 0) {
  let generator = patiently(...keys.map((key) => ({f: 'read', key, final: true})))
  const asked: [key: string, atMs: number][] = []
  let timeNs = 0
  const context = (): Context => ({timeNs, threads: [0], free: [0], processOf: () => 0, random: createRandom('reads')})
  for (;;) {
    const step = generator.next(context())
    if (step === undefined) return {asked, endMs: timeNs / 1e6}
    if (step.kind === 'pending') {
      timeNs = step.untilNs as number
      continue
    }
    const {thread, ...invocation} = step.op
    const key = invocation.key as string
    asked.push([key, timeNs / 1e6])
    const outcome = answer(key, timeNs / 1e6)
    generator = step.next.update({kind: 'invoked', thread, timeNs, invocation}, context())
    timeNs += tookMs * 1e6
    generator = generator.update({kind: 'completed', thread, timeNs, invocation, outcome}, context())
  }
}

test('what succeeds is asked once', () => {
  expect(read(['x', 'y'], () => OK)).toEqual({asked: [['x', 0], ['y', 0]], endMs: 0}) // biome-ignore format: pairs
})

test('five attempts at once, then pauses that grow to a second', () => {
  const {asked} = read(['x'], (_, timeMs) => (timeMs < 3000 ? REFUSED : OK))
  expect(asked.map(([, atMs]) => atMs)).toEqual([0, 0, 0, 0, 0, 50, 150, 350, 750, 1550, 2550, 3550])
})

test('a node that refuses for most of the patience is no outage, one that refuses for longer is', () => {
  const until = (limitMs: number) => read(['x'], (_, timeMs) => (timeMs < limitMs ? REFUSED : OK))
  expect(until(FINAL_PATIENCE_MS - 2000).asked.at(-1)?.[1]).toBeGreaterThanOrEqual(FINAL_PATIENCE_MS - 2000)
  expect(until(10 * FINAL_PATIENCE_MS).endMs).toBeLessThan(FINAL_PATIENCE_MS + 1100)
})

test('who waits long for each answer has five attempts all the same', () => {
  expect(read(['x'], () => LOST, 10_000).asked).toHaveLength(5)
})

test('a thread is patient once: what comes after it has given up is asked a few times, quickly', () => {
  const dead = read(['x', 'y', 'z'], () => REFUSED)
  expect(dead.asked.filter(([key]) => key === 'y')).toHaveLength(5)
  expect(dead.endMs).toBeLessThan(FINAL_PATIENCE_MS + 1100)
  const silent = read(['x', 'y', 'z'], () => LOST, 2000)
  expect(silent.asked.filter(([key]) => key === 'y')).toHaveLength(1)
  expect(silent.endMs).toBeLessThan(FINAL_PATIENCE_MS + 8000)
  // Somebody who comes back is read for what is left.
  expect(read(['x', 'y'], (key) => (key === 'x' ? LOST : OK), 2000).asked.at(-1)?.[0]).toBe('y')
})
