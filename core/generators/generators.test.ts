/**
 * Each combinator, as a timeline. `play` runs a generator on threads 0, 1, … (and `nemesis` where asked for) whose
 * operations take 10 ms, and writes down what was invoked: `0 a@1 b@1 10 a2@0` reads "at 0 ms thread 0 … ": every entry is
 * `f` + value + `@` + thread, after the time at which it happened.
 */
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../client.ts'
import type {Context, Generator, Invocation, Thread} from '../generator.ts'
import * as g from '../generators.ts'
import {createRandom} from '../random.ts'

interface Stage {
  readonly threads?: number
  readonly nemesis?: boolean
  readonly takesMs?: number | ((op: Invocation) => number)
  readonly outcome?: (op: Invocation, count: number) => Outcome['type']
  readonly maxOps?: number
  readonly seed?: number
}

interface Played {
  readonly ms: number
  readonly thread: Thread
  readonly process: number | string
  readonly op: Invocation
}

function performed(source: g.Source, stage: Stage = {}): Played[] {
  const {threads: count = 2, takesMs = 10, maxOps = 12, outcome = () => 'ok'} = stage
  const threads: Thread[] = [...Array(count).keys(), ...(stage.nemesis ? ['nemesis'] : [])]
  const process = new Map<Thread, number | string>(threads.map((thread) => [thread, thread]))
  const free = threads.slice()
  const context = {
    timeNs: 0,
    threads,
    free,
    random: createRandom(stage.seed ?? 1),
    processOf: (t: Thread) => process.get(t)!,
  }
  const busy: {
    readonly endNs: number
    readonly thread: Thread
    readonly op: Invocation
    readonly type: Outcome['type']
  }[] = []
  const played: Played[] = []
  let generator: Generator = g.lift(source)
  for (let rounds = 0; rounds < 10_000 && played.length < maxOps; rounds++) {
    const step = generator.next(context satisfies Context)
    if (step?.kind === 'op' && step.op.atNs <= context.timeNs) {
      const {thread} = step.op
      expect(free).toContain(thread)
      free.splice(free.indexOf(thread), 1)
      const takes = typeof takesMs === 'number' ? takesMs : takesMs(step.op)
      busy.push({endNs: context.timeNs + takes * 1e6, thread, op: step.op, type: outcome(step.op, played.length)})
      busy.sort((left, right) => left.endNs - right.endNs)
      played.push({ms: context.timeNs / 1e6, thread, process: process.get(thread)!, op: step.op})
      generator = step.next.update({kind: 'invoked', thread, timeNs: context.timeNs, invocation: step.op}, context)
      continue
    }
    if (step?.kind === 'pending' && step.next !== undefined) generator = step.next
    const dueNs =
      step === undefined
        ? Number.POSITIVE_INFINITY
        : step.kind === 'op'
          ? step.op.atNs
          : (step.untilNs ?? Number.POSITIVE_INFINITY)
    const next = busy[0]
    if (next !== undefined && next.endNs <= dueNs) {
      busy.shift()
      context.timeNs = next.endNs
      free.push(next.thread)
      const number = process.get(next.thread)
      if (next.type === 'info' && typeof number === 'number') process.set(next.thread, number + count)
      const result: Outcome = next.type === 'ok' ? {type: 'ok', value: null} : {type: next.type, error: ''}
      generator = generator.update(
        {kind: 'completed', thread: next.thread, timeNs: next.endNs, invocation: next.op, outcome: result},
        context,
      )
    } else if (dueNs === Number.POSITIVE_INFINITY) {
      return played
    } else {
      context.timeNs = dueNs
    }
  }
  return played
}

function play(source: g.Source, stage: Stage = {}): string {
  let lastMs = -1
  const words: string[] = []
  for (const {ms, thread, op} of performed(source, stage)) {
    if (ms !== lastMs) words.push(String(Math.round(ms)))
    lastMs = ms
    words.push(`${op.key ?? ''}${op.f}${op.value ?? ''}@${thread === 'nemesis' ? 'nemesis' : thread}`)
  }
  return words.join(' ')
}

/** Just the functions, in order. */
const functions = (source: g.Source, stage?: Stage) =>
  performed(source, stage)
    .map(({op}) => op.f)
    .join('')

const a = {f: 'a'}
const b = {f: 'b'}
const c = {f: 'c'}
/** Counts up for ever: a0 a1 a2 … */
const count = (f: string) => g.unfold(0, (n) => [{f, value: n}, n + 1])

describe('sources', () => {
  test('an invocation is one operation', () => expect(play(a)).toBe('0 a@0'))
  test('a list is its parts in turn, without waiting', () => expect(play([a, b, c])).toBe('0 a@0 b@1 10 c@0'))
  test('lists nest, and empty ones are nothing', () => expect(play([[], [a, [b]], []])).toBe('0 a@0 b@1'))
  test('a function is asked until it has no more', () => {
    expect(play((context: Context) => (context.timeNs < 20e6 ? a : undefined))).toBe('0 a@0 a@1 10 a@0 a@1')
  })
  test('what a function gives is used up before it is asked again', () => {
    expect(functions(() => [a, b, c], {maxOps: 6})).toBe('abcabc')
  })
  test('unfold has a state', () => expect(play(g.limit(3, count('a')))).toBe('0 a0@0 a1@1 10 a2@0'))
  test('unfold ends', () => expect(play(g.unfold(2, (n) => (n > 0 ? [a, n - 1] : undefined)))).toBe('0 a@0 a@1'))
  test('an operation may name its thread and waits for it', () => {
    expect(play([{f: 'a', thread: 1}, {f: 'b', thread: 1}, c])).toBe('0 a@1 10 b@1 c@0')
  })
  test('an operation for nobody here is skipped', () => expect(play([{f: 'a', thread: 7}, b])).toBe('0 b@0'))
  test('an operation may name its time', () => expect(play([{f: 'a', atNs: 5e6}, b])).toBe('5 a@0 b@1'))
  test('nothing is nothing', () => expect(play(g.nothing)).toBe(''))
})

describe('map and filter', () => {
  test('map changes operations but not who runs them', () => {
    expect(play(g.map((op) => ({...op, f: 'z', thread: 0, value: 9}), [a, b]))).toBe('0 z9@0 z9@1')
  })
  test('filter drops operations', () => {
    expect(
      play(
        g.limit(
          3,
          g.filter(({value}) => (value as number) % 2 === 1, count('a')),
        ),
      ),
    ).toBe('0 a1@0 a3@1 10 a5@0')
  })
})

describe('what is not due yet', () => {
  test('is not drawn anew when asked again', () => {
    const later = g.fn(({timeNs}) => ({f: 'a', atNs: timeNs + 15e6}))
    expect(play(g.any(g.limit(2, later), g.limit(3, g.repeat(b))), {threads: 2})).toBe('0 b@0 b@1 10 b@0 15 a@1 35 a@0')
  })
  test('does not bring back what was filtered out before it', () => {
    expect(play(g.filter(({f}) => f !== 'b', g.delay(15, [b, b, a])))).toBe('30 a@0')
  })
})

describe('bounds', () => {
  test('limit', () => expect(play(g.limit(3, count('a')))).toBe('0 a0@0 a1@1 10 a2@0'))
  test('limit 0', () => expect(play(g.limit(0, count('a')))).toBe(''))
  test('once', () => expect(play(g.once([a, b]))).toBe('0 a@0'))
  test('repeat gives the same operation again and again', () => {
    expect(play(g.repeat([a, b], 3))).toBe('0 a@0 a@1 10 a@0')
    expect(performed(g.repeat(a))).toHaveLength(12)
  })
  test('cycle starts afresh', () => expect(functions(g.cycle([a, b]), {maxOps: 5})).toBe('ababa'))
  test('cycle a number of times', () => expect(functions(g.cycle([a, b], 2))).toBe('abab'))
  test('cycle of nothing ends', () => expect(play(g.cycle([]))).toBe(''))
  test('timeLimit counts from when its turn comes', () => {
    expect(play(g.timeLimit(20, g.repeat(a)))).toBe('0 a@0 a@1 10 a@0 a@1')
    expect(play([g.sleep(100), g.timeLimit(15, g.repeat(a))])).toBe('100 a@0 a@1 110 a@0 a@1')
  })
  test('timeLimit ends a source that never does anything', () => {
    expect(play([g.timeLimit(30, g.cycle(g.sleep(7))), c])).toBe('30 c@0')
  })
  test('timeLimit is not put off by what is not due yet', () => {
    expect(play(g.any(g.limit(3, g.repeat(b)), g.timeLimit(15, {f: 'a', atNs: 20e6})), {threads: 1})).toBe(
      '0 b@0 10 b@0 20 b@0',
    )
  })
  test('timeLimit ends on time even when the source only waits', () => {
    expect(play([g.timeLimit(30, [a, g.sleep(1000), b]), c])).toBe('0 a@0 30 c@1')
  })
  test('processLimit ends when too many processes have crashed', () => {
    const everyOtherCrashes = (_: Invocation, n: number) => (n % 2 === 0 ? 'info' : 'ok') as Outcome['type']
    const processes = performed(g.processLimit(5, g.repeat(a)), {outcome: everyOtherCrashes, maxOps: 100}).map(
      (it) => it.process,
    )
    expect(new Set(processes).size).toBeLessThanOrEqual(5)
    expect(new Set(processes).size).toBeGreaterThanOrEqual(4)
    expect(processes.length).toBeLessThan(20)
  })
  test('untilOk tries until one of its own operations is ok', () => {
    const failsTwice = (op: Invocation, n: number) => (op.f === 'a' && n < 2 ? 'fail' : 'ok') as Outcome['type']
    expect(play(g.untilOk(g.repeat(a)), {threads: 1, outcome: failsTwice})).toBe('0 a@0 10 a@0 20 a@0')
  })
  test('untilOk is not satisfied by the success of others', () => {
    const both = g.any(
      g.onThreads((thread) => thread === 0, g.untilOk(g.repeat(a))),
      g.onThreads((thread) => thread === 1, b),
    )
    const outcome = (op: Invocation, n: number) => (op.f === 'b' || n > 4 ? 'ok' : 'fail') as Outcome['type']
    expect(play(both, {outcome})).toBe('0 a@0 b@1 10 a@0 20 a@0 30 a@0 40 a@0')
  })
})

describe('timing', () => {
  test('delay spaces operations evenly', () => {
    expect(play(g.limit(4, g.delay(3, g.repeat(a))))).toBe('0 a@0 3 a@1 10 a@0 13 a@1')
  })
  test('delay does not catch up', () => {
    expect(play(g.limit(4, g.delay(3, g.repeat(a))), {threads: 1})).toBe('0 a@0 10 a@0 20 a@0 30 a@0')
  })
  test('stagger has the mean that was asked for', () => {
    const played = performed(g.stagger(5, g.repeat(a)), {threads: 10, maxOps: 2000})
    expect(played.at(-1)!.ms / 2000).toBeGreaterThan(4.7)
    expect(played.at(-1)!.ms / 2000).toBeLessThan(5.3)
    const gaps = played.slice(1).map(({ms}, i) => ms - played[i]!.ms)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10)
  })
  test('sleep', () => expect(play([a, g.sleep(25), b])).toBe('0 a@0 25 b@1'))
  test('sleep does not start anew when asked again', () => {
    expect(
      play(
        g.any(
          g.onThreads((t) => t === 1, [g.sleep(25), b]),
          g.onThreads((t) => t === 0, g.limit(4, g.repeat(a))),
        ),
      ),
    ).toBe('0 a@0 10 a@0 20 a@0 25 b@1 30 a@0')
  })
  test('cycleTimes takes turns and keeps each state', () => {
    expect(play(g.cycleTimes([20, count('a')], [10, count('b')]), {threads: 1, maxOps: 6})).toBe(
      '0 a0@0 10 a1@0 20 b0@0 30 a2@0 40 a3@0 50 b1@0',
    )
  })
  test('cycleTimes moves what does not fit to the next turn', () => {
    expect(
      play(g.cycleTimes([10, g.delay(7, count('a'))], [10, g.limit(2, count('b'))]), {threads: 9, maxOps: 5}),
    ).toBe('0 a0@0 7 a1@1 10 b0@2 b1@3 20 a2@4')
  })
})

describe('choice', () => {
  test('mix takes all equally often and ends when all have', () => {
    const letters = functions(g.mix(g.limit(300, g.repeat(a)), g.limit(300, g.repeat(b))), {maxOps: 1000})
    expect(letters).toHaveLength(600)
    const early = letters.slice(0, 200).replaceAll('b', '').length
    expect(early).toBeGreaterThan(70)
    expect(early).toBeLessThan(130)
  })
  test('weighted', () => {
    const letters = functions(g.weighted([9, g.repeat(a)], [1, g.repeat(b)]), {maxOps: 1000})
    expect(letters.replaceAll('a', '').length).toBeGreaterThan(60)
    expect(letters.replaceAll('a', '').length).toBeLessThan(140)
  })
  test('mix does not prefer the one that is ready over the one that was drawn', () => {
    const letters = functions(g.mix(g.delay(1, g.repeat(a)), g.repeat(b)), {maxOps: 400, threads: 3, takesMs: 2})
    expect(letters.replaceAll('b', '').length).toBeGreaterThan(150)
  })
  test('any takes the soonest', () => {
    expect(play(g.any([g.sleep(5), a], [{f: 'b', atNs: 3e6}], c))).toBe('0 c@0 3 b@1 10 a@0')
  })
  test('any is fair among those that are ready', () => {
    expect(functions(g.any(g.repeat(a), g.repeat(b), g.repeat(c)), {maxOps: 6})).toBe('abcabc')
  })
  test('flipFlop alternates and ends with the first to end', () => {
    expect(functions(g.flipFlop(g.repeat(a), [b, b]))).toBe('ababa')
  })
})

describe('threads', () => {
  test('onThreads', () =>
    expect(
      play(
        g.limit(
          3,
          g.onThreads((t) => t === 1, g.repeat(a)),
        ),
      ),
    ).toBe('0 a@1 10 a@1 20 a@1'))
  test('onThreads with nobody is nothing', () => expect(play([g.onThreads(() => false, g.repeat(a)), b])).toBe('0 b@0'))
  test('clients and nemesis', () => {
    expect(play(g.clients([a, b, c], [g.sleep(5), {f: 'kill'}]), {nemesis: true})).toBe(
      '0 a@0 b@1 5 kill@nemesis 10 c@0',
    )
    expect(play(g.nemesis(a, 'other'), {nemesis: true})).toBe('')
    expect(play(g.nemesis(a, 'nemesis'), {nemesis: true})).toBe('0 a@nemesis')
  })
  test('reserve', () => {
    const source = g.reserve(
      [
        [1, count('a')],
        [2, count('b')],
      ],
      count('c'),
    )
    expect(play(source, {threads: 4, nemesis: true, maxOps: 4})).toBe('0 a0@0 b0@1 c0@3 b1@2')
    expect(new Set(performed(source, {threads: 4, maxOps: 100}).map(({op, thread}) => `${op.f}${thread}`))).toEqual(
      new Set(['a0', 'b1', 'b2', 'c3']),
    )
  })
  test('eachThread has everybody do everything', () => {
    expect(play(g.eachThread([a, b]), {threads: 3})).toBe('0 a@0 a@1 a@2 10 b@0 b@1 b@2')
  })
  test('eachThread binds operations to threads', () => {
    expect(performed(g.eachThread(a)).map(({op}) => (op as {pinned?: boolean}).pinned)).toEqual([true, true])
  })
  test('eachThread with untilOk waits for each on its own', () => {
    const outcome = (_: Invocation, n: number) => (n < 3 ? 'fail' : 'ok') as Outcome['type']
    expect(play(g.eachThread(g.untilOk(g.repeat(a))), {outcome})).toBe('0 a@0 a@1 10 a@0 a@1 20 a@0')
  })
  test('drawingFrom has a stream of its own', () => {
    const draws = g.fn(({random}) => ({f: 'a', value: random.int(1e9)}))
    const values = (source: g.Source, seed: number) => performed(source, {seed, maxOps: 3}).map(({op}) => op.value)
    expect(values(g.drawingFrom(createRandom(5), draws), 1)).toEqual(values(g.drawingFrom(createRandom(5), draws), 2))
    expect(values(draws, 1)).not.toEqual(values(draws, 2))
  })
})

describe('phases', () => {
  const slowB = {takesMs: (op: Invocation) => (op.f === 'b' ? 50 : 10)}
  test('synchronize waits for everybody', () => expect(play([a, b, g.synchronize(c)], slowB)).toBe('0 a@0 b@1 50 c@0'))
  test('phases', () => expect(play(g.phases([a, b], [c, c], a), slowB)).toBe('0 a@0 b@1 50 c@0 c@1 60 a@0'))
  test('andThen', () => expect(play(g.andThen(b, [a, a]), slowB)).toBe('0 b@0 50 a@1 a@0'))
})

describe('independent keys', () => {
  test('one after the other', () => {
    expect(play(g.sequentialKeys(['x', 'y'], (key) => [{f: `r${key}`}, a]))).toBe('0 xrx@0 xa@1 10 yry@0 ya@1')
  })
  test('keys without end', () => {
    expect(
      play(
        g.limit(
          3,
          g.sequentialKeys(
            (i) => i,
            () => a,
          ),
        ),
      ),
    ).toBe('0 0a@0 1a@1 10 2a@0')
  })
  test('several at a time: each group of threads has its own', () => {
    const source = g.concurrentKeys(2, ['x', 'y', 'z'], () => g.limit(3, count('a')))
    const played = performed(source, {threads: 4, maxOps: 100})
    expect(played).toHaveLength(9)
    for (const key of ['x', 'y', 'z']) {
      const own = played.filter(({op}) => op.key === key)
      expect(own.map(({op}) => op.value)).toEqual([0, 1, 2])
      expect(new Set(own.map(({thread}) => Math.floor((thread as number) / 2))).size).toBe(1)
    }
  })
  test('several at a time refuses threads that do not divide', () => {
    expect(() =>
      play(
        g.concurrentKeys(2, ['x'], () => a),
        {threads: 3},
      ),
    ).toThrow('3 client threads do not divide into groups of 2.')
  })
})

test('generators are values: asking twice gives the same', () => {
  const source = g.phases(g.limit(5, g.any(g.flipFlop(count('a'), b), g.eachThread([c, g.sleep(3), a]))), [b])
  expect(play(source)).toBe(play(source))
})
