import {describe, expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {queue} from './queue.ts'
import {totalQueue} from './total-queue.ts'

it.each<[string, string, string[]]>([
  ['nobody put it in', '0 |enqueue 1| |dequeue 2|', ['unexpected-element']],
  ['out before it went in', '0 |dequeue 1| |enqueue 1|', ['unexpected-element']],
  ['out twice', '0 |enqueue 1| |dequeue 1| |dequeue 1|', ['duplicate-element']],
  ['empty, with a value inside', '0 |enqueue 1| |dequeue nil| |dequeue 1|', ['lost-element']],
  ['the second before the first', '0 |enqueue 1| |enqueue 2| |dequeue 2| |dequeue 1|', ['reordered-element']],
  ['the second, and never the first', '0 |enqueue 1| |enqueue 2| |dequeue 2|', ['reordered-element']],
  ['in order', '0 |enqueue 1| |enqueue 2| |dequeue 1| |dequeue 2| |dequeue nil|', []],
  ['both at once', '0 |enqueue 1|\n1 |enqueue 2|\n0            |dequeue 2| |dequeue 1|', []],
  ['the first was perhaps taken', '0 |enqueue 1| |enqueue 2|\n1 |dequeue nil >\n2                |dequeue 2|', []],
])('FIFO queue: %s', async (_, text, types) => {
  expect((await queue().check(diagram(text))).anomalies.map(({type}) => type)).toEqual(types)
})

it('does not judge values that repeat, nor nothing', async () => {
  expect(await queue().check(diagram('0 |enqueue 1| |enqueue 1| |dequeue 3|'))).toMatchObject({
    validity: 'unknown',
    reason: 'Values must be distinct, but 1 was enqueued twice.',
  })
  expect(await queue().check(diagram('0 |dequeue nil|'))).toMatchObject({validity: 'unknown'})
})

/** Whether some order of all operations explains every answer: by trying them. */
function linearizable(record: History, fifo: boolean): boolean {
  const operations = record.operations.filter(({outcome}) => outcome !== 'fail')
  const order = (done: ReadonlySet<Operation>, content: readonly unknown[]): boolean => {
    const left = operations.filter((operation) => !done.has(operation))
    if (left.every(({outcome}) => outcome === 'info')) return true
    return left.some((next) => {
      if (left.some((other) => endIndex(other) < next.invoke.index)) return false
      const after = new Set([...done, next])
      if (next.f === 'enqueue') return order(after, [...content, next.input])
      const places = next.outcome === 'info' ? content.map((_, i) => i) : [content.indexOf(next.output)]
      if (next.outcome === 'info' && content.length === 0) return order(after, content)
      if (next.output === null) return content.length === 0 && order(after, content)
      return places.some((place) => place >= 0 && (!fifo || place === 0) && order(after, content.toSpliced(place, 1)))
    })
  }
  return order(new Set(), [])
}

/** Values into queues and out again, out of order, twice, too early or never. */
function randomQueue(random: Random, fifo: boolean): History {
  const content: unknown[] = []
  let value = 0
  const errs = random.pick([0, 0, 0.15, 0.3])
  const take = () => {
    if (random.chance(errs / 2)) return null
    if (content.length === 0) return random.chance(errs / 3) ? random.between(1, value + 2) : null
    const place = fifo && !random.chance(errs) ? 0 : random.int(content.length)
    return random.chance(errs / 2) ? content[place] : content.splice(place, 1)[0]
  }
  return fuzzHistory(
    random,
    {
      workers: random.between(1, 4),
      operations: random.between(3, 9),
      info: random.pick([0, 0, 0.1]),
      fail: random.pick([0, 0.1]),
    },
    {
      draw: (draws) =>
        draws.chance(0.5) ? {f: 'dequeue'} : {f: 'enqueue', input: ++value % 3 === 0 ? `${value}` : value},
      apply: ({f, input}) => (f === 'dequeue' ? take() : content.push(input)),
    },
  )
}

it.each([true, false])('agrees with trying every order, fifo: %s', (fifo) => {
  fuzz(
    `queue/${fifo ? 'fifo' : 'unordered'}`,
    fuzzCount(2000),
    (random) => randomQueue(random, fifo),
    (record) => {
      const {anomalies, validity} = queue({fifo}).check(record) as Verdict
      const expected = linearizable(record, fifo)
      const reported = record.operations.some((operation) => operation.f === 'enqueue' && operation.outcome !== 'fail')
      if (expected) expect(anomalies).toEqual([])
      // Where every outcome is known, there is nothing that it misses.
      const known = record.operations.every(({outcome}) => outcome !== 'info')
      if (!expected && known && reported) expect(validity).toBe('invalid')
      return anomalies.map(({type}) => type)
    },
    {kinds: ['unexpected-element', 'duplicate-element', 'lost-element', ...(fifo ? ['reordered-element'] : [])]},
  )
})

it('tells an empty answer that only several stays together refute', async () => {
  const verdict = await queue().check(
    diagram(`
      0 |enqueue 1|             |dequeue 1|
      1            |enqueue 2|                |dequeue 2|
      2               |dequeue nil           |
    `),
  )
  expect(verdict.anomalies.map(({sentence}) => sentence)).toEqual([
    'Process 2 found the queue empty, although 1, then 2 were inside all the while.',
  ])
})

it.each<[string, string, string[], string]>([
  ['all came out', '0 |enqueue 1| |enqueue 2| |dequeue 2| |drain [1]|', [], 'valid'],
  ['one never did', '0 |enqueue 1| |enqueue 2| |dequeue 2| |drain []|', ['lost-element'], 'invalid'],
  ['one that nobody put in', '0 |enqueue 1| |dequeue 1| |dequeue 3|', ['unexpected-element'], 'invalid'],
  ['one whose enqueue failed', '0 |enqueue 1| |enqueue 3 # |drain [1 3]|', ['unexpected-element'], 'invalid'],
  ['twice, at least once', '0 |enqueue 1| |dequeue 1| |dequeue 1|', [], 'valid'],
  ['a crashed drain', '0 |enqueue 1| |enqueue 2| |dequeue 2| |drain [] >', [], 'unknown'],
  ['a lost answer takes one', '0 |enqueue 1| |enqueue 2| |dequeue 2| |dequeue nil >', [], 'unknown'],
  [
    'a lost answer does not take two',
    '0 |enqueue 1| |enqueue 2| |enqueue 3| |dequeue 3| |dequeue nil >',
    ['lost-element', 'lost-element'],
    'invalid',
  ],
  ['an unknown enqueue', '0 |enqueue 1 >\n1 |enqueue 2| |drain [1 2]|', [], 'valid'],
  ['nothing went in', '0 |drain []|', [], 'unknown'],
])('total queue: %s', async (_, text, types, validity) => {
  const verdict = await totalQueue().check(diagram(text))
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
  expect(verdict.validity).toBe(validity)
})

it('total queue: a value out twice breaks exactly-once', async () => {
  const verdict = await totalQueue({exactlyOnce: true}).check(diagram('0 |enqueue 1| |dequeue 1| |dequeue 1|'))
  expect(verdict.anomalies.map(({sentence}) => sentence)).toEqual(['1 came out 2 times, but was put in once.'])
  expect(verdict.measures).toMatchObject({enqueued: 1, dequeued: 2, duplicated: 1})
})

/** By value: how often it may have gone in, must have gone in, and came out. */
function totalReference(record: History, exactlyOnce: boolean): {found: Set<string>; unsure: boolean} {
  const found = new Set<string>()
  let unsure = false
  for (const key of new Set(record.operations.map((operation) => operation.key))) {
    const mine = record.operations.filter((operation) => operation.key === key)
    const print = (value: unknown) => `${typeof value} ${value}`
    const ins = mine.filter(({f}) => f === 'enqueue')
    const taken = mine.flatMap(({f, outcome, output, completion}): unknown[] => {
      if (f === 'dequeue') return outcome === 'ok' && output !== null ? [output] : []
      if (f !== 'drain' || outcome === 'fail') return []
      const got = outcome === 'ok' ? output : completion?.value
      return Array.isArray(got) ? got : []
    })
    const odd = mine.some(
      ({f, outcome, output}) => f === 'drain' && outcome === 'ok' && output !== null && !Array.isArray(output),
    )
    if (odd) found.add('reply-mismatch')
    const pending = mine.filter(({f, outcome}) => outcome === 'info' && (f === 'dequeue' || f === 'drain'))
    const excuses = odd || pending.some(({f}) => f === 'drain') ? 99 : pending.length
    let missing = 0
    for (const id of new Set([...ins.map(({input}) => print(input)), ...taken.map(print)])) {
      const own = ins.filter(({input}) => print(input) === id)
      const out = taken.filter((value) => print(value) === id).length
      const possible = own.filter(({outcome}) => outcome !== 'fail').length
      missing += Math.max(0, own.filter(({outcome}) => outcome === 'ok').length - out)
      if (out > 0 && possible === 0) found.add('unexpected-element')
      else if (out > possible && exactlyOnce) found.add('duplicate-element')
    }
    if (missing > excuses) found.add('lost-element')
    else if (missing > 0) unsure = true
  }
  return {found, unsure}
}

it.each([true, false])('total queue: agrees with counting, exactly once: %s', (exactlyOnce) => {
  fuzz(
    `total-queue/${exactlyOnce ? 'exactly' : 'at-least'}-once`,
    fuzzCount(1500),
    (random) => {
      const contents: Record<string, unknown[]> = {x: [], y: []}
      let value = 0
      const errs = random.pick([0, 0, 0.2, 0.4])
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(4, 11), info: random.pick([0, 0.1]), fail: 0.1},
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            const dice = draws.next()
            if (dice < 0.1) return {f: 'drain', key}
            if (dice < 0.5) return {f: 'dequeue', key}
            value += draws.pick([0, 1, 1, 1])
            return {f: 'enqueue', key, input: draws.pick([value, value, `${value}`])}
          },
          apply: ({f, key, input}) => {
            const content = contents[key as string] as unknown[]
            if (f === 'enqueue') return random.chance(errs / 2) ? input : content.push(input)
            if (f === 'drain') return random.chance(errs) ? random.pick([7, content.slice(1)]) : content.splice(0)
            if (random.chance(errs / 4)) return value + 1
            return (random.chance(errs) ? content[0] : content.shift()) ?? null
          },
          final: [
            {f: 'drain', key: 'x'},
            {f: 'drain', key: 'y'},
          ],
        },
      )
    },
    (record) => {
      const {found, unsure} = totalReference(record, exactlyOnce)
      const {anomalies, validity} = totalQueue({exactlyOnce}).check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(found)
      if (unsure) expect(validity).not.toBe('valid')
      return found
    },
    {
      kinds: ['lost-element', 'unexpected-element', 'reply-mismatch', ...(exactlyOnce ? ['duplicate-element'] : [])],
    },
  )
})

describe('what a drain proves', () => {
  const judge = (text: string) => totalQueue().check(diagram(text)) as Verdict
  it('says unknown where the queue was asked in the end and never found empty', () => {
    expect(judge('0 |enqueue 1| |enqueue 2| |dequeue 1| |dequeue! #')).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('never found empty'),
    })
  })
  it('says unknown where others were asked in the end, and this one never', () => {
    expect(judge('0 |enqueue x=1| |enqueue y=2| |dequeue y=2| |dequeue! y=nil|')).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('never found empty'),
    })
  })
  it('convicts where it was found empty', () => {
    const {anomalies} = judge('0 |enqueue 1| |enqueue 2| |dequeue 1| |dequeue! nil|')
    expect(anomalies.map(({type}) => type)).toEqual(['lost-element'])
  })
})
