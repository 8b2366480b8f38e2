import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {createRandom, type Random} from '../../core/random.ts'
import {LiveUpdates} from './live-updates.ts'
import {Replica} from './replica.ts'
import type {Update} from './update.ts'

const NODES = ['a', 'b', 'c']

/** Three replicas whose wall clocks are ten seconds apart. */
function replicas(bugs: readonly string[] = []) {
  let nowMs = 0
  const [a, b, c] = NODES.map((node, i) => new Replica(node, () => nowMs + i * 10_000, bugs)) as [
    Replica,
    Replica,
    Replica,
  ]
  return {a, b, c, all: [a, b, c], advance: (ms: number) => (nowMs += ms)}
}

/** Everything that `to` lacks of `from`. */
function sync(from: Replica, to: Replica, limit = 1000): boolean {
  const {updates, covers, more} = from.since(to.context.vector(), limit)
  for (const update of updates) to.apply(update)
  to.cover(covers)
  return more
}

function contents({registers, sets, counters}: Replica) {
  return [registers.read('x'), registers.read('y'), [...sets.read('x')].sort(), counters.read('x')]
}

describe('registers', () => {
  test('a write that has seen another wins, however far behind its clock is', () => {
    const {a, c} = replicas()
    c.write('x', 'early')
    sync(c, a)
    a.write('x', 'late')
    sync(a, c)
    expect([a.registers.read('x'), c.registers.read('x')]).toEqual(['late', 'late'])
  })

  test('concurrent writes: the greater stamp, then the greater name', () => {
    const {a, b, c} = replicas()
    a.write('x', 1)
    b.write('x', 2)
    const twin = new Replica('d', () => 10_000, [])
    twin.write('x', 3)
    for (const from of [a, b, twin]) sync(from, c)
    expect([c.registers.read('x'), c.size]).toEqual([3, 1])
  })
})

test('what is later than a peer may be told of is left out, also beyond a gap', () => {
  const {a, b} = replicas()
  const [, second] = [a.add('x', 1), a.add('x', 2)]
  const reached = a.context.reached()
  const third = a.add('x', 3)
  expect(a.since({}, 1000, reached)).toMatchObject({
    updates: [{element: 1}, {element: 2}],
    covers: {a: [0, 2]},
    more: false,
  })
  for (const update of [second, third]) b.apply(update)
  expect(b.context.reached()).toEqual({a: 3})
  expect(b.since({}, 1000, {a: 2})).toMatchObject({updates: [{element: 2}], covers: {}})
  expect(b.since({}, 1000).updates).toHaveLength(2)
})

test('live updates are kept wherever their numbers lie', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('p', 'q'), fc.integer({min: 1, max: 300}), fc.boolean())),
      (steps) => {
        const live = new LiveUpdates()
        const model = new Map<string, Update>()
        for (const [origin, sequence, adds] of steps) {
          const name = `${origin}:${sequence}`
          if (adds && !model.has(name)) {
            const update: Update = {kind: 'add', origin, sequence, key: 'x', element: sequence}
            live.add(update)
            model.set(name, update)
          } else if (!adds) {
            live.delete({kind: 'add', origin, sequence, key: 'x', element: sequence})
            model.delete(name)
          }
        }
        expect(live.count).toBe(model.size)
        expect(new Set(live.all())).toEqual(new Set(model.values()))
      },
    ),
  )
})

describe('sets', () => {
  test('a remove takes what its node has seen, and nothing else', () => {
    const {a, b} = replicas()
    expect(b.remove('x', 1)).toBeUndefined()
    a.add('x', 1)
    sync(a, b)
    const removed = b.remove('x', 1)!
    a.add('x', 1)
    a.apply(removed)
    sync(a, b)
    expect([a.sets.read('x'), b.sets.read('x')], 'the second add wins').toEqual([[1], [1]])
  })

  test('a remove may overtake its add', () => {
    const {a, b, c} = replicas()
    const added = a.add('x', 1)
    sync(a, b)
    const removed = b.remove('x', 1)!
    c.apply(removed)
    c.apply(added)
    expect(c.sets.read('x')).toEqual([])
  })

  const EVERYTHING = Number.POSITIVE_INFINITY

  test('removes are forgotten once they are everywhere, and not before their adds', () => {
    const {a, b, c} = replicas()
    a.add('x', 1)
    sync(a, b)
    const removed = b.remove('x', 1)!
    c.apply(removed)
    c.forgetRemoves(() => EVERYTHING)
    expect(c.size, 'its add may still come').toBe(1)
    b.forgetRemoves(() => 0)
    expect(b.size, 'others may still need it').toBe(1)
    sync(b, c)
    for (const each of [b, c]) each.forgetRemoves(() => EVERYTHING)
    expect([b.size, c.size]).toEqual([0, 0])
    sync(a, c)
    expect(c.sets.read('x')).toEqual([])
  })
})

test('counters count each amount once, however often it arrives', () => {
  const {a, b, c} = replicas()
  const updates = [a.count('x', 5), a.count('x', -2), b.count('x', 10)]
  for (const update of [...updates.reverse(), ...updates]) c.apply(update)
  expect(c.counters.read('x')).toBe(13)
})

/** Draws local operations on random replicas, some of which hear of some of them at once, in any order. */
function turmoil(random: Random, bugs: readonly string[] = []) {
  const world = replicas(bugs)
  const told: Update[] = []
  for (let step = 0; step < 60; step++) {
    world.advance(random.int(50))
    const at = random.pick(world.all)
    const update = [
      () => at.write(random.pick(['x', 'y']), step),
      () => at.add('x', step % 10),
      () => at.remove('x', random.int(10)),
      () => at.count('x', random.between(-5, 5)),
    ][random.int(4)]!()
    if (update !== undefined) told.push(update)
    if (told.length > 0 && random.chance(0.7)) random.pick(world.all).apply(random.pick(told))
    if (random.chance(0.1)) sync(random.pick(world.all), random.pick(world.all), random.pick([2, 1000]))
  }
  return world
}

/** Anti-entropy until nobody lacks anything, a few updates at a time. */
function settle({all}: {all: readonly Replica[]}): void {
  for (let round = 0; round < 3; round++) {
    for (const from of all) for (const to of all) while (sync(from, to, 3));
  }
}

test('replicas that have heard the same are the same, whatever the order', () => {
  for (let seed = 0; seed < 300; seed++) {
    const world = turmoil(createRandom(`turmoil ${seed}`))
    settle(world)
    const {a, b, c} = world
    expect(contents(b), `seed ${seed}`).toEqual(contents(a))
    expect(contents(c), `seed ${seed}`).toEqual(contents(a))
    expect([b.fingerprint, c.fingerprint], `seed ${seed}`).toEqual([a.fingerprint, a.fingerprint])
    expect([b.context.vector(), c.context.cloud()]).toEqual([a.context.vector(), []])
  }
})

test('a snapshot restores everything, in the middle of it all', () => {
  for (let seed = 0; seed < 100; seed++) {
    const world = turmoil(createRandom(`restore ${seed}`))
    const copy = new Replica('b', () => 0, [])
    copy.restore(JSON.parse(JSON.stringify(world.b.snapshot())))
    expect([contents(copy), copy.fingerprint]).toEqual([contents(world.b), world.b.fingerprint])
    const next = copy.write('y', 'next')
    expect(next.sequence, 'no number is given twice').toBe(world.b.context.upTo('b') + 1)
    const rest = {all: [world.a, copy, world.c]}
    settle(rest)
    expect(contents(copy), `seed ${seed}`).toEqual(contents(world.a))
  }
})

describe('bugs make replicas differ', () => {
  test.each([
    ['clock-wins', [2, 1]],
    ['none', [2, 2]],
  ])('%s: two writes of the same moment that cross', (bug, values) => {
    const [a, b] = ['a', 'b'].map((node) => new Replica(node, () => 5, [bug])) as [Replica, Replica]
    const [one, two] = [a.write('x', 1), b.write('x', 2)]
    a.apply(two)
    b.apply(one)
    expect([a.registers.read('x'), b.registers.read('x')]).toEqual(values)
  })

  test.each(['set-resurrect', 'sum-merge'])('%s', (bug) => {
    const differing = Array.from({length: 20}, (_, seed) => {
      const world = turmoil(createRandom(`bug ${seed}`), [bug])
      settle(world)
      return JSON.stringify(contents(world.a)) !== JSON.stringify(contents(world.b))
    })
    expect(differing).toContain(true)
  })
})
