/** The drawing of a witness: what is on it whatever its size, and what is left out. */
import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {Style} from './style.ts'
import {drawWitness} from './witness.ts'

const style = new Style(false)

/** `count` writes one after another, then a read; `stepNs` apart. */
function record(count: number, stepNs: number, answer: unknown) {
  const ops: Op[] = []
  const op = (type: Op['type'], f: string, value: unknown) => {
    ops.push({index: ops.length, timeNs: ops.length * stepNs, type, process: 0, f, value})
  }
  for (let i = 0; i < count; i++) {
    op('invoke', 'write', i)
    op('ok', 'write', i)
  }
  op('invoke', 'read', null)
  op('ok', 'read', answer)
  return history(ops)
}

function draw(of: ReturnType<typeof record>) {
  const operations = of.operations.map(({invoke}) => invoke.index)
  const impossible = operations.at(-1)!
  const counterexample = {operations, impossible, states: [], linearizations: []}
  return drawWitness({type: 'x', sentence: 'x', witness: operations, counterexample}, of, style)
}

test('the impossible operation is drawn however many there are before it', () => {
  const lines = draw(record(40, 1_000_000, 3))
  expect(lines).toHaveLength(15)
  expect(lines[13]).toMatch(/^#80 p0 {2}read → 3 .*✘ no order explains this$/)
  expect(lines[14]).toContain('… and 27 more operations')
})

test('seconds are shown where there are times, and not made up where there are none', () => {
  expect(draw(record(2, 1_000_000, 1))[0]).toMatch(/ 0\.000 ├─+┤ +0\.001 {2}ok$/)
  expect(draw(record(2, 1, 1))[0]).toMatch(/^#0 p0 {2}write 0 {3}├─+┤ +ok$/)
})

test('a long value is shown by both ends', () => {
  const [, , line] = draw(record(2, 1, 'abc '.repeat(50)))
  expect(line).toMatch(/read → "abc abc .*….* abc "/)
  expect(line!.length).toBeLessThan(160)
})
