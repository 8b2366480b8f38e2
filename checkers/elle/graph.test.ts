import {describe, expect, test} from 'vitest'
import {UNLIMITED} from '../../core/checker.ts'
import {createRandom, type Random} from '../../core/random.ts'
import {componentsOf} from './components.ts'
import {EdgeList, RW, WW} from './edges.ts'
import {type Graph, graphOf} from './graph.ts'
import {PathFinder} from './path-finder.ts'
import {selfClosing} from './skew-search.ts'
import {type Subgraph, subgraphsOf} from './subgraph.ts'

const ROUNDS = 300

interface RandomGraph {
  readonly graph: Graph
  readonly pairs: readonly (readonly [number, number])[]
}

function randomGraph(random: Random, nodes: number, edges: number): RandomGraph {
  const pairs = Array.from({length: edges}, () => [random.int(nodes), random.int(nodes)] as const).filter(
    ([a, b]) => a !== b,
  )
  const [from, to] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)]
  return {
    graph: graphOf(
      nodes,
      pairs.length,
      from,
      to,
      from.map(() => WW),
    ),
    pairs,
  }
}

function asSubgraph(graph: Graph): Subgraph {
  const node = Int32Array.from({length: graph.nodes}, (_, v) => v)
  return {...graph, node, isJunction: new Uint8Array(graph.nodes), transactions: graph.nodes}
}

/** By walking: everything that a node reaches, itself only if it lies on a cycle. */
function reachable({graph, pairs}: RandomGraph): Set<number>[] {
  return Array.from({length: graph.nodes}, (_, start) => {
    const seen = new Set<number>()
    const queue = [start]
    for (const v of queue) {
      for (const [a, b] of pairs) {
        if (a !== v || seen.has(b)) continue
        seen.add(b)
        queue.push(b)
      }
    }
    return seen
  })
}

test('components are the sets that reach each other, numbered so that edges lead downwards', () => {
  for (let i = 0; i < ROUNDS; i++) {
    const random = createRandom(`components/${i}`)
    const nodes = random.between(1, 14)
    const given = randomGraph(random, nodes, random.between(0, 24))
    const reach = reachable(given)
    const {of} = componentsOf(given.graph)
    for (let a = 0; a < nodes; a++) {
      for (let b = 0; b < nodes; b++) {
        if (a === b) continue
        expect(of[a] === of[b], `${i}: ${a}, ${b}`).toBe(reach[a]!.has(b) && reach[b]!.has(a))
        if (reach[a]!.has(b)) expect(of[a]!).toBeGreaterThanOrEqual(of[b]!)
      }
    }
  }
})

test('a chain of a million nodes needs no stack', () => {
  const nodes = 1_000_000
  const from = Int32Array.from({length: nodes}, (_, v) => v)
  const ring = graphOf(
    nodes,
    nodes,
    from,
    from.map((v) => (v + 1) % nodes),
    new Uint8Array(nodes).fill(WW),
  )
  expect(componentsOf(ring).count).toBe(1)
})

test('self-closing edges are those whose head reaches their tail, however many there are', () => {
  let closing = 0
  for (let i = 0; i < ROUNDS / 3; i++) {
    const random = createRandom(`skew/${i}`)
    const nodes = random.between(2, 90)
    const given = randomGraph(random, nodes, random.between(nodes, 2 * nodes))
    const reach = reachable(given)
    const candidates = Array.from({length: 120}, () => [random.int(nodes), random.int(nodes)] as const)
    const columns = {from: candidates.map(([a]) => a), to: candidates.map(([, b]) => b)}
    const components = componentsOf(given.graph)
    const answer = selfClosing(asSubgraph(given.graph), WW, components, columns, 1000, UNLIMITED)
    const expected = candidates.flatMap(([from, to], place) => (from === to || reach[to]!.has(from) ? [place] : []))
    expect(answer.complete).toBe(true)
    expect(
      [...answer.found].sort((a, b) => a - b),
      `${i}`,
    ).toEqual(expected)
    closing += expected.length
  }
  expect(closing).toBeGreaterThan(100)
})

describe('paths', () => {
  const edges = new EdgeList(5)
  const junction = edges.addJunction()
  edges.add(0, 1, WW)
  edges.add(1, 2, WW)
  edges.add(2, 3, WW)
  edges.add(0, junction, WW)
  edges.add(junction, 3, WW)
  edges.add(3, 4, RW)
  edges.add(4, 0, RW)
  edges.add(3, 0, WW)
  const [graph] = subgraphsOf(edges, componentsOf(graphOf(edges.nodes, edges.length, edges.from, edges.to, edges.kind)))
  const finder = new PathFinder(graph!)
  const nodes = (steps: ReturnType<PathFinder['shortest']>) => steps?.map((step) => step.to)

  test('a junction costs nothing', () => {
    expect(nodes(finder.shortest(0, 3, {mask: WW}))).toEqual([junction, 3])
    expect(finder.shortest(0, 3, {mask: WW, limit: 0})).toBeUndefined()
  })

  test('only edges of the mask, and only within a label', () => {
    expect(finder.shortest(3, 4, {mask: WW})).toBeUndefined()
    expect(nodes(finder.shortest(0, 3, {mask: WW, within: Int32Array.of(0, 0, 0, 0, 0, 1)}))).toEqual([1, 2, 3])
  })

  test('no two RW edges in a row', () => {
    expect(nodes(finder.shortest(3, 0, {mask: RW}))).toEqual([4, 0])
    expect(finder.shortest(3, 0, {mask: RW, nonadjacent: true})).toBeUndefined()
    expect(nodes(finder.shortest(2, 0, {mask: RW | WW}))).toEqual([3, 0])
    expect(nodes(finder.shortest(1, 4, {mask: RW | WW, nonadjacent: true}))).toBeUndefined()
  })

  test('nor in the middle of it', () => {
    const chain = graphOf(5, 5, [0, 1, 2, 3, 4], [1, 2, 3, 4, 0], [WW, RW, RW, WW, WW])
    const walker = new PathFinder(asSubgraph(chain))
    expect(nodes(walker.shortest(0, 4, {mask: RW | WW}))).toEqual([1, 2, 3, 4])
    expect(walker.shortest(0, 4, {mask: RW | WW, nonadjacent: true})).toBeUndefined()
  })
})

describe('everything of one set before everything of another', () => {
  test.each([
    [3, 3],
    [12, 12],
    [40, 5],
  ])('%i sources, %i targets, some of them both', (sources, targets) => {
    const all = Array.from({length: 50}, (_, t) => t)
    const from = all.slice(0, sources)
    const to = all.slice(sources - 3, sources - 3 + targets)
    const edges = new EdgeList(50)
    edges.addAntiDependencies(from, to)
    expect(edges.length).toBeLessThanOrEqual(6 * (sources + targets))
    const pairs = Array.from({length: edges.length}, (_, i) => [edges.from[i]!, edges.to[i]!] as const)
    const graph = graphOf(edges.nodes, edges.length, edges.from, edges.to, edges.kind)
    const reach = reachable({graph, pairs: pairs.filter(([a]) => a >= 50)})
    for (const source of all) {
      const direct = new Set(pairs.filter(([a]) => a === source).flatMap(([, b]) => (b < 50 ? [b] : [...reach[b]!])))
      const expected = from.includes(source) ? to.filter((target) => target !== source) : []
      expect([...direct].filter((t) => t < 50).sort((a, b) => a - b)).toEqual(expected)
    }
  })
})
