import {expect, test} from 'vitest'
import type {Json, Message} from '../../core/node.ts'
import {Coverage, fingerprintOf} from './coverage.ts'

type Status = Readonly<Record<string, Json>>

/** Nodes n1, n2, … with these statuses; null is silence. */
function fingerprint(...statuses: readonly (Status | null)[]): number {
  const answers = statuses.map((status): Message | undefined =>
    status === null ? undefined : {type: 'status', ...status},
  )
  return fingerprintOf(new Map(answers.map((answer, i) => [`n${i + 1}`, answer])))
}

const leader = {role: 'leader', term: 3, leader: 'n1', lastIndex: 9}
const follower = {role: 'follower', term: 3, leader: 'n1', lastIndex: 9}
const calm = fingerprint(leader, follower, follower)

test('the same situation at other numbers, or with nodes changed about, is not new', () => {
  const later = {term: 8, lastIndex: 500}
  expect(fingerprint({...leader, ...later}, {...follower, ...later}, {...follower, ...later})).toBe(calm)
  const about = {leader: 'n2'}
  expect(fingerprint({...follower, ...about}, {...leader, ...about}, {...follower, ...about})).toBe(calm)
  // What messages under way explain.
  expect(fingerprint({...leader, inFlight: 3}, follower, {...follower, lastIndex: 7})).toBe(calm)
})

test('roles, the order of terms, logs that are far behind, and silence make it new', () => {
  const situations = [
    calm,
    fingerprint(leader, follower, null),
    fingerprint(leader, {...follower, role: 'candidate'}, follower),
    fingerprint(leader, {...follower, role: 'leader'}, follower),
    fingerprint(leader, {...follower, term: 4}, follower),
    fingerprint(leader, {...follower, lastIndex: 4}, follower),
    fingerprint({...leader, lastIndex: 99}, follower, follower),
    fingerprint(leader, {...follower, leader: null}, follower),
    fingerprint(leader, follower, {...follower, leader: 'n2'}),
    fingerprint({...leader, members: ['n1', 'n2']}, follower, follower),
    fingerprint(leader, follower),
  ]
  expect(new Set(situations).size).toBe(situations.length)
})

test('coverage counts what is new', () => {
  const coverage = new Coverage()
  expect(coverage.add([1, 2, 2])).toBe(2)
  expect(coverage.add([2, 3])).toBe(1)
  expect(coverage.size).toBe(3)
})

test('coverage weighs what a run has seen by how few have', () => {
  const coverage = new Coverage()
  coverage.add([1, 2, 2])
  coverage.add([2, 3])
  expect(coverage.rarity([1, 2])).toBe(1.5)
  expect(coverage.rarity([2])).toBe(0.5)
})
