import {expect, it} from 'vitest'
import type {History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import {diagram} from './diagram.ts'
import {endIndex} from './finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
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

it.each([true, false])('agrees with the definition, fifo: %s', (fifo) => {
  fuzz(
    `queue/${fifo}`,
    fuzzCount(1500),
    (random) => {
      const content: number[] = []
      let value = 0
      const take = () => {
        if (content.length === 0) return null
        return content.splice(fifo ? 0 : random.int(content.length), 1)[0]
      }
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 3),
          operations: random.between(3, 8),
          info: random.pick([0, 0.1]),
          lie: random.pick([0, 0.15]),
        },
        {
          draw: (draws) => (draws.chance(0.5) ? {f: 'dequeue'} : {f: 'enqueue', input: ++value}),
          apply: ({f, input}) => (f === 'dequeue' ? take() : content.push(input as number)),
          lie: ({f}, answer, draws) => (f === 'dequeue' ? draws.pick([null, 1, 2, value]) : answer),
        },
      )
    },
    (record) => {
      const verdict = queue({fifo}).check(record) as {validity: string}
      const expected = linearizable(record, fifo)
      const {operations} = record
      if (expected) expect(verdict.validity).not.toBe('invalid')
      const simple = operations.every(
        ({f, outcome, output}) => outcome === 'ok' && !(f === 'dequeue' && output === null),
      )
      if (!expected && simple && operations.some(({f}) => f === 'enqueue')) expect(verdict.validity).toBe('invalid')
      return expected
    },
  )
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
