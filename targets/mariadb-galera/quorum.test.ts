/** Which node makes a primary component again, how, and when none does. */
import {expect, test} from 'vitest'
import {remedy, type Standing} from './quorum.ts'

const at = (seqno: number, more: Partial<Standing> = {}): Standing => ({
  ...{answers: true, primary: false, size: 3, seqno},
  ...more,
})
const shut = (seqno: number) => at(seqno, {answers: false, size: 0})
const of = (...standings: Standing[]) => {
  const found = remedy(new Map(standings.map((each, i) => [`n${i + 1}`, each])))
  return found && `${found.node} by ${found.by}`
}

test('the one that has come furthest is told to, where all see each other and none is primary', () => {
  expect(of(at(7), at(9), at(8))).toBe('n2 by order')
  expect(of(at(-1), at(-1), at(-1))).toBe('n1 by order')
  expect(of(shut(7), at(9), shut(8))).toBe('n2 by order')
  expect(of(shut(9), at(9), shut(8))).toBe('n2 by order')
})

test('it is started as the first where it lets nobody in', () => {
  expect(of(shut(7), shut(9), shut(8))).toBe('n2 by start')
  expect(of(at(7), shut(9), at(8))).toBe('n2 by start')
})

test('nobody, where one is parted from the others, or primary: what was acknowledged may be only there', () => {
  expect(of(at(7, {size: 2}), at(9), shut(8))).toBeUndefined()
  expect(of(at(7, {primary: true}), at(9), at(8))).toBeUndefined()
})
