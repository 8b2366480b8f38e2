/** Where searches for the smallest plan begin. */
import {describe, expect, test} from 'vitest'
import type {Plan} from '../plan.ts'
import {startsOf} from './starts.ts'

/** An operation every 10 ms, and two faults. */
const plan = (operations: number): Plan => ({
  format: 'chaos.plan/2',
  seed: 's',
  options: {timeMs: operations * 10},
  faults: [
    {startMs: 5000, stopMs: 12_000, spec: {fault: 'f0'}},
    {startMs: 38_000, stopMs: 39_000, spec: {fault: 'f1'}},
  ],
  operations: Array.from({length: operations}, (_, i) => ({atMs: i * 10, f: 'write', value: i})),
  unbounded: false,
})

function starts(whole: Plan, fails: (piece: Plan, seed: string) => boolean) {
  const tried: Plan[] = []
  const next = startsOf({
    plan: whole,
    seed: 't',
    threads: 2,
    async find(piece, seeds) {
      tried.push(piece)
      const seed = seeds.find((one) => fails(piece, one))
      return seed === undefined ? undefined : {seed}
    },
  })
  return {next, tried}
}

describe('starts of a plan', () => {
  test('are short pieces of it, each under seeds of its own', async () => {
    const {next} = starts(plan(4000), () => true)
    const found = [await next(), await next(), await next(), await next(), await next()]
    expect(found.map((start) => start?.seed)).toEqual(['t-0', 't-2', 't-4', 't-6', 't-8'])
    expect(found.map((start) => start?.plan.operations[0]?.value)).toEqual([0, 1000, 2000, 3000, 0])
    for (const start of found) {
      expect(start?.plan.options.timeMs).toBe(10_000)
      expect(start?.plan.operations).toHaveLength(1000)
      expect(start?.plan.operations[0]?.atMs).toBe(0)
    }
  })
  test('keep a fault that was under way when they begin', async () => {
    const {next} = starts(plan(4000), ({operations}) => operations[0]?.value === 1000)
    expect((await next())?.plan.faults).toEqual([{startMs: 0, stopMs: 2000, spec: {fault: 'f0'}}])
  })
  test('become longer where short ones do not show it, and end where the whole does not', async () => {
    const {next, tried} = starts(plan(4000), ({operations}) => operations.length === 4000)
    expect((await next())?.plan.operations).toHaveLength(4000)
    expect(tried.map(({operations}) => operations.length)).toEqual([
      ...Array(16).fill(1000),
      ...Array(8).fill(2000),
      4000,
    ])
    const never = starts(plan(4000), () => false)
    expect(await never.next()).toBeUndefined()
    expect(await never.next()).toBeUndefined()
  })
  test('have links as wide as planned and narrower ones in turn', async () => {
    const shape = {kind: 'bandwidth', rateKBps: 6}
    const narrow = {...plan(200), faults: [{startMs: 0, stopMs: 900, spec: {fault: 'bandwidth', shape}}]}
    const {next} = starts(narrow, () => true)
    const found = [await next(), await next(), await next(), await next()]
    expect(found.map((start) => start?.plan.faults[0]?.spec)).toMatchObject([
      {shape: {rateKBps: 2}},
      {shape},
      {shape: {rateKBps: 1}},
      {shape: {rateKBps: 3}},
    ])
  })
  test('of a short plan are the whole', async () => {
    const {next} = starts(plan(200), () => true)
    expect((await next())?.plan.operations).toHaveLength(200)
  })
})
