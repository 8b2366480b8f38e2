/** Five nodes on a bench, whose messages and timers are moved by hand: who tells whom what. */
import {describe, expect, test} from 'vitest'
import type {Env, Json, Message, NodeId} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import {GossipNode} from './node.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

interface Sent {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}

/** Nodes whose messages wait in `sent`, and whose timers go off when they are told to. */
function bench(seed: string) {
  const sent: Sent[] = []
  const timers = new Map<NodeId, Set<string>>()
  const nodes = new Map<NodeId, GossipNode>()
  for (const id of NODES) {
    const set = new Set<string>()
    const env: Env = {
      id,
      nodes: NODES,
      disk: new SimDisk(createRandom(seed)),
      random: createRandom(`${seed} ${id}`),
      now: () => 0,
      send: (to, message) => sent.push({from: id, to, message}),
      reply: () => {},
      setTimer: (name) => set.add(name),
      cancelTimer: (name) => set.delete(name),
      log: () => {},
      event: () => {},
    }
    timers.set(id, set)
    nodes.set(id, new GossipNode(env, {bugs: [], args: {}}))
  }
  const node = (id: NodeId) => nodes.get(id) as GossipNode
  for (const id of NODES) node(id).start()
  sent.length = 0
  return {
    sent,
    add: (id: NodeId, element: Json) =>
      node(id).request('1', {type: 'call', call: 1, f: 'add', key: 'x', value: element}),
    expire: (name: string) => {
      for (const id of NODES) if (timers.get(id)?.delete(name)) node(id).timer(name)
    },
    hear: (to: NodeId, from: NodeId, message: Message): readonly Message[] => {
      const before = sent.length
      node(to).message(from, message)
      return sent.splice(before).map((one) => one.message)
    },
    /** Delivers what is under way of a type. */
    deliver: (type: string): readonly Sent[] => {
      const due = sent.filter(({message}) => message.type === type)
      sent.length = 0
      for (const {from, to, message} of due) node(to).message(from, message)
      return due
    },
  }
}

describe('rumours', () => {
  test.each(Array.from({length: 20}, (_, i) => `rumour ${i}`))(
    '%s: two, two and two, and everybody has heard',
    (seed) => {
      const {add, expire, deliver} = bench(seed)
      add('n1', 7)
      const heard = new Set<NodeId>(['n1'])
      let told = 0
      for (let round = 0; round < 5; round++) {
        expire('rumour')
        for (const {to} of deliver('rumour')) {
          told++
          heard.add(to)
        }
      }
      expect([...heard].sort()).toEqual(NODES)
      expect(told).toBe(6)
    },
  )

  test('those who were told are not told again', () => {
    const {add, expire, sent} = bench('told')
    add('n1', 7)
    expire('rumour')
    const [first] = sent.map(({message}) => message)
    sent.length = 0
    const others = bench('others')
    others.hear('n5', 'n1', {...first, told: ['n1', 'n5', 'n2', 'n3']} as Message)
    others.expire('rumour')
    expect(others.sent.map(({to}) => to)).toEqual(['n4'])
    const last = bench('last')
    last.hear('n5', 'n1', {...first, told: NODES} as Message)
    last.expire('rumour')
    expect(last.sent).toEqual([])
  })
})

test('an exchange leaves out what arrived since the one before: rumours are telling it', () => {
  const {add, expire, hear, sent} = bench('exchange')
  const asked = {type: 'digest', vector: {}}
  const exchange = () => {
    expire('anti-entropy')
    sent.length = 0
  }
  add('n1', 7)
  expect(hear('n1', 'n2', asked)).toEqual([])
  exchange()
  expect(hear('n1', 'n2', asked)).toEqual([])
  add('n1', 8)
  exchange()
  expect(hear('n1', 'n2', asked)).toMatchObject([
    {type: 'delta', updates: [{element: 7}], covers: {n1: [0, 1]}, more: false},
  ])
  exchange()
  expect(hear('n1', 'n2', asked)).toMatchObject([{type: 'delta', updates: [{element: 7}, {element: 8}]}])
})
