import {expect, test} from 'vitest'
import type {EventMark, PayloadFault} from '../../payload.ts'
import {linesOf} from './lines.ts'

const MS = 1e6
const mark = (node: string, atMs: number, words: string): EventMark => ({
  node,
  timeNs: atMs * MS,
  type: 'x',
  text: '',
  words,
})
const partition = {fault: 'partition', description: '{n1} | {n2}', askedNs: 20 * MS, healingNs: 60 * MS} as PayloadFault

test('events, faults and the moment stand between the lines, each at its time', () => {
  const log = {
    node: 'n1',
    lines: [
      [10 * MS, 'up'],
      [null, 'no time'],
      [30 * MS, 'follows n2'],
    ] as const,
  }
  const marks = [mark('n1', 15, 'votes for n2'), mark('n1', 30.2, 'follows n2'), mark('n2', 16, 'leads')]
  const lines = linesOf(log, marks, [partition], {ns: 25 * MS, text: 'here'})
  expect(lines.map(({kind, text}) => `${kind}: ${text}`)).toEqual([
    'printed: up',
    'printed: no time',
    'event: votes for n2',
    'fault: begins: partition {n1} | {n2}',
    'here: here',
    'printed: follows n2',
    'fault: undone: partition {n1} | {n2}',
  ])
})

test('a node that prints nothing still has its events', () => {
  expect(linesOf({node: 'n1', lines: []}, [mark('n1', 5, 'leads')], [], undefined)).toEqual([
    {ns: 5 * MS, text: 'leads', kind: 'event'},
  ])
})

test('what was left out is counted in place', () => {
  const lines = [[null, '', 7]] as const
  expect(linesOf({node: 'n1', lines}, [], [], undefined)[0]).toEqual({ns: null, text: '7 lines left out', kind: 'gap'})
})
