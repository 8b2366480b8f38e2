/**
 * A history is the same whether its ops are an array, a compact store, or a store whose operations are made one by one:
 * every view of it, and every checker's verdict.
 */
import {describe, expect, it} from 'vitest'
import {History, history} from '../core/history.ts'
import type {Op, Operation} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import {OpStore} from '../core/store/op-store.ts'
import {CHECKERS, type CheckerFactory} from './library.ts'
import {fuzzHistory, type Made} from './testing/fuzz.fixture.ts'

/** The same ops, in each of the forms that differ. */
function forms(ops: readonly Op[]): Record<string, History> {
  const stored = () => {
    const store = new OpStore()
    store.pushAll(ops)
    return store
  }
  const lazy = new History(stored(), 0)
  return {
    store: new History(stored()),
    lazy,
    'filtered store': new History(
      stored().filter(() => true),
      0,
    ),
  }
}

/** Systems under test, each with what a client may ask of it. */
const SYSTEMS: Readonly<Record<string, (random: Random) => Made>> = {
  registers() {
    const held = new Map<unknown, unknown>()
    let next = 1
    return {
      draw: (random) => {
        const key = random.pick(['x', 'y'])
        return random.chance(0.5) ? {f: 'read', key} : {f: 'write', key, input: next++}
      },
      apply: ({f, key, input}) => {
        if (f === 'write') held.set(key, input)
        return f === 'write' ? input : (held.get(key) ?? null)
      },
      lie: ({f}, answer, random) => (f === 'read' ? random.between(1, next) : answer),
      final: [{f: 'read', key: 'x'}],
    }
  },
  sets() {
    const elements: number[] = []
    let next = 1
    return {
      draw: (random) => (random.chance(0.4) ? {f: 'read'} : {f: 'add', input: next++}),
      apply: ({f, input}) => {
        if (f === 'add') elements.push(input as number)
        return f === 'add' ? input : [...elements]
      },
      lie: ({f}, answer) => (f === 'read' ? (answer as number[]).slice(1) : answer),
      final: [{f: 'read'}],
    }
  },
  queues() {
    const waiting: number[] = []
    let next = 1
    return {
      draw: (random) => (random.chance(0.5) ? {f: 'dequeue'} : {f: 'enqueue', input: next++}),
      apply: ({f, input}) => {
        if (f === 'enqueue') waiting.push(input as number)
        return f === 'enqueue' ? input : (waiting.shift() ?? null)
      },
      lie: ({f}, answer, random) => (f === 'dequeue' ? random.between(1, next) : answer),
    }
  },
  counters() {
    let sum = 0
    return {
      draw: (random) => (random.chance(0.5) ? {f: 'read'} : {f: 'add', input: random.between(-3, 3)}),
      apply: ({f, input}) => {
        if (f === 'add') sum += input as number
        return f === 'add' ? input : sum
      },
      lie: ({f}, answer, random) => (f === 'read' ? random.between(-9, 9) : answer),
      final: [{f: 'read'}],
    }
  },
  locks() {
    let token = 0
    return {
      draw: (random) => ({f: random.pick(['acquire', 'release', 'use']), input: token}),
      apply: ({f}) => (f === 'acquire' ? ++token : token),
      lie: (_, answer, random) => random.between(0, Number(answer)),
    }
  },
  lists() {
    const lists = new Map<unknown, unknown[]>()
    let next = 1
    return {
      draw: (random) => ({
        f: 'txn',
        input: Array.from({length: random.between(1, 3)}, () =>
          random.chance(0.5) ? ['r', random.int(3), null] : ['append', random.int(3), next++],
        ),
      }),
      apply: ({input}) =>
        (input as [string, number, unknown][]).map(([verb, key, element]) => {
          const list = lists.get(key) ?? []
          if (verb === 'r') return [verb, key, [...list]]
          lists.set(key, [...list, element])
          return [verb, key, element]
        }),
      lie: (_, answer) => (answer as unknown[][]).map((mop) => (mop[0] === 'r' ? ['r', mop[1], []] : mop)),
    }
  },
}

const records = Object.entries(SYSTEMS).flatMap(([name, system]) =>
  Array.from({length: 16}, (_, i) => {
    const random = createRandom(`stored/${name}/${i}`)
    const shape = {workers: 3, operations: 25, info: 0.1, fail: 0.1, lie: i % 2 === 0 ? 0 : 0.2}
    return [`${name} ${i}`, [...fuzzHistory(random, shape, system(random)).ops]] as const
  }),
)

/** With a nemesis in it. */
function disturbed(ops: readonly Op[]): Op[] {
  const nemesis = (at: number, f: string, value: unknown): Op => {
    return {index: at, timeNs: at * 1000, type: 'info', process: 'nemesis:kill', f, value}
  }
  const proof = {verified: true, evidence: 'gone'}
  const all = ops.map((op) => ({...op, index: op.index + 2, timeNs: (op.index + 2) * 1000}))
  const killed = {description: 'n1', victims: ['n1'], proof}
  const end = all.length + 2
  return [
    nemesis(0, 'start-kill', null),
    nemesis(1, 'start-kill', killed),
    ...all,
    nemesis(end, 'stop-kill', null),
    nemesis(end + 1, 'stop-kill', killed),
  ]
}

const groups = (map: ReadonlyMap<unknown, Iterable<Operation>>) =>
  Array.from(map, ([name, operations]) => [name, [...operations]] as const)

describe('views', () => {
  it.each(records.filter((_, i) => i % 4 === 0))('%s', (_, ops) => {
    const all = disturbed(ops)
    const plain = history(all)
    for (const form of Object.values(forms(all))) {
      expect([...form.operations]).toStrictEqual([...plain.operations])
      expect(form.operationCount).toBe(plain.operationCount)
      expect(form.functions).toEqual(plain.functions)
      expect(groups(form.byKey())).toStrictEqual(groups(plain.byKey()))
      expect(groups(form.byProcess())).toStrictEqual(groups(plain.byProcess()))
      expect(form.faults).toStrictEqual(plain.faults)
      expect(plain.faults).toMatchObject([{fault: 'kill', verified: true, victims: ['n1']}])
      expect([...form.nemesisOps]).toStrictEqual([...plain.nemesisOps])
      expect(form.endNs).toBe(plain.endNs)
      for (const key of [...plain.byKey().keys(), 'nowhere']) {
        expect([...form.forKey(key).ops]).toStrictEqual([...plain.forKey(key).ops])
        expect([...form.forKey(key).operations]).toStrictEqual([...plain.forKey(key).operations])
      }
      for (const {index} of [...all, {index: -1}, {index: 10_000}]) {
        const found = plain.operations.find(
          ({invoke, completion}) => invoke.index === index || completion?.index === index,
        )
        expect(form.operationWith(index)).toStrictEqual(found)
        expect(plain.operationWith(index)).toStrictEqual(found)
      }
    }
  })

  it('what breaks the pairing rule is named', () => {
    const op = (index: number, type: Op['type'], process = 0): Op => ({
      index,
      timeNs: index,
      type,
      process,
      f: 'read',
      value: null,
    })
    const broken: readonly (readonly [Op[], RegExp])[] = [
      [[op(0, 'invoke'), op(1, 'invoke')], /op #1 invokes on process 0, which still has an open operation/],
      [[op(0, 'invoke'), op(1, 'info'), op(2, 'invoke')], /op #2 reuses process 0/],
      [[op(0, 'ok', 7)], /op #0 completes process 7, but process 7 has no open invocation/],
      [[op(0, 'invoke', 2 ** 40), op(1, 'ok', 2 ** 40), op(2, 'ok', 2 ** 40)], /op #2 completes process 1099511627776/],
    ]
    for (const [ops, message] of broken) {
      for (const form of [history(ops), ...Object.values(forms(ops))]) {
        expect(() => form.operations).toThrow(message)
        expect(form.pairingError().message).toMatch(message)
      }
    }
  })
})

describe('verdicts', () => {
  it.each(Object.entries(CHECKERS as Readonly<Record<string, CheckerFactory>>))('%s', async (_, make) => {
    for (const [name, ops] of records) {
      const outcome = async (record: History) => {
        try {
          return await make().check(record)
        } catch (error) {
          return (error as Error).message
        }
      }
      const expected = await outcome(history(ops))
      for (const [form, record] of Object.entries(forms(ops))) {
        expect(await outcome(record), `${name}, ${form}`).toStrictEqual(expected)
      }
    }
  })
})

it('a look that throws ends the walk', () => {
  const [, ops] = records[0]!
  let looks = 0
  const look = () => {
    if (++looks === 3) throw new Error('enough')
  }
  const store = new OpStore(look)
  for (let i = 0; i < 1000; i++) {
    for (const op of ops) store.push({...op, process: Number(op.process) + 1000 * i, index: op.index + 10_000 * i})
  }
  const record = new History(store, 0)
  expect(() => record.operations.every(() => true)).toThrow('enough')
  looks = 0
  expect(() => record.scan(() => {})).toThrow('enough')
})
