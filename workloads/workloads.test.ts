import {describe, expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import type {Context, Generator, Invocation, Step} from '../core/generator.ts'
import {createRandom} from '../core/random.ts'
import type {Workload, WorkloadOptions} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {WORKLOADS} from './index.ts'
import {boundOf} from './staleness.ts'

const OPTIONS: WorkloadOptions = {
  keys: 3,
  nodes: ['n1', 'n2', 'n3'],
  concurrency: 6,
  ratePerS: 100,
  functions: [],
  claim: 'linearizable',
}

/** For a target that speaks everything that this workload may use. */
const optionsFor = ({requires, optional = [], claims}: Workload): WorkloadOptions => ({
  ...OPTIONS,
  functions: [...requires, ...optional],
  claim: claims[0]!,
})

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
  const options = optionsFor(workload)
  const drawn = draw(workload.generator(options), 3000)

  test('goes on without end, with every function it may use', () => {
    expect(drawn).toHaveLength(3000)
    const used = new Set(drawn.map(({f}) => f))
    expect([...used].sort()).toEqual([...new Set([...workload.requires, ...(workload.optional ?? [])])].sort())
  })

  test('the same chance gives the same operations', () => {
    expect(draw(workload.generator(options), 100)).toEqual(drawn.slice(0, 100))
    // Asking for ids, or for members, leaves nothing to chance.
    if (!['unique-ids', 'members'].includes(workload.name))
      expect(draw(workload.generator(options), 100, 'other')).not.toEqual(drawn.slice(0, 100))
  })

  test('leaves out what the target does not speak', () => {
    const optional = workload.optional ?? []
    const poor = {...options, functions: workload.requires}
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
  const values = draw(WORKLOADS[name]!.generator(optionsFor(WORKLOADS[name]!)), 3000).flatMap(({f, value}) =>
    f === 'write' ? [value] : f === 'cas' ? [(value as unknown[])[1]] : [],
  )
  expect(new Set(values).size).toBe(values.length)
})

test('set adds each element once, and removes only what was added before', () => {
  const added = new Set<unknown>()
  const removed = new Set<unknown>()
  for (const {f, value, key} of draw(WORKLOADS['set']!.generator(optionsFor(WORKLOADS['set']!)), 3000)) {
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

test.each([
  ['log', 'send'],
  ['queue', 'enqueue'],
  ['pubsub', 'publish'],
  ['broadcast', 'broadcast'],
])('%s gives away no value twice', (name, f) => {
  const workload = WORKLOADS[name]!
  const values = draw(workload.generator(optionsFor(workload)), 3000).flatMap((op) => (op.f === f ? [op.value] : []))
  expect(values.length).toBeGreaterThan(500)
  expect(new Set(values).size).toBe(values.length)
})

test('transactions write no value of a key twice, and keys retire', () => {
  const seen = new Set<string>()
  const keys = new Set<number>()
  const {generator} = WORKLOADS['rw-register']!
  for (const {value} of draw(generator(OPTIONS), 3000)) {
    for (const [verb, key, written] of value as [string, number, number | null][]) {
      keys.add(key)
      if (verb === 'r') continue
      expect(seen.has(`${key}=${written}`)).toBe(false)
      seen.add(`${key}=${written}`)
    }
  }
  expect(keys.size).toBeGreaterThan(20)
})

test('money goes from one account to another, even where one key was asked for', () => {
  const ops = draw(WORKLOADS['bank']!.generator({...OPTIONS, keys: 1}), 500)
  for (const {f, value} of ops) {
    if (f === 'read') expect(value).toEqual(['a0', 'a1'])
    else expect(new Set([(value as {from: string}).from, (value as {to: string}).to])).toEqual(new Set(['a0', 'a1']))
  }
})

test('a claim of bounded staleness names its bound', () => {
  expect(boundOf('bounded-staleness-1500ms')).toBe(1500)
  expect(() => boundOf('eventual')).toThrow('names no bound')
})

describe('final rounds', () => {
  /** Lets one thread ask until it is done; `answer` says what comes back. Answers what was asked, and when it ended. */
  function play(generator: Generator, answer: (f: string, asked: number) => Outcome): {asked: string[]; ms: number} {
    const asked: string[] = []
    let timeNs = 0
    for (let rounds = 0; rounds < 1000; rounds++) {
      const now = {...context('s', [0]), threads: [0], timeNs}
      const step = generator.next(now)
      if (step === undefined) return {asked, ms: timeNs / 1e6}
      if (step.kind === 'pending') {
        timeNs = step.untilNs!
        continue
      }
      const {op} = step
      asked.push(op.f)
      const outcome = answer(op.f, asked.length)
      generator = step.next
        .update({kind: 'invoked', thread: 0, timeNs, invocation: op}, now)
        .update({kind: 'completed', thread: 0, timeNs, invocation: op, outcome}, now)
    }
    throw new Error('it never ended')
  }

  const ok = (value: unknown): Outcome => ({type: 'ok', value})
  const polls = () => WORKLOADS['log']!.finalGenerator!(OPTIONS, ['x0'])

  test('end once several rounds brought nothing, a while apart', () => {
    const {asked, ms} = play(polls(), (f, n) => ok(f === 'poll' && n < 4 ? {x0: [[n, n]]} : {}))
    expect(asked).toEqual(['assign', 'poll', 'poll', ...Array(5).fill('poll')])
    expect(ms).toBe(2000)
  })

  test('begin again with a new process where an outcome is unknown', () => {
    const {asked} = play(polls(), (_, n) => (n === 2 ? {type: 'info', error: '?'} : ok({})))
    expect(asked.slice(0, 4)).toEqual(['assign', 'poll', 'assign', 'poll'])
  })

  test('give up half a minute after everything began to fail', () => {
    const {asked, ms} = play(polls(), () => ({type: 'fail', error: 'no'}))
    expect(ms).toBeGreaterThanOrEqual(30_000)
    expect(ms).toBeLessThan(31_000)
    expect(asked.length).toBeLessThan(45)
  })
})
