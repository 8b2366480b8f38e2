/** The library as its documentation shows it, and what every checker has in common. */
import {expect, it} from 'vitest'
import type {Checker} from '../core/checker.ts'
import {UsageError} from '../core/error.ts'
import {parseOps} from '../core/format/index.ts'
import {type History, history} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import {
  bank,
  CHECKERS,
  type CheckerName,
  check,
  convergence,
  counter,
  diagram,
  linearizable,
  lock,
  queue,
  sequentialConsistency,
  session,
  setFull,
  threshold,
  totalQueue,
} from './library.ts'
import {fuzzCount, reported} from './testing/fuzz.fixture.ts'

const STALE = `
  0 |write 1|  |write 2|
  1                        |read 1|
`

it('judges ops in an array', async () => {
  const ops: Op[] = [
    {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'write', value: 1},
    {index: 1, timeNs: 5, type: 'ok', process: 0, f: 'write', value: 1},
    {index: 2, timeNs: 7, type: 'invoke', process: 1, f: 'read', value: null},
    {index: 3, timeNs: 9, type: 'ok', process: 1, f: 'read', value: 7},
  ]
  const verdict = await check(ops, 'linearizable')
  expect(verdict.validity).toBe('invalid')
  expect(verdict.anomalies[0]?.sentence).toContain('Process 1 read')
})

it('judges a stream of text in any format', async () => {
  const text = Buffer.from(
    '{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :read, :process 0, :value {:a 4 :b 6}}\n',
  )
  const verdict = await check(parseOps([text], {file: 'history.edn'}), bank({total: 10}))
  expect(verdict.validity).toBe('valid')
})

it('judges a history drawn as text', async () => {
  expect((await check(diagram(STALE), linearizable({model: 'register'}))).validity).toBe('invalid')
  expect((await check(diagram(STALE), 'sequential')).validity).toBe('valid')
  expect((await check(diagram(STALE), threshold('ok_rate>0.9'))).validity).toBe('valid')
})

it('knows its checkers', async () => {
  await expect(check([], 'linearisable' as CheckerName)).rejects.toThrow('Did you mean "linearizable"?')
  await expect(check([], 'toString' as CheckerName)).rejects.toThrow(UsageError)
})

const NAMES = Object.keys(CHECKERS) as CheckerName[]

it.each(NAMES)('%s is named as it is listed, describes itself, and calls an empty history unknown', async (name) => {
  const checker = (CHECKERS[name] as () => {name: string; description: string})()
  expect(checker.name).toBe(name)
  expect(checker.description).toMatch(/^\S.{10,}[^.]$/)
  const verdict = await check(history([]), name)
  expect(verdict).toMatchObject({validity: 'unknown', anomalies: [], reason: expect.stringMatching(/\w/)})
})

it.each(NAMES)('%s is not thrown by operations of another kind', async (name) => {
  const odd = diagram(`
    0@n1 |read 1|  |write nil|  |add [1]|  |cas nil #  |read {a: 1}|
    1@n2 |txn nil| |poll 7|  |acquire yes| |enqueue {}| |dequeue [2]| |drain nil| |transfer nil|
    2@n3 |read! nil| |generate nil|  |send 5|   |remove 1|  |commit nil|
    kill   |==|
  `)
  const verdict = await check(odd, name).catch((error: unknown) => error)
  if (!(verdict instanceof UsageError)) expect(verdict).toHaveProperty('validity')
})

const WORDS = [
  ...[
    'read',
    'write',
    'cas',
    'add',
    'remove',
    'increment',
    'decrement',
    'enqueue',
    'dequeue',
    'drain',
    'txn',
    'transfer',
  ],
  ...['acquire', 'release', 'use', 'send', 'poll', 'commit', 'assign', 'subscribe', 'generate', 'insert'],
]

/** Anything that a history may carry. */
function anyValue(random: Random, depth = 0): unknown {
  const list = (make: () => unknown) => Array.from({length: random.int(4)}, make)
  switch (random.int(depth > 2 ? 6 : 11)) {
    case 0:
      return null
    case 1:
      return random.int(3)
    case 2:
      return random.pick([-1, 0.5, Number.NaN, 1e300, undefined])
    case 3:
      return random.pick(['', 'a', '1', '__proto__', '\0x'])
    case 4:
      return 2n ** 60n + BigInt(random.int(2))
    case 5:
      return random.chance(0.5)
    case 6:
      return new Set(list(() => anyValue(random, depth + 1)))
    case 7:
      return Object.fromEntries(
        list(() => [random.pick(['a', '1', 'from', 'token']), anyValue(random, depth + 1)]) as [string, unknown][],
      )
    case 8:
      return list(() => [
        random.pick(['r', 'w', 'append', 'send', 'poll']),
        anyValue(random, depth + 1),
        anyValue(random, depth + 1),
      ])
    default:
      return list(() => anyValue(random, depth + 1))
  }
}

/** A history in good order whose values are anything at all. */
function anyHistory(random: Random): History {
  const words = random.shuffle(WORDS).slice(0, random.between(1, 4))
  const keyed = random.chance(0.4)
  const ops: Op[] = []
  const open = new Map<number, Op>()
  const processes = [0, 1, 2]
  for (let i = random.between(2, 14); i > 0; i--) {
    const worker = random.int(3)
    const process = processes[worker] as number
    const invoke = open.get(process)
    const common = {index: ops.length, timeNs: random.chance(0.3) ? 0 : ops.length * 1000, value: anyValue(random)}
    if (invoke === undefined) {
      const key = keyed ? {key: random.pick(['x', 1])} : {}
      const more = {...(random.chance(0.5) ? {node: `n${worker}`} : {}), ...(random.chance(0.2) ? {final: true} : {})}
      const op: Op = {...common, type: 'invoke', process, f: random.pick(['read', ...words]), ...key, ...more}
      open.set(process, op)
      ops.push(op)
      continue
    }
    open.delete(process)
    const type = random.pick(['ok', 'ok', 'ok', 'fail', 'info'] as const)
    if (type === 'info') processes[worker] = 3 + i
    ops.push({...invoke, ...common, type, ...(random.chance(0.3) ? {value: invoke.value} : {})})
  }
  return history(ops)
}

// Those in folders of their own have tests of their own for what they cannot read.
const OWN = NAMES.filter((name) => !['linearizable', 'list-append', 'rw-register'].includes(name))
const VARIANTS: Readonly<Record<string, () => Checker>> = {
  ...Object.fromEntries(OWN.map((name) => [name, CHECKERS[name] as () => Checker])),
  'bank, read committed': () => bank({claim: 'read-committed', total: 1}),
  'causal, per object': () => session('causal', {perObject: true}),
  'convergence of registers': () => convergence({writes: ['write', 'cas']}),
  'convergence of sets': () => convergence({unordered: true}),
  'counter, eventual': () => counter({claim: 'eventual'}),
  'lock with leases': () => lock({leaseMs: 0.002}),
  'sequential, per key': () => sequentialConsistency({perKey: true}),
  'set-full, eventual': () => setFull({claim: 'eventual'}),
  'total-queue, exactly once': () => totalQueue({exactlyOnce: true}),
  'unordered queue': () => queue({fifo: false}),
}

it.each(Object.keys(VARIANTS))('%s says something of any values in any place', async (name) => {
  const random = createRandom(`any/${name}`)
  const count = Math.min(fuzzCount(300), 10_000)
  for (let attempt = 0; attempt < count; attempt++) {
    const record = anyHistory(random.fork(String(attempt)))
    try {
      const verdict = await (VARIANTS[name] as () => Checker)().check(record)
      expect(['valid', 'invalid', 'unknown']).toContain(verdict.validity)
      for (const {sentence, witness} of verdict.anomalies) {
        expect(sentence).toMatch(/^\S.*\.$/s)
        expect(sentence).not.toMatch(/undefined|\[object/)
        expect([...witness].sort((a, b) => a - b)).toEqual(witness)
      }
    } catch (error) {
      if (error instanceof UsageError && /op(s)? #\d+/.test(error.message)) continue
      throw new Error(`history ${attempt}:\n${reported(record)}`, {cause: error})
    }
  }
})
