import {expect, test} from 'vitest'
import {NOOP} from '../state-machine/command.ts'
import {Leadership} from './leadership.ts'

const ballot = {round: 3, node: 'n1'}
const client = {request: 'r1', attempt: 1}

/** A leader of five nodes whose next free slot is 5. */
function leader() {
  return new Leadership(ballot, 3, {proposals: [{slot: 4, command: NOOP}], next: 5})
}

test('commands get slots in order, after the agenda', () => {
  const it = leader()
  expect([it.propose(NOOP, client).slot, it.propose(NOOP, client).slot, it.inFlight]).toEqual([5, 6, 3])
})

test('a slot lands when a majority has accepted it, and once', () => {
  const it = leader()
  for (const node of ['n1', 'n2', 'n2']) it.accepted(node, [4])
  expect(it.land(4)).toBeUndefined()
  it.accepted('n5', [4, 99])
  expect(it.land(4)).toMatchObject({slot: 4, client: undefined})
  expect([it.land(4), it.inFlight]).toEqual([undefined, 0])
})

test('clients of commands in flight can be told', () => {
  const it = leader()
  it.propose(NOOP, client)
  expect(it.clients()).toEqual([client])
})

test('what a peer left unanswered is due again after so many ticks', () => {
  const it = leader()
  it.accepted('n2', [4])
  const due = (peer: string, limit = 9) => it.overdue(peer, 2, limit).map(({slot}) => slot)
  it.tick()
  it.propose(NOOP, client)
  expect(due('n3')).toEqual([])
  it.tick()
  expect([due('n2'), due('n3')]).toEqual([[], [4]])
  it.resent(2)
  it.tick()
  expect([due('n2'), due('n3')]).toEqual([[5], [5]])
  it.tick()
  expect([due('n3'), due('n3', 1)]).toEqual([[4, 5], [4]])
})

test('hearing no majority for so many ticks', () => {
  const it = leader()
  it.tick()
  it.tick()
  expect(it.hearsMajority(2), 'a new leader has time').toBe(true)
  it.accepted('n2', [])
  it.accepted('n3', [])
  it.tick()
  it.tick()
  expect(it.hearsMajority(2)).toBe(true)
  it.accepted('n4', [])
  it.accepted('n1', [4])
  it.tick()
  expect(it.hearsMajority(2), 'only n4 answered lately, and we ourselves').toBe(false)
})
