import {describe, expect, test} from 'vitest'
import {compact} from '../../values.ts'
import {type Box, type Cycle, cycleOf, placeCycle} from './cycle.ts'

/** A cycle of `count` transactions, each with so many steps. */
function cycle(count: number, lines = 2): Cycle {
  const transactions = Array.from({length: count}, (_, i) => ({
    name: `T${i + 1}`,
    transaction: {index: i * 10, process: i, value: Array.from({length: lines}, (_, line) => ['append', 'x', line])},
  }))
  const steps = transactions.map(({name}, i) => ({
    from: name,
    to: transactions[(i + 1) % count]!.name,
    type: 'ww',
    key: 'x',
    because: 'so it is',
    fromMicroOp: 0,
    toMicroOp: lines - 1,
  }))
  return cycleOf({transactions, steps}, compact)!
}

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe.each([2, 3, 4, 5, 6, 8])('a cycle of %i', (count) => {
  const diagram = placeCycle(cycle(count), 900)

  test('fits, and no card covers another', () => {
    for (const [i, box] of diagram.boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(diagram.width)
      expect(box.y + box.height).toBeLessThanOrEqual(diagram.height)
      for (const other of diagram.boxes.slice(i + 1)) expect(overlap(box, other)).toBe(false)
    }
  })

  test('each arrow starts at its card, and no label hides a card or another label', () => {
    const labels = diagram.arrows.map(({x, y}): Box => ({x: x - 25, y: y - 9, width: 50, height: 18}))
    for (const [i, label] of labels.entries()) {
      for (const box of diagram.boxes) expect(overlap(label, box)).toBe(false)
      for (const other of labels.slice(i + 1)) expect(overlap(label, other)).toBe(false)
    }
  })
})

test('what is no cycle is none', () => {
  for (const detail of [undefined, null, {}, {transactions: [], steps: []}, {transactions: [1, 2], steps: []}, 'x']) {
    expect(cycleOf(detail, compact)).toBeUndefined()
  }
  const unknownEnd = {
    transactions: [1, 2].map((i) => ({name: `T${i}`, transaction: {index: i, process: 0, value: []}})),
    steps: [{from: 'T1', to: 'T9'}],
  }
  expect(cycleOf(unknownEnd, compact)).toBeUndefined()
})

test('a card says what its transaction did', () => {
  const transactions = [1, 2].map((i) => ({
    name: `T${i}`,
    transaction: {
      index: i,
      process: 3,
      value: [
        ['r', 'x', [1, 2]],
        ['append', 'long-key', 12],
      ],
    },
  }))
  expect(cycleOf({transactions, steps: []}, compact)?.nodes[1]).toEqual({
    name: 'T2',
    index: 2,
    process: '3',
    lines: ['r x [1 2]', 'append long-key 12'],
  })
})

test('a long transaction is cut, and its arrows then start at its head', () => {
  const {nodes, edges} = cycle(2, 30)
  expect(nodes[0]!.lines).toHaveLength(9)
  expect(nodes[0]!.lines.at(-1)).toBe('and 22 more')
  expect(edges[0]).toMatchObject({fromLine: 0, toLine: -1})
})
