import {describe, expect, test} from 'vitest'
import type {Context, Generator, Invocation, Step} from '../core/generator.ts'
import {createRandom} from '../core/random.ts'
import type {WorkloadOptions} from '../core/workload.ts'
import {WORKLOADS} from './index.ts'
import {finalReads} from './objects.ts'

const OPTIONS: WorkloadOptions = {
  keys: 3,
  nodes: ['n1', 'n2', 'n3'],
  concurrency: 6,
  ratePerS: 100,
  functions: ['read', 'write', 'cas', 'add', 'remove'],
  claim: 'linearizable',
}

const context = (seed: string, free: number[] = [0, 1, 2, 3, 4, 5]): Context => ({
  timeNs: 0,
  threads: [0, 1, 2, 3, 4, 5],
  free,
  processOf: (thread) => thread,
  random: createRandom(seed),
})

/** The first `count` operations. */
function draw(generator: Generator, count: number, seed = 's'): Invocation[] {
  const drawn: Invocation[] = []
  const shared = context(seed)
  let timeNs = 0
  for (let next: Generator | undefined = generator; drawn.length < count; ) {
    const step: Step = next!.next({...shared, timeNs})
    if (step?.kind === 'pending' && step.untilNs !== undefined) {
      timeNs = step.untilNs
      next = step.next ?? next
      continue
    }
    if (step?.kind !== 'op') break
    drawn.push(step.op)
    next = step.next
  }
  return drawn
}

describe.each(Object.entries(WORKLOADS))('%s', (_, workload) => {
  const drawn = draw(workload.generator(OPTIONS), 3000)

  test('goes on without end, with every function it may use', () => {
    expect(drawn).toHaveLength(3000)
    const used = new Set(drawn.map(({f}) => f))
    expect([...used].sort()).toEqual([...new Set([...workload.requires, ...(workload.optional ?? [])])].sort())
  })

  test('the same chance gives the same operations', () => {
    expect(draw(workload.generator(OPTIONS), 100)).toEqual(drawn.slice(0, 100))
    expect(draw(workload.generator(OPTIONS), 100, 'other')).not.toEqual(drawn.slice(0, 100))
  })

  test('leaves out what the target does not speak', () => {
    const optional = workload.optional ?? []
    const poor = {...OPTIONS, functions: OPTIONS.functions.filter((f) => !optional.includes(f))}
    expect(draw(workload.generator(poor), 500).filter(({f}) => optional.includes(f))).toEqual([])
  })

  test('judges every claim that it lists', () => {
    for (const claim of workload.claims) expect(workload.checkers({...OPTIONS, claim}).length).toBeGreaterThan(0)
  })
})

test('linearizable claims are watched; an eventual register can be refuted only in the end', () => {
  for (const name of ['register', 'cas', 'set', 'counter', 'kv']) {
    const workload = WORKLOADS[name]!
    expect(workload.watch?.({...OPTIONS, claim: 'linearizable'})?.blind, workload.name).toBe(undefined)
    expect(workload.watch?.({...OPTIONS, claim: 'linearizable'}), workload.name).toBeDefined()
  }
  expect(WORKLOADS['register']!.watch?.({...OPTIONS, claim: 'eventual'})).toBe(undefined)
  expect(WORKLOADS['set']!.watch?.({...OPTIONS, claim: 'strong-eventual'})).toBeDefined()
})

test.each(['register', 'cas'])('%s writes no value twice', (name) => {
  const values = draw(WORKLOADS[name]!.generator(OPTIONS), 3000).flatMap(({f, value}) =>
    f === 'write' ? [value] : f === 'cas' ? [(value as unknown[])[1]] : [],
  )
  expect(new Set(values).size).toBe(values.length)
})

test('set adds each element once, and removes only what was added before', () => {
  const added = new Set<unknown>()
  const removed = new Set<unknown>()
  for (const {f, value, key} of draw(WORKLOADS['set']!.generator(OPTIONS), 3000)) {
    const element = `${key}/${value}`
    if (f === 'add') {
      expect(added.has(element)).toBe(false)
      added.add(element)
    } else if (f === 'remove') {
      expect(added.has(element) && !removed.has(element)).toBe(true)
      removed.add(element)
    }
  }
  expect(removed.size).toBeGreaterThan(100)
})

test('a final read that fails is tried again, by one thread for each node', () => {
  let generator = finalReads(['x0', 'x1'], 3)
  const reads: [number, string][] = []
  const failuresLeft = new Map([[1, 2]])
  const shared = context('s')
  for (;;) {
    const step = generator.next(shared)
    if (step?.kind !== 'op') break
    const thread = step.op.thread as number
    reads.push([thread, step.op.key as string])
    generator = step.next.update({kind: 'invoked', thread, timeNs: 0, invocation: step.op}, shared)
    const left = failuresLeft.get(thread) ?? 0
    failuresLeft.set(thread, left - 1)
    const outcome = left > 0 ? ({type: 'fail', error: 'no leader'} as const) : ({type: 'ok', value: 1} as const)
    generator = generator.update({kind: 'completed', thread, timeNs: 0, invocation: step.op, outcome}, shared)
  }
  const of = (thread: number) => reads.filter(([reader]) => reader === thread).map(([, key]) => key)
  expect(of(0)).toEqual(['x0', 'x1'])
  expect(of(1)).toEqual(['x0', 'x0', 'x0', 'x1'])
  expect(of(2)).toEqual(['x0', 'x1'])
  expect(of(3)).toEqual([])
})
