/** Delta debugging against plans of which it is known what must remain. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Plan} from '../plan.ts'
import {type ShrinkProgress, shrink} from './shrink.ts'

const plan = (operations: number, faults: number, timeMs = 10_000): Plan => ({
  format: 'chaos.plan/2',
  seed: 's',
  options: {timeMs},
  faults: Array.from({length: faults}, (_, i) => ({
    startMs: i * 100,
    stopMs: i * 100 + 50,
    spec: {fault: `f${i}`},
  })),
  operations: Array.from({length: operations}, (_, i) => ({atMs: i * 10, f: 'write', key: `x${i % 7}`, value: i})),
  unbounded: false,
})

const valuesOf = ({operations}: Plan) => operations.map(({value}) => value as number)
const faultsOf = ({faults}: Plan) => faults.map(({spec}) => spec.fault)

/** Shrinks towards what `fails` needs. */
async function shrunk(start: Plan, fails: (plan: Plan) => boolean, stop = Number.POSITIVE_INFINITY) {
  const signal = new AbortController()
  let last: ShrinkProgress = {plan: start, seed: 's', tried: 0, worlds: 1}
  const smallest = await shrink({
    start: {plan: start, seed: 's'},
    trial: async (candidate) => (fails(candidate) ? {seed: 's'} : undefined),
    worlds: {first: 1, most: 1},
    minNodes: 1,
    signal: signal.signal,
    onFailure(error) {
      throw error
    },
    onProgress(progress) {
      last = progress
      if (progress.tried >= stop) signal.abort()
    },
  })
  return {smallest: smallest.plan, last}
}

describe('shrinking', () => {
  test('keeps just the operations and faults that matter', async () => {
    const needed = (it: Plan) =>
      [3, 40, 41].every((value) => valuesOf(it).includes(value)) && faultsOf(it).includes('f2')
    const {smallest} = await shrunk(plan(200, 9), needed)
    expect(valuesOf(smallest)).toEqual([3, 40, 41])
    expect(faultsOf(smallest)).toEqual(['f2'])
    expect(smallest.options.timeMs).toBeLessThan(1000)
  })
  test('of any needs, nothing can go without losing them', async () => {
    const needs = fc.uniqueArray(fc.integer({min: 0, max: 59}), {minLength: 1, maxLength: 6})
    await fc.assert(
      fc.asyncProperty(needs, async (values) => {
        const fails = (it: Plan) => values.every((value) => valuesOf(it).includes(value))
        const {smallest} = await shrunk(plan(60, 3), fails)
        expect(valuesOf(smallest).sort()).toEqual([...values].sort())
        expect(smallest.faults).toEqual([])
      }),
      {numRuns: 40},
    )
  })
  test('that is interrupted has the smallest so far', async () => {
    const fails = (it: Plan) => valuesOf(it).includes(5)
    const {smallest, last} = await shrunk(plan(200, 4), fails, 6)
    expect(last.tried).toBe(6)
    expect(smallest).toEqual(last.plan)
    expect(fails(smallest)).toBe(true)
    expect(smallest.operations.length).toBeLessThan(200)
  })
  test('ends a plan when what it shows had shown', async () => {
    const tried: number[] = []
    const smallest = await shrink({
      start: {plan: plan(200, 2), seed: 's', shownMs: 1234.5},
      async trial({options, operations}) {
        tried.push(options.timeMs)
        const shows = operations.some(({atMs}) => atMs === 1230) && operations.length >= 100
        return shows ? {seed: 's', shownMs: 1234.5} : undefined
      },
      worlds: {first: 1, most: 1},
      minNodes: 1,
      signal: new AbortController().signal,
      onProgress() {},
      onFailure() {},
    })
    expect(tried[0]).toBe(1236)
    expect(smallest.plan.operations).toHaveLength(100)
  })
  test('makes one fault of two of different kinds', async () => {
    const whole = plan(10, 4)
    const covered = (it: Plan) =>
      [10, 120, 240, 340].every((atMs) => it.faults.some(({startMs, stopMs}) => startMs <= atMs && atMs <= stopMs))
    expect(covered(whole)).toBe(true)
    expect((await shrunk(whole, covered)).smallest.faults).toHaveLength(1)
  })
  test('loses nothing where a candidate cannot be tried', async () => {
    const failures: unknown[] = []
    const start = plan(64, 0)
    const smallest = await shrink({
      start: {plan: start, seed: 's'},
      async trial({operations}) {
        if (operations.length < 16) throw new Error('out of memory')
        return {seed: 's'}
      },
      worlds: {first: 1, most: 1},
      minNodes: 1,
      signal: new AbortController().signal,
      onProgress() {},
      onFailure: (error) => failures.push(error),
    })
    expect(smallest.plan.operations).toHaveLength(16)
    expect(failures.length).toBeGreaterThan(0)
  })
  test('begins anew elsewhere, and keeps the smallest of all', async () => {
    const starts = [plan(60, 1), plan(40, 0), plan(30, 3)].map((one, i) => ({plan: one, seed: `start ${i}`}))
    // Under the second seed far fewer operations will do.
    const least = (seed: string) => (seed === 'start 1' ? 3 : 20)
    const whole = {plan: plan(200, 4), seed: 'whole'}
    const smallest = await shrink({
      start: whole,
      another: async () => starts.shift(),
      trial: async ({operations}, _, seed) => (operations.length >= least(seed) ? {seed} : undefined),
      worlds: {first: 1, most: 1},
      minNodes: 1,
      signal: new AbortController().signal,
      onProgress() {},
      onFailure() {},
    })
    expect(smallest.seed).toBe('start 1')
    expect(smallest.plan.operations).toHaveLength(3)
    expect(smallest.plan.faults).toEqual([])
    // What can be read needs no other way.
    expect(starts).toHaveLength(1)
  })
  test('gives up when many ways led no further', async () => {
    let ways = 0
    const start = {plan: plan(40, 0), seed: 's'}
    const smallest = await shrink({
      start,
      async another() {
        ways++
        return start
      },
      trial: async ({operations}) => (operations.length >= 20 ? {seed: 's'} : undefined),
      worlds: {first: 1, most: 1},
      minNodes: 1,
      signal: new AbortController().signal,
      onProgress() {},
      onFailure() {},
    })
    expect(smallest.plan.operations).toHaveLength(20)
    expect(ways).toBe(16)
  })
  test('lets narrow links stand for many operations', async () => {
    const spec = {fault: 'bandwidth', shape: {kind: 'bandwidth', rateKBps: 16}}
    const start = {...plan(256, 0), faults: [{startMs: 0, stopMs: 9000, spec}]}
    const widthOf = ({faults}: Plan) =>
      (faults[0]?.spec as unknown as typeof spec | undefined)?.shape.rateKBps ?? Number.POSITIVE_INFINITY
    // As many bytes wait as there are operations for each KB/s.
    const {smallest} = await shrunk(start, (it) => it.operations.length >= 8 * widthOf(it))
    expect(widthOf(smallest)).toBe(1)
    expect(smallest.operations).toHaveLength(8)
  })
  test('leaves a plan that needs all of itself as it was', async () => {
    const start = plan(8, 2)
    const {smallest} = await shrunk(start, (it) => it.operations.length === 8 && it.faults.length === 2)
    expect(smallest.operations).toEqual(start.operations)
    expect(faultsOf(smallest)).toEqual(faultsOf(start))
  })
})
