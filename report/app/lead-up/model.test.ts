/** A leader that is cut off and does not know that it was replaced: the lead-up must say exactly that, and no more. */
import {expect, test} from 'vitest'
import type {NodeEvent} from '../../../core/cluster.ts'
import {History} from '../../../core/history.ts'
import type {Message} from '../../../core/node.ts'
import type {Op} from '../../../core/op.ts'
import {marksOf} from '../../events.ts'
import {faultsOf} from '../../faults.ts'
import {leadershipsOf} from '../../leadership.ts'
import type {Payload} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import {tableOf} from '../data/table.fixture.ts'
import {leadUpOf} from './model.ts'
import {statesOf} from './states.ts'
import {summaryOf} from './summary.ts'

const MS = 1e6
const NODES = ['n1', 'n2', 'n3']

/** One operation: `from` to `to` in ms, answered by `node`. */
const op = (process: number, f: string, value: unknown, node: string, from: number, to: number): Op[] => [
  {index: 0, timeNs: from * MS, type: 'invoke', process, f, key: 'x', value: f === 'read' ? null : value, node} as Op,
  {index: 0, timeNs: to * MS, type: 'ok', process, f, key: 'x', value, node} as Op,
]

/** A partition that cuts n1 off: asked for, done, and the same for its end. */
function partition(asked: number, done: number, healing?: number, healed?: number): Op[] {
  const value = {
    description: '{n1} | {n2 n3}',
    victims: ['n1'],
    proof: {verified: true, evidence: 'silent'},
    links: ['n2', 'n3'].flatMap((other) => [
      {from: 'n1', to: other},
      {from: other, to: 'n1'},
    ]),
  }
  const at = (ms: number, f: string) =>
    ({index: 0, timeNs: ms * MS, type: 'info', process: 'nemesis:partition', f, value}) as unknown as Op
  const begins = [at(asked, 'start-partition'), at(done, 'start-partition')]
  if (healing === undefined || healed === undefined) return begins
  return [...begins, at(healing, 'stop-partition'), at(healed, 'stop-partition')]
}

const event = (ms: number, node: string, event: Message): NodeEvent => ({timeNs: ms * MS, node, event})

const EVENTS = [
  event(10, 'n1', {type: 'leader', term: 1}),
  event(130, 'n2', {type: 'candidate', term: 2, to: ['n1', 'n3']}),
  event(131, 'n3', {type: 'vote', term: 2, to: 'n2', granted: true}),
  event(132, 'n2', {type: 'leader', term: 2}),
  event(133, 'n2', {type: 'commit', index: 64}),
  event(134, 'n3', {type: 'follower', term: 2, leader: 'n2'}),
]

async function scene(ops: readonly Op[], events: readonly NodeEvent[] = EVENTS) {
  const inOrder = [...ops].sort((left, right) => left.timeNs - right.timeNs).map((each, index) => ({...each, index}))
  const {faults} = new History(inOrder)
  const endNs = inOrder.at(-1)!.timeNs
  const payload = {
    nodes: NODES,
    faults: faultsOf(faults, inOrder),
    leaderships: leadershipsOf(events, faults, endNs),
    marks: marksOf(events),
  } as unknown as Payload
  const table = await tableOf(inOrder)
  const indices = inOrder.filter(({type}) => type === 'invoke').map(({index}) => index)
  const impossible = indices.at(-1)!
  const anomaly = {type: 'stale-read', sentence: '', witness: indices}
  const each = {anomaly, counterexample: {operations: indices, impossible}, indices} as unknown as Case
  const leadUp = leadUpOf(table, payload, each)
  const lines = leadUp?.rows.map(({ns, text}) => `${(ns / MS).toFixed(0)} ${text}`) ?? []
  return {payload, leadUp, lines, summary: leadUp === undefined ? [] : summaryOf(table, payload, each, leadUp)}
}

const STALE = [
  ...op(0, 'write', 1, 'n1', 50, 52),
  ...op(1, 'write', 2, 'n2', 200, 203),
  ...op(2, 'read', 1, 'n1', 400, 404),
]

test('fault, election, the write that was missed and the answer stand in the order of time', async () => {
  const {lines, leadUp} = await scene([...STALE, ...partition(100, 120)])
  expect(lines).toEqual([
    '10 n1 becomes leader of term 1',
    '52 #0 write x 1, 2.00 ms',
    '100 partition {n1} | {n2 n3} begins, in force from 0.120 s at the latest',
    '130 n2 asks for votes in term 2; this cannot reach n1',
    '131 n3 votes for n2 in term 2',
    '132 n2 becomes leader of term 2',
    '134 n3 follows n2 in term 2',
    '203 #4 write x 2, 3.00 ms',
    '203 n1 cannot learn of #4: n2 → n1 is cut',
    '404 #6 read x → 1, 4.00 ms',
  ])
  expect(leadUp!.lanes.map(({name}) => name)).toEqual(['p0', 'p1', 'p2', 'n1', 'n2', 'n3'])
  const arrows = leadUp!.rows.flatMap((row) => row.arrows.map(({from, to, kind}) => `${from} ${to} ${kind}`))
  expect(arrows).toContain('n2 n1 lost')
  expect(arrows).toContain('n3 n2 message')
  expect(leadUp!.rows.filter((row) => row.wrong === true).map((row) => row.text)).toEqual(['#6 read x → 1, 4.00 ms'])
})

test('it is summed up in two sentences', async () => {
  const {summary} = await scene([...STALE, ...partition(100, 120)])
  expect(summary).toEqual([
    'n1 answered #6 280 ms after it was cut off (partition {n1} | {n2 n3}).',
    'n1 still took itself for the leader of term 1 although n2 had led term 2 for 268 ms.',
    'n1 could not learn of #4.',
  ])
})

test('a cut that was being undone before the answer is not said to have lasted until then', async () => {
  const {lines, summary} = await scene([...STALE, ...partition(100, 120, 390, 410)])
  expect(lines).toContain('203 n1 cannot learn of #4: n2 → n1 is cut until 0.390 s')
  expect(summary.at(-1)).toBe('n1 could not learn of #4 until 10.0 ms before that answer was asked for.')
})

test('without a cut nothing is said to be missed', async () => {
  const {lines, summary} = await scene(STALE)
  expect(lines.filter((line) => line.includes('cannot'))).toEqual([])
  expect(summary.join(' ')).not.toMatch(/cut|learn/)
})

test('of a cut that was not in force for certain it is only said that the write may have been missed', async () => {
  const {lines, summary} = await scene([...STALE, ...partition(190, 210)])
  expect(lines).toContain('203 n1 may have missed #3: n2 → n1 was being cut or healed')
  expect(summary.join(' ')).not.toContain('learn')
})

test('a write that went around by another node, or to the answering node itself, is not said to be missed', async () => {
  const nearby = [
    ...op(0, 'write', 1, 'n3', 150, 160),
    ...op(1, 'write', 2, 'n2', 200, 203),
    ...op(2, 'read', 1, 'n1', 400, 404),
  ]
  // n1 and n3 hear each other; n2 is cut off from n1 only.
  const cutOf = (each: Op) => {
    const {value} = each as {value: {links?: unknown}}
    return value?.links === undefined
      ? each
      : ({
          ...each,
          value: {
            ...value,
            links: [
              {from: 'n2', to: 'n1'},
              {from: 'n1', to: 'n2'},
            ],
          },
        } as unknown as Op)
  }
  const {lines} = await scene([...nearby, ...partition(100, 120).map(cutOf)])
  expect(lines.filter((line) => line.includes('cannot learn'))).toEqual([])
})

test('a node that was down all the while is said to be', async () => {
  const value = {description: 'kill n1', victims: ['n1'], proof: {verified: true, evidence: 'gone'}}
  const at = (ms: number, f: string) =>
    ({index: 0, timeNs: ms * MS, type: 'info', process: 'nemesis:kill', f, value}) as unknown as Op
  const kill = [at(100, 'start-kill'), at(120, 'start-kill'), at(300, 'stop-kill'), at(310, 'stop-kill')]
  const {lines} = await scene([...STALE, ...kill])
  expect(lines).toContain('203 n1 cannot learn of #4: kill n1')
})

test('what happened between request and answer stands between them', async () => {
  const slow = [...op(0, 'write', 1, 'n1', 50, 140), ...op(2, 'read', 7, 'n2', 400, 401)]
  const {lines} = await scene(slow)
  expect(lines[0]).toBe('10 n1 becomes leader of term 1')
  expect(lines[1]).toBe('50 #0 write x asked')
  expect(lines[lines.length - 2]).toBe('140 #0 write x 1, answered after 90.0 ms')
})

test('what one node says again and again is one row', async () => {
  const again = Array.from({length: 5}, (_, i) =>
    event(150 + 40 * i, 'n1', {type: 'candidate', term: 1, preVote: true}),
  )
  const {lines} = await scene(STALE, [...EVENTS, ...again])
  expect(lines).toContain('150 n1 hears no leader, asks whether it could be elected (again 4 times, until 0.310 s)')
})

test('a large witness keeps what matters, and says what it leaves out', async () => {
  const flood = Array.from({length: 60}, (_, i) => event(140 + i, `n${(i % 3) + 1}`, {type: 'probe', round: i}))
  const {leadUp, lines} = await scene([...STALE, ...partition(100, 120)], [...EVENTS, ...flood])
  expect(leadUp!.rows.length).toBe(34)
  expect(leadUp!.omitted).toBe(36)
  expect(lines).toContain('203 n1 cannot learn of #4: n2 → n1 is cut')
  expect(lines).toContain('132 n2 becomes leader of term 2')
})

test('operations without nodes have no lead-up', async () => {
  const {leadUp} = await scene(STALE.map(({node: _, ...each}) => each as Op))
  expect(leadUp).toBeUndefined()
})

test('states of a node: leading and cut off at once', async () => {
  const {payload} = await scene([...STALE, ...partition(100, 120)])
  expect(statesOf(payload, 'n1', 50 * MS)).toEqual(['leader'])
  expect(statesOf(payload, 'n1', 200 * MS)).toEqual(['leader', 'cut'])
  expect(statesOf(payload, 'n3', 200 * MS)).toEqual([])
})
