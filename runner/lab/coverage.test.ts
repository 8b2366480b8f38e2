import {expect, test} from 'vitest'
import type {Json, Message} from '../../core/node.ts'
import {Coverage, fingerprintOf, type Glimpse} from './coverage.ts'

type Status = Readonly<Record<string, Json>>

/** Nodes n1, n2, … with these statuses; null is silence. */
function glimpse(statuses: readonly (Status | null)[], rest: Partial<Glimpse> = {}): Glimpse {
  const answers = statuses.map((status): Message | undefined =>
    status === null ? undefined : {type: 'status', ...status},
  )
  return {
    statuses: new Map(answers.map((answer, i) => [`n${i + 1}`, answer])),
    faults: [],
    waiting: 0,
    planned: 0,
    ...rest,
  }
}

const leader = {role: 'leader', term: 3, leader: 'n1', lastIndex: 9}
const follower = {role: 'follower', term: 3, leader: 'n1', lastIndex: 9}
const calm = fingerprintOf(glimpse([leader, follower, follower]))

test('the same situation at other numbers, or with nodes changed about, is not new', () => {
  const later = {term: 8, lastIndex: 500}
  expect(
    fingerprintOf(
      glimpse([
        {...leader, ...later},
        {...follower, ...later},
        {...follower, ...later},
      ]),
    ),
  ).toBe(calm)
  const about = [
    {...follower, leader: 'n2'},
    {...leader, leader: 'n2'},
    {...follower, leader: 'n2'},
  ]
  expect(fingerprintOf(glimpse(about))).toBe(calm)
})

test('roles, the order of terms and logs, silence, faults and queues make it new', () => {
  const situations = [
    glimpse([leader, follower, follower]),
    glimpse([leader, follower, null]),
    glimpse([leader, {...follower, role: 'candidate'}, follower]),
    glimpse([leader, {...follower, term: 4}, follower]),
    glimpse([leader, {...follower, lastIndex: 7}, follower]),
    glimpse([leader, {...follower, leader: null}, follower]),
    glimpse([leader, follower, {...follower, leader: 'n2'}]),
    glimpse([leader, follower, follower], {faults: ['kill']}),
    glimpse([leader, follower, follower], {waiting: 1}),
    glimpse([leader, follower, follower], {planned: 4}),
    glimpse([{...leader, inFlight: 3}, follower, follower]),
    glimpse([leader, follower]),
  ]
  expect(new Set(situations.map(fingerprintOf)).size).toBe(situations.length)
  expect(fingerprintOf(glimpse([leader, follower, follower], {planned: 7}))).toBe(fingerprintOf(situations[9]!))
})

test('coverage counts what is new', () => {
  const coverage = new Coverage()
  expect(coverage.add([1, 2, 2])).toBe(2)
  expect(coverage.add([2, 3])).toBe(1)
  expect(coverage.size).toBe(3)
})
