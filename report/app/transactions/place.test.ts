import {describe, expect, test} from 'vitest'
import type {Story, StoryCard} from '../../payload.ts'
import {type Box, placeStory} from './place.ts'

function card(at: number, lines: number): StoryCard {
  const texts = Array.from({length: lines}, (_, line) => ({text: `append x ${line}`}))
  return {name: `T${at + 1}`, index: at * 10, process: String(at), outcome: 'ok', lines: texts}
}

/** A cycle of `count` transactions, each with so many lines. */
function ring(count: number, lines = (_: number) => 2): Story {
  const cards = Array.from({length: count}, (_, at) => card(at, lines(at)))
  const arrows = cards.map((_, at) => ({
    from: at,
    to: (at + 1) % count,
    type: 'ww',
    key: 'x',
    because: 'so it is',
    fromLine: 0,
    toLine: lines((at + 1) % count) - 1,
  }))
  return {shape: 'ring', cards, arrows, leftOut: 0}
}

/** One state, and `count` transactions that saw it. */
function fan(count: number): Story {
  const cards = Array.from({length: count + 1}, (_, at) => card(at, at === 0 ? 1 : 3))
  const arrows = cards.slice(1).map((_, at) => {
    return {from: 0, to: at + 1, type: 'read', key: 'x', because: 'it read it', fromLine: 0, toLine: 1}
  })
  return {shape: 'fan', cards, arrows, leftOut: 0}
}

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const stories: [string, Story][] = [
  ...[2, 3, 4, 5, 6, 8, 31, 200].map((count): [string, Story] => [`a cycle of ${count}`, ring(count)]),
  ['a cycle of unequal cards', ring(7, (at) => 1 + ((at * 5) % 8))],
  ['two cards of a line each', ring(2, () => 1)],
  ...[1, 2, 6].map((count): [string, Story] => [`a state that ${count} saw`, fan(count)]),
]

describe.each(stories)('%s', (_, story) => {
  const diagram = placeStory(story, 900)

  test('fits, and no card covers another', () => {
    for (const [i, box] of diagram.boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(diagram.width)
      expect(box.y + box.height).toBeLessThanOrEqual(diagram.height)
      for (const other of diagram.boxes.slice(i + 1)) expect(overlap(box, other)).toBe(false)
    }
  })

  test('no label hides a card or another label', () => {
    const labels = diagram.arrows.map(({plate}) => plate)
    for (const [i, label] of labels.entries()) {
      for (const box of diagram.boxes) expect(overlap(label, box)).toBe(false)
      for (const other of labels.slice(i + 1)) expect(overlap(label, other)).toBe(false)
    }
  })

  test('each arrow ends at the line that it orders', () => {
    story.arrows.forEach(({to, toLine}, at) => {
      const [, y] = /^M[\d.-]+ ([\d.-]+)/.exec(diagram.arrows[at]!.head)!
      const box = diagram.boxes[to]!
      expect(Number(y)).toBeCloseTo(box.y + 28 + toLine * 20 + 10)
    })
  })
})

test('long words do not make a card wider than a page can show', () => {
  const wide: StoryCard = {...card(0, 1), lines: [{text: 'append x '.padEnd(400, '9')}]}
  const {boxes} = placeStory({...ring(2), cards: [wide, card(1, 2)]}, 900)
  expect(boxes[0]!.width).toBeLessThanOrEqual(360)
})
