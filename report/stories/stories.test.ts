import {describe, expect, test} from 'vitest'
import type {Row} from '../tabulate.ts'
import {cycleStory} from './cycle.ts'
import {readsTable} from './reads.ts'
import {singleStory} from './single.ts'
import {Source} from './source.ts'

/** Transactions that all succeeded, one after the other; ops are numbered 2n and 2n + 1. */
function rowsOf(...values: unknown[][]): Row[] {
  return values.map((value, at) => {
    const common = {process: at, f: 'txn', timeNs: at}
    return {
      invoke: {...common, index: 2 * at, type: 'invoke', value: null},
      completion: {...common, index: 2 * at + 1, type: 'ok', value},
    }
  })
}

const transaction = (index: number, ...value: unknown[]) => ({index, process: index, type: 'ok', value})

/** A cycle of `count`, each arrow from the last micro-operation of one to the first of the next. */
function cycle(count: number, microOps: number) {
  const names = Array.from({length: count}, (_, at) => `T${at + 1}`)
  const value = Array.from({length: microOps}, (_, at) => ['append', 'x', at])
  return {
    type: 'G0',
    sentence: '',
    witness: [],
    detail: {
      knot: 4321,
      transactions: names.map((name, at) => ({name, transaction: transaction(at, ...value)})),
      steps: names.map((from, at) => ({
        from,
        to: names[(at + 1) % count],
        type: 'ww',
        key: 'x',
        because: 'so it is',
        fromMicroOp: microOps - 1,
        toMicroOp: 0,
      })),
    },
  }
}

describe('cycles', () => {
  test('arrows begin and end at the micro-operations that they are about', () => {
    const story = cycleStory(cycle(3, 2))!
    expect(story.cards.map(({name, lines}) => [name, lines.map(({text}) => text)])).toEqual([
      ['T1', ['append x 0', 'append x 1']],
      ['T2', ['append x 0', 'append x 1']],
      ['T3', ['append x 0', 'append x 1']],
    ])
    expect(story.arrows).toHaveLength(3)
    expect(story.arrows[2]).toMatchObject({from: 2, to: 0, fromLine: 1, toLine: 0, type: 'ww', key: 'x'})
    expect(story).toMatchObject({leftOut: 0, knot: 4321})
  })

  test('a long transaction shows what matters, and says how much it leaves out', () => {
    const {cards, arrows} = cycleStory(cycle(2, 30))!
    const texts = cards[0]!.lines.map(({text}) => text)
    expect(texts).toHaveLength(9)
    expect(texts.slice(-2)).toEqual(['… 22 more', 'append x 29'])
    expect(texts[arrows[0]!.fromLine]).toBe('append x 29')
    expect(texts[arrows[1]!.toLine]).toBe('append x 0')
  })

  test('of a cycle of hundreds, two hundred are drawn and the rest is counted', () => {
    const story = cycleStory(cycle(1234, 5))!
    expect(story.cards).toHaveLength(200)
    expect(story.leftOut).toBe(1034)
    expect(story.arrows).toHaveLength(199)
    for (const card of story.cards) expect(card.lines.length).toBeLessThanOrEqual(3)
  })

  test('where the checker left out the middle, both ends are drawn and the rest is counted', () => {
    const whole = cycle(10, 1)
    const {transactions, steps} = whole.detail
    const ends = {
      transactions: [...transactions.slice(0, 3), ...transactions.slice(7)],
      steps: [...steps.slice(0, 2), ...steps.slice(7)],
    }
    const story = cycleStory({...whole, detail: {...ends, omitted: 5}})!
    expect(story.cards.map(({name}) => name)).toEqual(['T1', 'T2', 'T3', 'T8', 'T9', 'T10'])
    expect(story.arrows.map(({from, to}) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [3, 4],
      [4, 5],
      [5, 0],
    ])
    expect(story.leftOut).toBe(4)
  })

  test('what is no cycle is none', () => {
    const ends = {transactions: [{name: 'T1', transaction: transaction(1)}], steps: [{from: 'T1', to: 'T9'}]}
    const two = [1, 2].map((at) => ({name: `T${at}`, transaction: transaction(at)}))
    const odd = [undefined, null, 'x', {}, {transactions: [], steps: []}, {transactions: [1, 2], steps: []}, ends]
    for (const detail of [...odd, {transactions: two, steps: [{from: 'T1', to: 'T9'}]}]) {
      expect(cycleStory({type: 'G0', sentence: '', witness: [], detail})).toBeUndefined()
    }
  })

  test('long values are shortened, and there in full', () => {
    const list = Array.from({length: 100}, (_, at) => at)
    const given = cycle(2, 1)
    given.detail.transactions[0]!.transaction = transaction(0, ['r', 'x', list])
    const [line] = cycleStory(given)!.cards[0]!.lines
    expect(line!.text).toBe('r x [0 1 2 … 97 98 99]')
    expect(line!.full).toBe(`r x [${list.join(' ')}]`)
  })
})

describe('what was read of a list', () => {
  test('the shortest first, the same lists once, deviations from the longest marked', () => {
    const table = readsTable(
      rowsOf(
        [['r', 'x', [1, 2, 3]]],
        [['r', 'x', [1]]],
        [
          ['r', 'x', [2, 1]],
          ['r', 'y', [9]],
        ],
        [['r', 'x', [1]]],
      ),
      'x',
    )!
    expect(table).toMatchObject({key: 'x', lists: 3, reads: 4})
    expect(
      table.rows.map(({index, count, cells}) => [index, count, cells.map(([text, kind]) => text + kind).join(' ')]),
    ).toEqual([
      [3, 2, '10'],
      [5, 1, '21 11'],
      [1, 1, '10 20 30'],
    ])
  })

  test('an element that comes twice is marked the second time', () => {
    const [row] = readsTable(rowsOf([['r', 'x', [1, 2, 1]]]), 'x')!.rows
    expect(row!.cells).toEqual([
      ['1', 0],
      ['2', 0],
      ['1', 1],
    ])
  })

  test('long stretches that agree are folded, with their number', () => {
    const long = Array.from({length: 100}, (_, at) => at)
    const swapped = [...long.slice(0, 50), 51, 50, ...long.slice(52)]
    const rows = readsTable(rowsOf([['r', 'x', long]], [['r', 'x', swapped]], [['r', 'x', long]]), 'x')!.rows
    expect(rows.map(({cells}) => cells.map(([text]) => text).join(' '))).toEqual([
      '0 1 2 3 … 92 … 96 97 98 99',
      '0 1 2 3 … 42 … 46 47 48 49 51 50 52 53 54 55 … 40 … 96 97 98 99',
    ])
  })

  test('of very many different lists those that deviate are kept', () => {
    const grown = Array.from({length: 300}, (_, length) => [['r', 'x', Array.from({length}, (_, at) => at)]])
    const table = readsTable(rowsOf(...grown, [['r', 'x', [7, 8]]]), 'x')!
    expect(table.lists).toBe(301)
    expect(table.rows.length).toBeLessThanOrEqual(60)
    expect(table.rows.filter(({cells}) => cells.some(([, kind]) => kind === 1)).map(({length}) => length)).toEqual([2])
    expect(table.rows.at(-1)!.length).toBe(299)
  })

  test('a key that nobody read has none', () => expect(readsTable(rowsOf([['append', 'x', 1]]), 'x')).toBeUndefined())
})

test('types without a picture, and data that are not what they should be, have no story', () => {
  const source = new Source(rowsOf([['r', 'x', [1]]]))
  for (const type of [
    'G1a',
    'G1b',
    'thin-air-read',
    'internal',
    'lost-update',
    'dirty-update',
    'toString',
    'stale-read',
  ]) {
    for (const detail of [undefined, null, {}, {transaction: 7, values: 1}, {transactions: [1]}]) {
      expect(singleStory({type, sentence: '', key: 'x', witness: [0], detail}, source)).toBeUndefined()
    }
  }
})

test('an answer to another question shows where the two part', () => {
  const anomaly = {
    type: 'mismatched-reply',
    sentence: '',
    witness: [0, 1],
    detail: {
      asked: [
        ['append', 'x', 1],
        ['r', 'y', null],
        ['append', 'z', 3],
      ],
      transaction: transaction(1, ['append', 'x', 2], ['r', 'y', [7]]),
    },
  }
  const {cards} = singleStory(anomaly, new Source([]))!
  const wrong = cards.map(({name, lines}) => [
    name,
    ...lines.filter(({mark}) => mark === 'wrong').map(({text}) => text),
  ])
  expect(wrong).toEqual([
    ['asked', 'append x 1', 'append z 3'],
    ['answered', 'append x 2'],
  ])
})

test('versions without an order come with those who wrote and read them', () => {
  const rows = rowsOf(
    [
      ['w', 'x', 1],
      ['w', 'y', 5],
    ],
    [['w', 'x', 2]],
    [
      ['r', 'x', 1],
      ['r', 'x', 9],
    ],
  )
  const anomaly = {
    type: 'cyclic-versions',
    sentence: '',
    key: 'x',
    witness: [0, 1, 2, 3, 4, 5],
    detail: {versions: [1, 2]},
  }
  const {cards, leftOut} = singleStory(anomaly, new Source(rows))!
  expect(leftOut).toBe(0)
  expect(
    cards.map(({lines}) => lines.filter(({mark}) => mark !== undefined).map(({text, mark}) => `${text} ${mark}`)),
  ).toEqual([['w x 1 wrong'], ['w x 2 wrong'], ['r x 1 other']])
})

test('a failed or unknown transaction shows what was asked, one operation by itself is a transaction of one', () => {
  const [first, second] = rowsOf([['append', 'x', 1]], [1])
  const failed = {
    invoke: {...first!.invoke, value: [['append', 'x', 1]]},
    completion: {...first!.completion!, type: 'fail', value: null},
  } as const
  const open = {invoke: {...second!.invoke, f: 'read', key: 'x'}, completion: {...second!.completion!, value: [1]}}
  expect(new Source([failed, open]).transactions([0, 1, 3], 9)).toEqual([
    {index: 1, process: 0, type: 'fail', value: [['append', 'x', 1]]},
    {index: 3, process: 1, type: 'ok', value: [['r', 'x', [1]]]},
  ])
})
