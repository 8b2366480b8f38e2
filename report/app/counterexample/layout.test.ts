import {expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {type Diagram, type DrawnOperation, realTimeDiagram, warpedDiagram} from './layout.ts'

/** `a 1 5`: an operation from 1 to 5; without an end it never ended. */
function operations(...lines: string[]): DrawnOperation[] {
  return lines.map((line, row) => {
    const [, start, end] = line.split(' ')
    return {
      row,
      lane: row,
      startNs: Number(start),
      endNs: end === undefined ? Number.POSITIVE_INFINITY : Number(end),
      labelWidth: 80,
      captionWidth: 60,
    }
  })
}

/** What must hold of any drawing. */
function check(diagram: Diagram, drawn: readonly DrawnOperation[], order: readonly number[]): void {
  const boxOf = (row: number) => diagram.boxes.find((box) => box.row === row)!
  for (const left of drawn) {
    expect(boxOf(left.row).x + boxOf(left.row).width).toBeLessThanOrEqual(diagram.width)
    for (const right of drawn) {
      // One that ended before another began stands left of it; concurrent ones overlap.
      const [a, b] = [boxOf(left.row), boxOf(right.row)]
      if (left.endNs < right.startNs) expect(a.x + a.width).toBeLessThan(b.x)
      else if (right.endNs >= left.startNs) expect(a.x).toBeLessThanOrEqual(b.x + b.width)
    }
  }
  expect(diagram.points.map((point) => point.row)).toEqual(order)
  for (const [step, point] of diagram.points.entries()) {
    const box = boxOf(point.row)
    expect(point.x).toBeGreaterThanOrEqual(box.x)
    expect(point.x).toBeLessThanOrEqual(box.x + box.width)
    if (step > 0) expect(point.x).toBeGreaterThan(diagram.points[step - 1]!.x)
  }
}

test('the example of the documentation', () => {
  const drawn = operations('w3 288 310', 'w7 480 497', 'r7 501 506', 'w9 508', 'r3 511 519')
  const diagram = warpedDiagram(drawn, [0, 1, 2, 3], 900)
  check(diagram, drawn, [0, 1, 2, 3])
  expect(diagram.width).toBe(900)
  for (const box of diagram.boxes) expect(box.width).toBeGreaterThanOrEqual(80)
  expect(diagram.boxes[3]).toMatchObject({open: true})
  expect(diagram.x(0)).toBe(0)
  expect(diagram.x(1e9)).toBe(900)
})

test('what stands below a bar fits on the page', () => {
  const drawn = operations('a 1 2', 'b 3 4').map((each) => ({...each, captionWidth: 300}))
  for (const diagram of [warpedDiagram(drawn, [0, 1], 600), realTimeDiagram(drawn, [0, 1], 600)]) {
    for (const box of diagram.boxes) expect(box.x + 300).toBeLessThanOrEqual(diagram.width)
  }
})

test('any valid order of any operations can be drawn', () => {
  const random = createRandom('layout')
  for (let round = 0; round < 300; round++) {
    const points = Array.from({length: 1 + random.int(9)}, () => random.int(1000)).sort((left, right) => left - right)
    const drawn = points.map((point, row): DrawnOperation => {
      const endNs = random.chance(0.2) ? Number.POSITIVE_INFINITY : point + 1 + random.int(200)
      const labelWidth = 40 + random.int(200)
      return {row, lane: row, startNs: point - random.int(200), endNs, labelWidth, captionWidth: random.int(200)}
    })
    // Taking effect at `points` is an order by construction.
    const order = drawn.map((each) => each.row)
    check(warpedDiagram(drawn, order, 200 + random.int(2000)), drawn, order)
  }
})

test('on the plain axis distances are times', () => {
  const drawn = operations('a 0 100', 'b 200 300')
  const [a, b] = realTimeDiagram(drawn, [0, 1], 900).boxes
  expect(b!.x - a!.x).toBeCloseTo(2 * a!.width, 5)
})
