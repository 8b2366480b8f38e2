import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type SetFullOptions, setFull} from './set-full.ts'

const judge = (text: string, options: SetFullOptions = {}) => setFull(options).check(diagram(text))
const eventual: SetFullOptions = {claim: 'eventual'}
const everything: SetFullOptions = {claim: 'eventual', removesSee: 'everything'}

it.each<[string, string, SetFullOptions, string]>([
  ['acknowledged, then gone', '0 |add 1| |read []|', {}, 'lost-element'],
  ['seen, then gone', '0 |add 1 >\n1 |read [1]| |read []|', {}, 'lost-element'],
  ['missing, then back', '0 |add 1| |read []| |read [1]|', {}, 'stale-read'],
  [
    'seen while it was being added, then missing',
    '0 |add 1                          |\n1   |read [1]| |read []| |read [1]|',
    {},
    'stale-read',
  ],
  [
    'one of two adds was seen, then missing',
    '0 |add 1                          |\n1 |add 1 >\n2   |read [1]| |read []| |read [1]|',
    {},
    'stale-read',
  ],
  ['there twice', '0 |add 1| |read [1 1]|', {}, 'duplicate-element'],
  ['never added', '0 |add 1| |read [1 2]|', {}, 'unexpected-element'],
  ['there before it was added', '0 |read [1]| |add 1|', {}, 'unexpected-element'],
  ['there although its add failed', '0 |add 2| |add 1 # |read [1 2]|', {}, 'unexpected-element'],
  ['back after its removal', '0 |add 1| |remove 1| |read [1]|', {}, 'resurrected-element'],
  ['no set at all', '0 |add 1| |read 7| |read [1]|', {}, 'reply-mismatch'],
  ['acknowledged, not in the end', '0 |add 1| |read! []|', eventual, 'lost-element'],
  ['lost on one node only', '0@n1 |add 1| |read! []|\n1@n2          |read! [1]|', eventual, 'lost-element'],
  [
    'lost on the node that was asked first',
    '0@n1 |add 1| |read! []|\n1@n2 |read! []| |read! [1]|',
    eventual,
    'lost-element',
  ],
  ['removed by who added it, yet there', '0 |add 1| |remove 1| |read! [1]|', eventual, 'resurrected-element'],
  ['lost by a pending add that was seen', '0@n1 |add 1 >\n1@n2 |read [1]| |read! []|', eventual, 'lost-element'],
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

it('tells what was lost before what should have failed, and what is late last', async () => {
  const verdict = await judge('0 |add 1 # |add 2| |add 3| |read [1]| |read [3 3]|')
  const types = verdict.anomalies.map(({type}) => type)
  expect(types).toEqual(['lost-element', 'unexpected-element', 'duplicate-element', 'stale-read'])
})

it.each<[string, string, SetFullOptions]>([
  ['a read beside the add', '0 |add 1|\n1 |read []| |read [1]|', {}],
  ['an unknown add that is never seen', '0 |add 1 >\n1 |add 2| |read [2]|', {}],
  ['an unknown remove', '0 |add 1| |remove 1 >\n1           |read [1]| |read []|', {}],
  ['added again after its removal', '0 |add 1| |remove 1| |add 1| |read [1]|', {}],
  ['a remove beside the add', '0 |add 1|\n1 |remove 1| |read [1]|', {}],
  ['missing for a while', '0 |add 1| |read []| |read! [1]|', eventual],
  [
    'added on another node after the remover had read it',
    '0 |add 1|\n1         |read [1]|           |remove 1| |read! [1]|\n2                     |add 1|',
    eventual,
  ],
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
  expect(await judge('0 |read []| |add 1|')).toMatchObject({
    validity: 'unknown',
    reason: 'No read came after an add had been acknowledged.',
  })
})

it('counts what became of the elements', async () => {
  const verdict = await judge('0 |add 1| |read [1]| |add 2|')
  expect(verdict.measures).toMatchObject({elements: 2, stable: 1, neverRead: 1, stale: 0})
})

it('measures how long elements stay missing, of eventual sets too', async () => {
  const text = '0 |add 1| |read []|  |read []|  |read! [1]|'
  const missed = {stale: 1, staleP50Ms: 130, staleP99Ms: 130, staleMaxMs: 130}
  expect(await judge(text)).toMatchObject({validity: 'invalid', measures: missed})
  expect(await judge(text, eventual)).toMatchObject({validity: 'valid', measures: missed})
})

it('lists some of many lost elements and counts them all', async () => {
  const adds = Array.from({length: 100}, (_, i) => `|add ${i}|`).join(' ')
  const verdict = await judge(`0 ${adds} |read []|`)
  expect(verdict.anomalies).toHaveLength(16)
  expect(verdict.measures?.['lost-element (count)']).toBe(100)
})

/** A set is linearizable for one element at a time: does some order of its operations explain every read of it? */
function elementLinearizable(record: History, element: unknown): boolean {
  const mine = [...record.operations].filter(
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
      const removes = random.chance(0.7)
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
            return draws.chance(0.45) ? {f: 'read'} : {f: removes && draws.chance(0.3) ? 'remove' : 'add', input}
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
      const removes = record.operations.some(({f}) => f === 'remove')
      // What the checker says is sound; it is complete but for reads that contradict each other only because of removes.
      if (explained) expect(verdict.validity).not.toBe('invalid')
      else if (verdict.validity !== 'invalid') expect(removes && contradictoryReads(record)).toBe(true)
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

type Mode = 'linearizable' | 'session' | 'everything'

/** Every anomaly of the definition, with how often: read by read, element by element, over all adds and removes. */
function reference(record: History, mode: Mode): Record<string, number> {
  const counts: Record<string, number> = {}
  const count = (type: string) => (counts[type] = (counts[type] ?? 0) + 1)
  const print = (value: unknown) => `${typeof value} ${value}`
  for (const key of new Set(record.operations.map((operation) => operation.key))) {
    const mine = [...record.operations].filter((operation) => operation.key === key)
    const answered = mine.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
    const reads = answered.filter(({output}) => output === null || Array.isArray(output))
    for (const _ of answered.slice(reads.length)) count('reply-mismatch')
    const itemsOf = (read: Operation) => ((read.output ?? []) as unknown[]).map(print)
    const who = (read: Operation) => read.node ?? `process ${read.process}`
    const judged = reads.filter(
      (read) =>
        mode === 'linearizable' ||
        (read.final &&
          !reads.some(
            (later) =>
              later.final && later !== read && who(later) === who(read) && later.invoke.index > read.invoke.index,
          )),
    )
    const elements = new Set([
      ...mine.filter(({f}) => f !== 'read').map(({input}) => print(input)),
      ...reads.flatMap(itemsOf),
    ])
    for (const element of elements) {
      const adds = mine.filter(({f, input}) => f === 'add' && print(input) === element)
      const removes = mine.filter(
        ({f, input, outcome}) => f === 'remove' && print(input) === element && outcome !== 'fail',
      )
      const happened = adds.filter(({outcome}) => outcome !== 'fail')
      const having = reads.filter((read) => itemsOf(read).includes(element))
      for (const read of having) {
        if (itemsOf(read).filter((item) => item === element).length > 1) count('duplicate-element')
        const possible = happened.filter((add) => add.invoke.index < endIndex(read))
        if (possible.length === 0) count('unexpected-element')
        else if (judged.includes(read)) {
          const binding = removes.some((remove) => {
            if (remove.outcome !== 'ok' || endIndex(remove) > read.invoke.index) return false
            if (possible.some((add) => endIndex(add) > remove.invoke.index)) return false
            if (mode !== 'session' || possible.every((add) => add.process === remove.process)) return true
            const saw = having.some(
              (other) => other.process === remove.process && endIndex(other) < remove.invoke.index,
            )
            return possible.length === 1 && saw
          })
          if (binding) count('resurrected-element')
        }
      }
      const due = (read: Operation) =>
        adds.some((add) => {
          const seen = add === happened[0] ? having.filter((other) => endIndex(other) > add.invoke.index) : []
          const sure = add.outcome === 'ok' ? [add, ...seen] : seen
          if (!sure.some((fact) => endIndex(fact) < read.invoke.index)) return false
          return removes.every(
            (remove) =>
              endIndex(remove) < add.invoke.index || (mode === 'linearizable' && remove.invoke.index > endIndex(read)),
          )
        })
      const gaps = judged.filter((read) => !having.includes(read) && due(read))
      const gone = gaps.some((gap) => having.every((read) => read.invoke.index < gap.invoke.index))
      if (gaps.length > 0) count(gone || mode !== 'linearizable' ? 'lost-element' : 'stale-read')
    }
  }
  return counts
}

/** Two sets of elements that are easily mixed up, in a store that loses, repeats, keeps and makes up some. */
function randomSets(random: Random): History {
  const stores = new Map<unknown, unknown[]>()
  const POOL = [1, '1', null, 2n ** 60n, 'a']
  let lastAdded: unknown = 1
  // Some stores acknowledge removes and do nothing.
  const deaf = random.chance(0.25)
  return fuzzHistory(
    random,
    {
      workers: random.between(1, 3),
      operations: random.between(3, 11),
      info: random.pick([0, 0.15]),
      fail: random.pick([0, 0.1]),
      lie: random.pick([0, 0, 0.2, 0.4]),
      nameless: 0.2,
    },
    {
      draw: (draws) => {
        const key = draws.pick(['x', 'x', 'y'])
        if (draws.chance(0.45)) return {f: 'read', key}
        const f = draws.chance(deaf ? 0.5 : 0.65) ? 'add' : 'remove'
        return {
          f,
          key,
          input: f === 'add' ? (lastAdded = draws.pick(POOL)) : draws.chance(0.7) ? lastAdded : draws.pick(POOL),
        }
      },
      apply: ({f, key, input}) => {
        const store = stores.get(key) ?? []
        if (f === 'read') return [...store]
        if (f === 'remove' && deaf) return input
        stores.set(key, f === 'add' ? [...new Set([...store, input])] : store.filter((item) => item !== input))
        return input
      },
      lie: ({f}, answer, draws) => {
        if (f !== 'read') return answer
        const items = answer as unknown[]
        const kind = draws.int(10)
        if (kind === 0) return draws.pick([null, 7, 'a', {a: 1}])
        if (kind < 5) return items.slice(1)
        return kind < 7 ? [...items, ...items.slice(0, 1)] : [...new Set([...items, draws.pick(POOL)])]
      },
      final: [
        {f: 'read', key: 'x'},
        {f: 'read', key: random.pick(['x', 'y'])},
      ],
    },
  )
}

it.each<[Mode, SetFullOptions]>([
  ['linearizable', {}],
  ['session', eventual],
  ['everything', everything],
])('finds each anomaly of the definition as often as there is one: %s', (mode, options) => {
  const kinds = ['duplicate-element', 'lost-element', 'reply-mismatch', 'resurrected-element', 'unexpected-element']
  fuzz(
    `set-full/${mode}`,
    fuzzCount(1500),
    randomSets,
    (record) => {
      const {measures} = setFull(options).check(record) as Verdict
      const found = Object.entries(measures ?? {}).filter(([name]) => name.endsWith(' (count)'))
      const expected = reference(record, mode)
      expect(Object.fromEntries(found.map(([name, times]) => [name.replace(' (count)', ''), times]))).toEqual(expected)
      return Object.keys(expected)
    },
    {kinds: mode === 'linearizable' ? [...kinds, 'stale-read'] : kinds},
  )
})

it('puts up with losses where the store may lose what it acknowledged, but not with elements that nobody added', async () => {
  const lossy: SetFullOptions = {claim: 'eventual', removesSee: 'everything', lossy: true}
  expect(await judge('0 |add 1| |add 2| |read! [2]|', lossy)).toMatchObject({validity: 'valid'})
  expect(await judge('0 |add 1| |remove 1| |read! [1]|', lossy)).toMatchObject({validity: 'valid'})
  const made = await judge('0 |add 1| |read! [1 2]|', lossy)
  expect(made.anomalies.map(({type}) => type)).toEqual(['unexpected-element'])
})
