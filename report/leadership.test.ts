import {expect, test} from 'vitest'
import type {NodeEvent} from '../core/cluster.ts'
import type {FaultWindow} from '../core/history.ts'
import {leadershipsOf} from './leadership.ts'

const event = (timeNs: number, node: string, type: string, term?: number): NodeEvent => ({
  timeNs,
  node,
  event: term === undefined ? {type} : {type, term},
})

const kill = (node: string, startNs: number): FaultWindow => ({
  fault: 'kill',
  startIndex: 0,
  endIndex: undefined,
  askedNs: startNs,
  startNs,
  endNs: Number.POSITIVE_INFINITY,
  description: '',
  victims: [node],
  verified: true,
  proof: '',
})

test('a leadership lasts until the node says otherwise, dies, or the run ends', () => {
  const events = [
    event(10, 'n1', 'leader', 1),
    event(15, 'n1', 'commit', 1),
    event(20, 'n1', 'follower', 2),
    event(30, 'n2', 'leader', 2),
    event(50, 'n3', 'leader', 3),
  ]
  expect(leadershipsOf(events, [kill('n2', 40)], 100)).toEqual([
    {node: 'n1', startNs: 10, endNs: 20, term: '1'},
    {node: 'n2', startNs: 30, endNs: 40, term: '2'},
    {node: 'n3', startNs: 50, endNs: 100, term: '3'},
  ])
})

test('two may lead at once: that is what there is to see', () => {
  const leaderships = leadershipsOf(
    [event(10, 'n1', 'leader', 4), event(20, 'n3', 'leader', 5), event(60, 'n1', 'deposed')],
    [],
    100,
  )
  expect(leaderships.map(({node, startNs, endNs}) => [node, startNs, endNs])).toEqual([
    ['n1', 10, 60],
    ['n3', 20, 100],
  ])
})

test('a new term of the same leader is a new leadership; a repeated event is not', () => {
  const events = [event(1, 'n1', 'leader', 1), event(2, 'n1', 'leader', 1), event(3, 'n1', 'leader', 2)]
  expect(leadershipsOf(events, [], 9).map(({term, startNs}) => [term, startNs])).toEqual([
    ['1', 1],
    ['2', 3],
  ])
})

test('roles in a field count too', () => {
  const role = (timeNs: number, name: string): NodeEvent => ({timeNs, node: 'n1', event: {type: 'role', role: name}})
  expect(leadershipsOf([role(1, 'leader'), role(5, 'follower')], [], 9)).toEqual([
    {node: 'n1', startNs: 1, endNs: 5, term: ''},
  ])
})
