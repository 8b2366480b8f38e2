import {expect, test} from 'vitest'
import {TOPOLOGIES, type TopologyName} from './topologies.ts'

const names = (count: number) => Array.from({length: count}, (_, i) => `n${i}`)

test.each(Object.keys(TOPOLOGIES) as TopologyName[])('%s: neighbours are mutual, and everybody is reached', (name) => {
  for (const count of [1, 2, 5, 25, 26]) {
    const topology = TOPOLOGIES[name](names(count))
    const reached = new Set(['n0'])
    for (const node of reached) for (const next of topology[node]!) reached.add(next)
    expect(reached.size).toBe(count)
    for (const [node, peers] of Object.entries(topology)) {
      expect(peers).not.toContain(node)
      for (const peer of peers) expect(topology[peer]).toContain(node)
    }
  }
})

test('the numbers of edges that message counts are made of', () => {
  const edges = (name: TopologyName) => Object.values(TOPOLOGIES[name](names(25))).flat().length / 2
  expect([edges('grid'), edges('line'), edges('tree4'), edges('total')]).toEqual([40, 24, 24, 300])
})
