import {expect, it} from 'vitest'
import {history} from '../../core/history.ts'
import {allLinks, type Link, linksBetween} from '../../core/network.ts'
import type {Op} from '../../core/op.ts'
import {members} from './members.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']
const without = (...gone: string[]) => NODES.filter((node) => !gone.includes(node))

/** From when to when, in s; without an end it is still in force. */
type Fault = {
  readonly fault: string
  readonly from: number
  readonly to?: number
  readonly victims: readonly string[]
  readonly links?: readonly Link[]
}
type Read = {readonly at: number; readonly node: string; readonly lists: readonly string[]; readonly final?: boolean}

function record(faults: readonly Fault[], reads: readonly Read[]) {
  const ops: Omit<Op, 'index'>[] = []
  for (const {fault, from, to, victims, links} of faults) {
    const value = {description: '', victims, ...(links ? {links} : {}), proof: {verified: true, evidence: ''}}
    const process = `nemesis:${fault}` as const
    const step = (f: string, second: number) =>
      ops.push(
        {timeNs: second * 1e9, type: 'info', process, f, value: null},
        {timeNs: second * 1e9, type: 'info', process, f, value},
      )
    step(`start-${fault}`, from)
    if (to !== undefined) step(`stop-${fault}`, to)
  }
  reads.forEach(({at, node, lists, final}, process) => {
    const common = {process, f: 'members', node, ...(final ? {final} : {})}
    ops.push({timeNs: at * 1e9, type: 'invoke', value: null, ...common})
    ops.push({timeNs: at * 1e9 + 1e6, type: 'ok', value: lists, ...common})
  })
  // Sorting is stable: what begins and ends at one time stays in order.
  ops.sort((left, right) => left.timeNs - right.timeNs)
  return history(ops.map((op, index) => ({...op, index})))
}

const pair: Link[] = linksBetween(['n1'], ['n2']).concat(linksBetween(['n2'], ['n1']))
const alone = allLinks(NODES).filter(({from, to}) => from === 'n5' || to === 'n5')
const short = {from: 10, to: 10.3}
const long = {from: 10, to: 14}

it.each<[string, readonly Fault[], Read, string[]]>([
  ['all live', [], {at: 12, node: 'n1', lists: NODES}, []],
  ['nothing is wrong with anybody', [], {at: 12, node: 'n1', lists: without('n3')}, ['false-death']],
  [
    'a path between two is cut',
    [{fault: 'partition', ...long, victims: ['n1'], links: pair}],
    {at: 13, node: 'n1', lists: without('n2')},
    ['false-death'],
  ],
  [
    'a node is alone',
    [{fault: 'partition', ...long, victims: ['n5'], links: alone}],
    {at: 13, node: 'n1', lists: without('n5')},
    [],
  ],
  [
    'a node was alone, a moment ago',
    [{fault: 'partition', ...long, victims: ['n5'], links: alone}],
    {at: 18, node: 'n1', lists: without('n5')},
    [],
  ],
  [
    'a node was alone, long ago',
    [{fault: 'partition', ...long, victims: ['n5'], links: alone}],
    {at: 25, node: 'n1', lists: without('n5'), final: true},
    ['lost-member'],
  ],
  ['a pause', [{fault: 'pause', ...long, victims: ['n3']}], {at: 13, node: 'n1', lists: without('n3')}, []],
  [
    'a short pause',
    [{fault: 'pause', ...short, victims: ['n3']}],
    {at: 13, node: 'n1', lists: without('n3')},
    ['false-death'],
  ],
  ['slow links', [{fault: 'latency', ...long, victims: ['n3']}], {at: 13, node: 'n1', lists: without('n4')}, []],
  ['a death, noticed', [{fault: 'kill', from: 10, victims: ['n3']}], {at: 25, node: 'n1', lists: without('n3')}, []],
  ['a death, just now', [{fault: 'kill', from: 10, victims: ['n3']}], {at: 12, node: 'n1', lists: NODES}, []],
  [
    'a death, unnoticed',
    [{fault: 'kill', from: 10, victims: ['n3']}],
    {at: 25, node: 'n1', lists: NODES},
    ['undetected-death'],
  ],
  [
    'a death, by a node that was cut off itself',
    [
      {fault: 'kill', from: 10, victims: ['n3']},
      {fault: 'partition', from: 11, to: 24, victims: ['n5'], links: alone},
    ],
    {at: 25, node: 'n5', lists: NODES},
    [],
  ],
])('%s', async (_, faults, read, types) => {
  const {anomalies} = await members({nodes: NODES}).check(record(faults, [read]))
  expect([...new Set(anomalies.map(({type}) => type))]).toEqual(types)
})

it('says how long faults had parted a node that was taken for dead', async () => {
  const told = async (...faults: Fault[]) => {
    const read = {at: 13, node: 'n1', lists: without('n3')}
    return (await members({nodes: NODES}).check(record(faults, [read]))).anomalies[0]?.sentence
  }
  const said = 'Process 0 was told by n1 that n3 is dead, though'
  expect(await told()).toBe(`${said} no fault had parted it from anybody in the 6 s before.`)
  expect(await told({fault: 'pause', ...short, victims: ['n3']})).toBe(
    `${said} faults had parted it from others for only 300 ms of the 6 s before, and less than 500 ms is no death.`,
  )
})

it('is unknown where nobody was asked', async () => {
  expect(await members({nodes: NODES}).check(record([], []))).toMatchObject({validity: 'unknown'})
})
