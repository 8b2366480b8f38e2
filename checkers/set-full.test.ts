import {expect, it} from 'vitest'
import type {History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import {diagram} from './diagram.ts'
import {endIndex} from './finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
import {type SetFullOptions, setFull} from './set-full.ts'

const judge = (text: string, options: SetFullOptions = {}) => setFull(options).check(diagram(text))
const eventual: SetFullOptions = {claim: 'eventual'}
const everything: SetFullOptions = {claim: 'eventual', removesSee: 'everything'}

it.each<[string, string, SetFullOptions, string]>([
  ['acknowledged, then gone', '0 |add 1| |read []|', {}, 'lost-element'],
  ['seen, then gone', '0 |add 1 >\n1 |read [1]| |read []|', {}, 'lost-element'],
  ['missing, then back', '0 |add 1| |read []| |read [1]|', {}, 'stale-read'],
  ['there twice', '0 |add 1| |read [1 1]|', {}, 'duplicate-element'],
  ['never added', '0 |add 1| |read [1 2]|', {}, 'unexpected-element'],
  ['there before it was added', '0 |read [1]| |add 1|', {}, 'unexpected-element'],
  ['there although its add failed', '0 |add 2| |add 1 # |read [1 2]|', {}, 'unexpected-element'],
  ['back after its removal', '0 |add 1| |remove 1| |read [1]|', {}, 'resurrected-element'],
  ['no set at all', '0 |add 1| |read 7| |read [1]|', {}, 'unexpected-element'],
  ['acknowledged, not in the end', '0 |add 1| |read! []|', eventual, 'lost-element'],
  ['lost on one node only', '0@n1 |add 1| |read! []|\n1@n2          |read! [1]|', eventual, 'lost-element'],
  [
    'lost on the node that was asked first',
    '0@n1 |add 1| |read! []|\n1@n2 |read! []| |read! [1]|',
    eventual,
    'lost-element',
  ],
  ['removed by who added it, yet there', '0 |add 1| |remove 1| |read! [1]|', eventual, 'resurrected-element'],
  [
    'removed by who had read it, yet there',
    '0 |add 1|\n1          |read [1]| |remove 1| |read! [1]|',
    eventual,
    'resurrected-element',
  ],
  ['removed by anybody, yet there', '0 |add 1|\n1          |remove 1| |read! [1]|', everything, 'resurrected-element'],
])('convicts: %s', async (_, text, options, type) => {
  const verdict = await judge(text, options)
  expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual([type])
  expect(verdict.anomalies[0]?.witness.length).toBeGreaterThan(1)
})

it.each<[string, string, SetFullOptions]>([
  ['a read beside the add', '0 |add 1|\n1 |read []| |read [1]|', {}],
  ['an unknown add that is never seen', '0 |add 1 >\n1 |add 2| |read [2]|', {}],
  ['an unknown remove', '0 |add 1| |remove 1 >\n1           |read [1]| |read []|', {}],
  ['added again after its removal', '0 |add 1| |remove 1| |add 1| |read [1]|', {}],
  ['a remove beside the add', '0 |add 1|\n1 |remove 1| |read [1]|', {}],
  ['missing for a while', '0 |add 1| |read []| |read! [1]|', eventual],
  ['removed by one who may not have seen it', '0 |add 1|\n1          |remove 1| |read! [1]|', eventual],
  ['an early final read, tried again', '0@n1 |add 1| |read! []| |read! [1]|', eventual],
])('accepts: %s', async (_, text, options) => {
  expect(await judge(text, options)).toMatchObject({validity: 'valid', anomalies: []})
})

it('says unknown where nothing was read or added', async () => {
  expect(await judge('0 |add 1|')).toMatchObject({validity: 'unknown', reason: 'No read succeeded.'})
  expect(await judge('0 |add 1| |read []|', eventual)).toMatchObject({
    validity: 'unknown',
    reason: 'No final read succeeded.',
  })
  expect(await judge('0 |read []|')).toMatchObject({validity: 'unknown', reason: 'No element was ever added.'})
})

it('counts what became of the elements', async () => {
  const verdict = await judge('0 |add 1| |read [1]| |add 2|')
  expect(verdict.measures).toMatchObject({elements: 2, stable: 1, neverRead: 1, stale: 0})
})

it('lists some of many lost elements and counts them all', async () => {
  const adds = Array.from({length: 100}, (_, i) => `|add ${i}|`).join(' ')
  const verdict = await judge(`0 ${adds} |read []|`)
  expect(verdict.anomalies).toHaveLength(16)
  expect(verdict.measures?.['lost-element (count)']).toBe(100)
})

/** A set is linearizable for one element at a time: does some order of its operations explain every read of it? */
function elementLinearizable(record: History, element: unknown): boolean {
  const mine = record.operations.filter(
    ({f, input, outcome}) => outcome !== 'fail' && (f === 'read' ? outcome === 'ok' : input === element),
  )
  const order = (done: readonly Operation[], present: boolean): boolean => {
    const left = mine.filter((operation) => !done.includes(operation))
    if (left.every(({outcome}) => outcome === 'info')) return true
    return left.some((next) => {
      if (left.some((other) => endIndex(other) < next.invoke.index)) return false
      if (next.f === 'read' && (next.output as unknown[]).includes(element) !== present) return false
      return order([...done, next], next.f === 'add' ? true : next.f === 'remove' ? false : present)
    })
  }
  return order([], false)
}

it('never accuses a linearizable set, and convicts what no order of single elements explains but for read order', () => {
  fuzz(
    'set-full/linearizable',
    fuzzCount(1500),
    (random) => {
      const present = new Set<number>()
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 3),
          operations: random.between(2, 8),
          info: 0.15,
          fail: 0.1,
          lie: random.pick([0, 0.1, 0.3]),
        },
        {
          draw: (draws) => {
            const input = draws.between(1, 2)
            return draws.chance(0.45) ? {f: 'read'} : {f: draws.chance(0.7) ? 'add' : 'remove', input}
          },
          apply: ({f, input}) => {
            if (f === 'read') return [...present]
            if (f === 'add') present.add(input as number)
            else present.delete(input as number)
            return input
          },
          lie: ({f}, answer, draws) =>
            f !== 'read' || !Array.isArray(answer)
              ? answer
              : draws.chance(0.5)
                ? answer.slice(1)
                : [...new Set([...answer, 1])],
          final: [{f: 'read'}],
        },
      )
    },
    (record) => {
      const verdict = setFull().check(record) as {validity: string}
      const explained = [1, 2].every((element) => elementLinearizable(record, element))
      // What the checker says is sound; it is complete but for reads that only contradict each other.
      if (explained) expect(verdict.validity).not.toBe('invalid')
      else if (verdict.validity !== 'invalid') expect(contradictoryReads(record)).toBe(true)
      return explained
    },
  )
})

/** Whether every read alone, with the writes, can be explained. */
function contradictoryReads(record: History): boolean {
  const reads = record.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  return reads.every((read) => {
    const alone = record.filter(({process, index}) =>
      record.operations.some(
        (operation) =>
          operation.process === process &&
          (operation.f !== 'read' || operation === read) &&
          (operation.invoke.index === index || operation.completion?.index === index),
      ),
    )
    return [1, 2].every((element) => elementLinearizable(alone, element))
  })
}
