/** Which node is told to make a primary component, and when none is. */
import {expect, test} from 'vitest'
import {furthest, type Standing} from './quorum.ts'

const at = (seqno: number, more: Partial<Standing> = {}): Standing => ({primary: false, size: 3, seqno, ...more})
const of = (...standings: (Standing | undefined)[]) =>
  furthest(new Map(standings.map((each, i) => [`n${i + 1}`, each])))

test('the one that has come furthest, where all see each other and none is primary', () => {
  expect(of(at(7), at(9), at(8))).toBe('n2')
  expect(of(at(-1), at(-1), at(-1))).toBe('n1')
})

test('nobody, where one is missing, parted from the others, or primary: what was acknowledged may be only there', () => {
  expect(of(at(7), undefined, at(8))).toBeUndefined()
  expect(of(at(7, {size: 2}), at(9), at(8))).toBeUndefined()
  expect(of(at(7, {primary: true}), at(9), at(8))).toBeUndefined()
})
