/** When a standby takes over, and when it must not. Nodes are n1, the primary, n2 and n3. */
import {expect, test} from 'vitest'
import {type Decision, decide, GONE_MS, type Known, LOST_MS, STUCK_MS} from './decision.ts'
import type {Report} from './status.ts'

const primary: Report = {
  standby: false,
  closed: false,
  timeline: 1,
  applied: 100,
  kept: 100,
  streaming: false,
  source: null,
  followers: [
    {name: 'n2', streaming: true, kept: 100},
    {name: 'n3', streaming: true, kept: 90},
  ],
}
const standby: Report = {...primary, standby: true, closed: true, streaming: true, source: 1, followers: []}

/** All is well; what is different is told. */
function known({
  unheardMs = {},
  strayMs = {},
  reports = {},
  ...rest
}: Partial<Omit<Known, 'unheardMs' | 'strayMs' | 'reports'>> & {
  unheardMs?: Record<string, number>
  strayMs?: Record<string, number>
  reports?: Record<string, Report | undefined>
}): Known {
  return {
    nodes: ['n1', 'n2', 'n3'],
    primary: 'n1',
    heir: 'n2',
    waitsForStandby: true,
    reports: new Map(Object.entries({n1: primary, n2: standby, n3: standby, ...reports})),
    unheardMs: (node) => unheardMs[node] ?? 0,
    strayMs: (node) => strayMs[node] ?? 0,
    trusted: new Set(['n1', 'n2', 'n3']),
    outside: new Set(),
    rebuilding: new Set(),
    tidies: true,
    ...rest,
  }
}

const silent = {n2: LOST_MS, n3: LOST_MS}
const takeOver: Decision = {kind: 'fail-over', to: 'n2'}
const without = (...names: string[]): Report => ({
  ...primary,
  followers: primary.followers.filter(({name}) => !names.includes(name)),
})

test('while all is well nothing is done', () => {
  expect(decide(known({}))).toEqual([])
})

test('the heir takes over once no standby hears the primary', () => {
  expect(decide(known({unheardMs: silent, reports: {n1: undefined}}))).toEqual([takeOver])
  // It may be well and only cut off.
  expect(decide(known({unheardMs: silent}))).toEqual([takeOver])
})

test('as long as one standby hears the primary nobody takes over', () => {
  expect(decide(known({unheardMs: {n2: LOST_MS}}))).toEqual([])
})

test('what a dead standby hears does not count', () => {
  expect(decide(known({unheardMs: silent, reports: {n3: undefined}}))).toEqual([takeOver])
})

test.each([
  ['it is dead', {reports: {n2: undefined}}],
  ['nobody is known to have all that was acknowledged', {heir: undefined}],
])('nobody but the heir takes over: %s', (_, different) => {
  expect(decide(known({unheardMs: silent, ...different}))).not.toContainEqual(
    expect.objectContaining({kind: 'fail-over'}),
  )
})

test('one that has more than the heir takes over in its place, if it is known to have the same log', () => {
  const reports = {n1: undefined, n3: {...standby, kept: 200}}
  expect(decide(known({unheardMs: silent, reports}))).toEqual([{kind: 'fail-over', to: 'n3'}])
  expect(decide(known({unheardMs: silent, reports, trusted: new Set(['n2'])}))).toEqual([takeOver])
  expect(decide(known({unheardMs: silent, reports: {...reports, n2: undefined}}))).toEqual([])
})

test('where no commit waits, whoever has most takes over', () => {
  const reports = {n2: standby, n3: {...standby, kept: 200}}
  expect(decide(known({waitsForStandby: false, heir: undefined, unheardMs: silent, reports}))).toEqual([
    {kind: 'fail-over', to: 'n3'},
  ])
})

test('another heir is named when the heir is gone for long, and follows whom nobody sees', () => {
  const gone = {n1: without('n2'), n2: undefined}
  expect(decide(known({reports: gone, strayMs: {n2: GONE_MS - 1}}))).toEqual([])
  expect(decide(known({reports: gone, strayMs: {n2: GONE_MS}}))).toEqual([{kind: 'name-heir', heir: 'n3'}])
  expect(decide(known({reports: {...gone, n1: without('n2', 'n3')}, strayMs: {n2: GONE_MS}}))).toEqual([])
})

test('a primary is opened once its heir has all of its log', () => {
  const closed = {...primary, closed: true}
  expect(decide(known({reports: {n1: closed}}))).toEqual([{kind: 'open'}])
  expect(decide(known({reports: {n1: {...closed, applied: 101}}}))).toEqual([])
  expect(decide(known({reports: {n1: {...without('n2'), closed: true}}}))).toEqual([])
})

test('who was to take over and is a standby yet is promoted', () => {
  expect(decide(known({primary: 'n2', heir: undefined, reports: {n1: undefined}}))).toEqual([{kind: 'promote'}])
})

test('a node is made anew where it could follow and does not', () => {
  const anew: Decision = {kind: 'rebuild', node: 'n3'}
  expect(decide(known({strayMs: {n3: STUCK_MS}}))).toEqual([anew])
  expect(decide(known({strayMs: {n3: STUCK_MS}, unheardMs: {n3: LOST_MS}}))).toEqual([])
  expect(decide(known({strayMs: {n3: STUCK_MS}, rebuilding: new Set(['n3'])}))).toEqual([])
})

test('a dead node is started by who ended it', () => {
  const reports = {n3: undefined}
  expect(decide(known({reports, strayMs: {n3: STUCK_MS}}))).toEqual([])
  expect(decide(known({reports, outside: new Set(['n3'])}))).toEqual([{kind: 'rebuild', node: 'n3'}])
})

test('an old primary goes on until somebody tidies up', () => {
  const reports = {n3: primary}
  expect(decide(known({reports, tidies: false}))).toEqual([])
  expect(decide(known({reports}))).toEqual([{kind: 'rebuild', node: 'n3'}])
})
