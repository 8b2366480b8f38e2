import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import type {Generator, Thread} from '../core/generator.ts'
import {lift} from '../core/generators/source.ts'
import {any, clients, delay, eachThread, limit, nemesis, onThreads, repeat, sleep} from '../core/generators.ts'
import {createRandom} from '../core/random.ts'
import type {Dispatch} from './dispatch.ts'
import {Scheduler} from './scheduler.ts'

const OK: Outcome = {type: 'ok', value: null}
const INFO: Outcome = {type: 'info', error: 'timeout'}
const read = {f: 'read'}

function scheduler(generator: Generator, concurrency = 3, nemesisThreads: string[] = []): Scheduler {
  const nodes = ['n1', 'n2']
  return new Scheduler({generator, concurrency, nodes, nemesisThreads, random: createRandom(1)})
}

/** Everything that may be started at this time. */
function burst(on: Scheduler, nowNs: number): Dispatch[] {
  const started: Dispatch[] = []
  for (;;) {
    const action = on.step(nowNs)
    if (action.kind !== 'invoke') return started
    started.push(action)
  }
}

describe('workers', () => {
  test('are pinned to nodes', () => {
    const started = burst(scheduler(repeat(read), 5), 0)
    expect(started.map(({thread, process, node}) => [thread, process, node])).toEqual([
      [0, 0, 'n1'],
      [1, 1, 'n2'],
      [2, 2, 'n1'],
      [3, 3, 'n2'],
      [4, 4, 'n1'],
    ])
  })
  test('go on as a new process after info, and only then', () => {
    const on = scheduler(repeat(read), 3)
    burst(on, 0)
    on.complete(1, INFO, 1)
    on.complete(0, {type: 'fail', error: 'no'}, 1)
    on.complete(2, OK, 1)
    expect(burst(on, 2).map(({thread, process, node}) => [thread, process, node])).toEqual([
      [1, 4, 'n2'],
      [0, 0, 'n1'],
      [2, 2, 'n1'],
    ])
    on.complete(1, INFO, 3)
    expect(burst(on, 3)).toMatchObject([{thread: 1, process: 7, node: 'n2'}])
  })
  test('that are nemeses keep their names and have no node', () => {
    const on = scheduler(nemesis(repeat({f: 'start-kill'})), 2, ['nemesis:kill'])
    expect(burst(on, 0)).toMatchObject([{thread: 'nemesis:kill', process: 'nemesis:kill', node: undefined}])
    on.complete('nemesis:kill', INFO, 1)
    expect(burst(on, 1)).toMatchObject([{process: 'nemesis:kill'}])
  })
})

describe('what to do', () => {
  test('is to wait until something is due', () => {
    const on = scheduler(delay(10, repeat(read)))
    expect(burst(on, 0)).toHaveLength(1)
    expect(on.step(0)).toEqual({kind: 'wait', untilNs: 10e6})
    expect(burst(on, 10e6)).toHaveLength(1)
  })
  test('is nothing while all are busy, and to stop once all is done', () => {
    const on = scheduler(limit(4, repeat(read)))
    expect(burst(on, 0)).toHaveLength(3)
    expect(on.outstanding).toBe(3)
    expect(on.step(0)).toEqual({kind: 'idle'})
    on.complete(2, OK, 5)
    expect(burst(on, 5)).toMatchObject([{thread: 2}])
    for (const thread of [0, 1, 2]) {
      expect(on.step(6)).toEqual({kind: 'idle'})
      on.complete(thread, OK, 6)
    }
    expect(on.step(7)).toEqual({kind: 'stop'})
    expect(on.step(8)).toEqual({kind: 'stop'})
  })
  test('goes on with another generator after the first', () => {
    const on = scheduler(lift(read))
    burst(on, 0)
    on.complete(0, INFO, 1)
    expect(on.step(1)).toEqual({kind: 'stop'})
    on.load(eachThread({f: 'final'}))
    expect(burst(on, 2).map(({process}) => process)).toEqual([1, 2, 3])
  })
  test('never is to wait for a time that has passed', () => {
    const stuck: Generator = {next: () => ({kind: 'pending', untilNs: 5}), update: () => stuck}
    expect(scheduler(stuck).step(100)).toEqual({kind: 'wait', untilNs: 101})
  })
})

describe('bugs in generators are told', () => {
  test('a thread that is busy', () => {
    const greedy: Generator = {
      next: () => ({kind: 'op', op: {f: 'x', thread: 0, atNs: 0}, next: greedy}),
      update: () => greedy,
    }
    const on = scheduler(greedy)
    on.step(0)
    expect(() => on.step(0)).toThrow('the generator gave x to thread 0, which is not free')
  })
  test('waiting for nothing', () => {
    const lazy: Generator = {next: () => ({kind: 'pending'}), update: () => lazy}
    expect(() => scheduler(lazy).step(0)).toThrow('the generator is stuck')
  })
  test('completing what was not begun', () => {
    expect(() => scheduler(repeat(read)).complete(0, OK, 0)).toThrow('thread 0 completed an operation')
    expect(() => scheduler(repeat(read)).complete(9, OK, 0)).toThrow('there is no thread 9')
  })
})

/** One run with random completions: who started what when, and how it ended. */
interface Run {
  readonly starts: readonly (Dispatch & {readonly step: number})[]
  readonly idleAtStart: readonly (readonly Thread[])[]
  readonly ends: readonly {readonly process: number | string; readonly type: Outcome['type']; readonly step: number}[]
}

function randomRun(concurrency: number, choices: readonly number[]): Run {
  const on = scheduler(clients(repeat(read)), concurrency)
  const busy: Dispatch[] = []
  const idle: Thread[] = [...Array(concurrency).keys()]
  const starts: (Dispatch & {step: number})[] = []
  const ends: {process: number | string; type: Outcome['type']; step: number}[] = []
  const idleAtStart: Thread[][] = []
  for (const [step, choice] of choices.entries()) {
    if (choice % 2 === 0 && busy.length < concurrency) {
      const action = on.step(step)
      if (action.kind !== 'invoke') throw new Error(`${action.kind} with ${busy.length} of ${concurrency} busy`)
      idleAtStart.push(idle.slice())
      idle.splice(idle.indexOf(action.thread), 1)
      busy.push(action)
      starts.push({...action, step})
    } else if (busy.length > 0) {
      const [ended] = busy.splice(choice % busy.length, 1) as [Dispatch]
      const outcome = choice % 3 === 0 ? INFO : OK
      on.complete(ended.thread, outcome, step)
      idle.push(ended.thread)
      ends.push({process: ended.process, type: outcome.type, step})
    } else {
      continue
    }
    expect(on.outstanding).toBe(busy.length)
  }
  return {starts, ends, idleAtStart}
}

describe('whatever completes when', () => {
  const runs = fc.tuple(fc.integer({min: 1, max: 6}), fc.array(fc.nat(1000), {minLength: 10, maxLength: 120}))

  test('a process has one operation at a time, and none after info', () => {
    fc.assert(
      fc.property(runs, ([concurrency, choices]) => {
        const {starts, ends} = randomRun(concurrency, choices)
        for (const process of new Set(starts.map((it) => it.process))) {
          const own = [
            ...starts.filter((it) => it.process === process).map(({step}) => ({step, what: 'start'})),
            ...ends.filter((it) => it.process === process).map(({step, type}) => ({step, what: type})),
          ].sort((left, right) => left.step - right.step)
          for (const [i, {what}] of own.entries()) {
            expect(what === 'start').toBe(i % 2 === 0)
            if (what === 'info') expect(i).toBe(own.length - 1)
          }
        }
      }),
    )
  })

  test('a process stays on its thread and node', () => {
    fc.assert(
      fc.property(runs, ([concurrency, choices]) => {
        for (const {thread, process, node} of randomRun(concurrency, choices).starts) {
          expect((process as number) % concurrency).toBe(thread)
          expect(node).toBe((thread as number) % 2 === 0 ? 'n1' : 'n2')
        }
      }),
    )
  })

  test('the thread that has been idle longest is next, so that none starves', () => {
    fc.assert(
      fc.property(runs, ([concurrency, choices]) => {
        const {starts, idleAtStart} = randomRun(concurrency, choices)
        for (const [i, {thread}] of starts.entries()) expect(thread).toBe(idleAtStart[i]![0])
      }),
    )
  })
})

test('nemeses get their turn beside clients that never rest', () => {
  const on = scheduler(any(clients(repeat(read)), nemesis([sleep(1), {f: 'start-kill'}])), 2, ['nemesis:kill'])
  const started: string[] = []
  for (let nowNs = 0; nowNs < 3e6; nowNs += 1e5) {
    for (const {thread, invocation} of burst(on, nowNs)) {
      started.push(invocation.f)
      if (typeof thread === 'number') on.complete(thread, OK, nowNs)
      if (started.length % 50 === 0) break
    }
    if (started.includes('start-kill')) return
    if (started.length > 1000) break
  }
  expect(started).toContain('start-kill')
})

test('a group of threads that is busy does not hold up another', () => {
  const split = any(
    onThreads((thread) => thread === 0, repeat({f: 'slow'})),
    onThreads((thread) => thread === 1, repeat({f: 'fast'})),
  )
  const on = scheduler(split, 2)
  burst(on, 0)
  for (let i = 1; i <= 100; i++) {
    on.complete(1, OK, i)
    expect(burst(on, i)).toMatchObject([{thread: 1, invocation: {f: 'fast'}}])
  }
})
