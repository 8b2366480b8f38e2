/**
 * Any generator that can be put together from the combinators, on any number of threads, whatever operations take and
 * however they end: the run comes to its end, nobody is given two operations at once, and equal runs are equal.
 * CHAOS_FUZZ=n tries n of them instead of a few hundred.
 */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import * as g from '../core/generators.ts'
import type {Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import {World} from '../sim/world.ts'
import {driveVirtual} from './drive-virtual.ts'
import {Scheduler} from './scheduler.ts'

const RUNS = Number(process.env['CHAOS_FUZZ'] ?? 400)
/** More simulated time than any of these finite generators takes, ns. */
const ENDLESS_NS = 1000e9

const name = fc.constantFrom('a', 'b', 'c')
const few = fc.integer({min: 0, max: 4})
const ms = fc.integer({min: 0, max: 30})

/** Finite generators: what repeats for ever is limited. */
const {source} = fc.letrec<{source: g.Source}>((tie) => {
  const inner = tie('source')
  return {
    source: fc.oneof(
      {depthSize: 'small', withCrossShrink: true},
      fc.record({f: name}),
      fc.tuple(name, few).map(([f, count]) =>
        g.limit(
          count,
          g.unfold(0, (value) => [{f, value}, value + 1]),
        ),
      ),
      fc.tuple(name, few).map(([f, count]) =>
        g.limit(
          count,
          g.fn(({random}) => ({f, value: random.int(9)})),
        ),
      ),
      ms.map((duration) => g.sleep(duration)),
      fc.array(inner, {maxLength: 3}),
      inner.map((it) => g.map((op) => ({...op, key: 'x'}), it)),
      inner.map((it) => g.filter(({f}) => f !== 'b', it)),
      fc.tuple(few, inner).map(([count, it]) => g.limit(count, it)),
      fc.tuple(few, inner).map(([count, it]) => g.repeat(it, count)),
      fc.tuple(few, inner).map(([count, it]) => g.cycle(it, count)),
      fc.tuple(ms, inner).map(([limit, it]) => g.timeLimit(limit, g.cycle([it, g.sleep(1)]))),
      fc.tuple(few, inner).map(([count, it]) => g.processLimit(count, it)),
      inner.map((it) => g.timeLimit(100, g.limit(5, g.untilOk(g.cycle(it))))),
      fc.tuple(ms, inner).map(([gap, it]) => g.stagger(gap, it)),
      fc.tuple(ms, inner).map(([gap, it]) => g.delay(gap, it)),
      fc.tuple(inner, inner).map(([one, other]) => g.cycleTimes([3, one], [5, other])),
      fc.tuple(inner, inner).map(([one, other]) => g.mix(one, other)),
      fc.tuple(inner, inner, inner).map((all) => g.any(...all)),
      fc.tuple(inner, inner).map(([one, other]) => g.flipFlop(one, other)),
      inner.map((it) => g.onThreads((thread) => thread === 0 || thread === 'nemesis', it)),
      fc.tuple(inner, inner).map(([one, other]) => g.clients(one, other)),
      fc.tuple(few, inner, inner).map(([count, it, rest]) => g.reserve([[count, it]], rest)),
      inner.map((it) => g.eachThread(it)),
      fc.tuple(inner, inner).map(([one, other]) => g.phases(one, other)),
      inner.map((it) => g.sequentialKeys(['x', 'y'], () => it)),
      inner.map((it) => g.clients(g.concurrentKeys(1, ['x', 'y', 'z'], () => it))),
    ),
  }
})

interface Played {
  readonly ops: readonly Omit<Op, 'index'>[]
  readonly mostAtOnce: number
}

async function play(generator: g.Source, concurrency: number, seed: number): Promise<Played> {
  const world = new World()
  world.at(ENDLESS_NS, () => {
    throw new Error('this generator has no end')
  })
  const random: Random = createRandom(seed)
  const ops: Omit<Op, 'index'>[] = []
  const busy = new Set<number | string>()
  let mostAtOnce = 0
  const scheduler = new Scheduler({
    generator: g.lift(generator),
    concurrency,
    nodes: ['n1'],
    nemesisThreads: ['nemesis'],
    random: createRandom(seed),
  })
  await driveVirtual({
    world,
    scheduler,
    recording: {record: (op) => ops.push(op)},
    invoker: {
      invoke(thread, _process, _node, _invocation, done) {
        expect(busy.has(thread)).toBe(false)
        busy.add(thread)
        mostAtOnce = Math.max(mostAtOnce, busy.size)
        const type = random.pick(['ok', 'ok', 'fail', 'info'] as const)
        const outcome: Outcome = type === 'ok' ? {type, value: null} : {type, error: type}
        const answer = () => {
          busy.delete(thread)
          done(outcome)
        }
        if (random.chance(0.1)) answer()
        else world.at(world.nowNs() + random.int(20e6), answer)
      },
    },
  })
  return {ops, mostAtOnce}
}

test('every generator comes to its end, one operation a thread, the same each time', async () => {
  let operations = 0
  await fc.assert(
    fc.asyncProperty(source, fc.integer({min: 1, max: 4}), fc.nat(), async (generator, concurrency, seed) => {
      const played = await play(generator, concurrency, seed)
      expect(await play(generator, concurrency, seed)).toEqual(played)
      const open = new Set<number | string>()
      for (const {process, type} of played.ops) {
        if (typeof process === 'string') continue
        if (type === 'invoke') expect(open.has(process)).toBe(false)
        if (type === 'invoke') open.add(process)
        else expect(open.delete(process)).toBe(true)
      }
      expect(open.size).toBe(0)
      operations += played.ops.length
    }),
    {numRuns: RUNS},
  )
  expect(operations).toBeGreaterThan(RUNS)
}, 600_000)
