import {expect, it} from 'vitest'
import {UsageError} from '../../core/error.ts'
import {type History, history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type Access, type Accesses, accessesOf} from './accesses.ts'
import {SESSION_MODELS, type SessionModel} from './models.ts'
import {keeps, session} from './session.ts'

const MODELS = Object.keys(SESSION_MODELS) as SessionModel[]

/** The models that a diagram breaks. */
const broken = (text: string) => MODELS.filter((model) => keeps(model, diagram(text)) === false)

it.each<[string, string, SessionModel[]]>([
  ['nothing strange', '0 |write x=1|\n1           |read x=1|', []],
  ['a stale read, by another process', '0 |write x=1|\n1                |read x=nil|', []],
  ['back to an older value', '0 |write x=1| |write x=2|\n1 |read x=1| |read x=2| |read x=1|', MODELS],
  ['an own write missed', '0 |write x=1| |read x=nil|', ['read-your-writes', 'pram', 'causal']],
  [
    "another's writes in the wrong order",
    '0 |write x=1| |write y=2|\n1                         |read y=2| |read x=nil|',
    ['monotonic-writes', 'pram', 'causal'],
  ],
  [
    'an effect without its cause',
    '0 |write x=1|\n1           |read x=1| |write y=2|\n2                                 |read y=2| |read x=nil|',
    ['writes-follow-reads', 'causal'],
  ],
  [
    'two processes that see two writes in different orders',
    '0 |write x=1|\n1 |write x=2|\n2      |read x=1| |read x=2|\n3      |read x=2| |read x=1|',
    [],
  ],
  ['a value that nobody wrote', '0 |write x=1| |read x=7|', MODELS],
  ['a write that failed, read', '0 |write x=1 #\n1 |read x=1|', MODELS],
  ['a pending write, read', '0 |write x=1 >\n1 |read x=1|', []],
])('%s', (_, text, expected) => {
  expect(broken(text)).toEqual(expected)
})

it('judges objects by themselves where asked', async () => {
  const text = '0 |write x=1| |write y=2|\n1                         |read y=2| |read x=nil|'
  expect((await session('causal').check(diagram(text))).validity).toBe('invalid')
  expect((await session('causal', {perObject: true}).check(diagram(text))).validity).toBe('valid')
})

it('says why', async () => {
  const verdict = await session('causal').check(
    diagram(
      '0 |write x=1|\n1           |read x=1| |write y=2|\n2                                 |read y=2| |read x=nil|',
    ),
  )
  expect(verdict.anomalies).toMatchObject([
    {
      type: 'causal-violation',
      key: 'x',
      sentence: 'Process 2 read nothing from x, although the write of x = 1 comes before: causal is broken.',
      witness: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
  ])
  expect(verdict.anomalies[0]?.why?.[0]).toBe(
    'the write of x = 1 by process 0 (#0) comes before the read of x = 1 by process 1 (#1): that is the write it saw',
  )
})

it('refuses writes that are not unique, and says which', () => {
  expect(() => keeps('causal', diagram('0 |write x=1| |write x=1|'))).toThrow(UsageError)
  expect(() => keeps('causal', diagram('0 |write x=1| |write x=1|'))).toThrow('ops #0 and #2 both write 1 of x')
})

it('is unknown where nothing was read, where it does not fit, and where the budget ends', async () => {
  expect(await session('pram').check(diagram('0 |write 1|'))).toMatchObject({
    validity: 'unknown',
    reason: 'No read succeeded.',
  })
  expect(await session('pram').check(diagram('0 |add 1|'))).toMatchObject({validity: 'unknown'})
  const budget = {exceeded: () => '1 s of time'}
  expect(await session('pram').check(diagram('0 |write 1| |read 1|'), {budget})).toMatchObject({
    validity: 'unknown',
    reason: 'Stopped after 1 s of time.',
  })
})

/** Whether the model demands that a comes before b in the serialization of process p: straight from the definitions. */
function demands(model: SessionModel, accesses: Accesses, p: Access['process']): (a: Access, b: Access) => boolean {
  const programOrder = (a: Access, b: Access) => a.process === b.process && a.id < b.id
  const own = (a: Access, b: Access) => a.process === p && b.process === p
  const closure = new Map<Access, Set<Access>>()
  const causes = (b: Access): Set<Access> => {
    let past = closure.get(b)
    if (past !== undefined) return past
    closure.set(b, (past = new Set()))
    for (const a of accesses.all) {
      if (!programOrder(a, b) && b.from !== a) continue
      past.add(a)
      for (const earlier of causes(a)) past.add(earlier)
    }
    return past
  }
  const followsRead = (a: Access, b: Access) =>
    b.kind === 'write' && accesses.all.some((read) => read.from === a && programOrder(read, b))
  return (a, b) => {
    if (programOrder(a, b) && own(a, b) && a.kind === 'read' && b.kind === 'read') return true
    switch (model) {
      case 'monotonic-reads':
        return false
      case 'read-your-writes':
        return programOrder(a, b) && own(a, b) && a.kind === 'write' && b.kind === 'read'
      case 'monotonic-writes':
        return programOrder(a, b) && a.kind === 'write' && b.kind === 'write'
      case 'writes-follow-reads':
        return a.kind === 'write' && followsRead(a, b)
      case 'pram':
        return programOrder(a, b) && (own(a, b) || (a.kind === 'write' && b.kind === 'write'))
      case 'causal':
        return causes(b).has(a)
    }
  }
}

/** Whether for every process there is a serialization of all writes and its own reads: by trying them. */
function reference(model: SessionModel, accesses: Accesses): boolean {
  if (accesses.thinAir.length > 0) return false
  return [...accesses.byProcess.keys()].every((process) => {
    const nodes = accesses.all.filter((access) => access.kind === 'write' || access.process === process)
    const before = demands(model, accesses, process)
    const order = (done: ReadonlySet<Access>, values: ReadonlyMap<unknown, Access>): boolean => {
      const left = nodes.filter((access) => !done.has(access))
      return (
        left.length === 0 ||
        left.some((next) => {
          // What must come before itself can come nowhere.
          if (left.some((other) => before(other, next))) return false
          if (next.kind === 'read') return values.get(next.key) === next.from && order(new Set([...done, next]), values)
          return order(new Set([...done, next]), new Map(values).set(next.key, next))
        })
      )
    }
    return order(new Set(), new Map())
  })
}

/** Reads, unique writes and compare-and-sets of two keys; reads return any value written so far, mostly a late one. */
function randomRegisters(random: Random): History {
  const written: Record<string, number[]> = {x: [], y: []}
  let value = 0
  const recent = random.pick([0.7, 0.3, 0.1])
  return fuzzHistory(
    random,
    {workers: random.between(2, 4), operations: random.between(5, 10), info: 0.08, fail: random.pick([0, 0.1])},
    {
      draw: (draws) => {
        const key = draws.pick(['x', 'x', 'y'])
        const dice = draws.next()
        if (dice < 0.6) return {f: 'read', key}
        const last = (written[key] as number[]).at(-1)
        return dice < 0.93 || last === undefined
          ? {f: 'write', key, input: ++value}
          : {f: 'cas', key, input: [last, ++value]}
      },
      apply: ({f, key, input}) => {
        const list = written[key as string] as number[]
        if (f !== 'read') {
          list.push(f === 'cas' ? (input as number[])[1]! : (input as number))
          return random.chance(0.05) ? undefined : input
        }
        return random.chance(recent)
          ? (list.at(-1) ?? null)
          : random.chance(0.2)
            ? null
            : (list[random.int(list.length + 1)] ?? null)
      },
    },
  )
}

type Step = readonly ['read' | 'write', 'x' | 'y', number | null]

/** What each process does in the smallest histories that break one guarantee and no other; writes of 1 and 2. */
const SMALLEST: readonly (readonly (readonly Step[])[])[] = [
  [
    [
      ['write', 'x', 1],
      ['read', 'x', null],
    ],
  ],
  [
    [
      ['write', 'x', 1],
      ['write', 'y', 2],
    ],
    [
      ['read', 'y', 2],
      ['read', 'x', null],
    ],
  ],
  [
    [['write', 'x', 1]],
    [
      ['read', 'x', 1],
      ['write', 'y', 2],
    ],
    [
      ['read', 'y', 2],
      ['read', 'x', null],
    ],
  ],
  [
    [['write', 'x', 1]],
    [
      ['read', 'x', 1],
      ['write', 'x', 2],
    ],
    [
      ['read', 'x', 2],
      ['read', 'x', 1],
    ],
  ],
  [
    [
      ['write', 'x', 1],
      ['read', 'x', 2],
    ],
    [
      ['write', 'x', 2],
      ['read', 'x', 1],
    ],
  ],
]

/** One of those, with further operations in between and some reads that see something else. */
function randomVariation(random: Random): History {
  let value = 2
  const written = {x: [null, 1] as (number | null)[], y: [null, 2] as (number | null)[]}
  const lanes = random.pick(SMALLEST).map((lane) => [...lane])
  if (random.chance(0.3)) lanes.push([])
  for (let extra = random.between(0, 4); extra > 0; extra--) {
    const [lane, key] = [random.pick(lanes), random.pick(['x', 'y'] as const)]
    const write = random.chance(0.4)
    if (write) written[key].push(++value)
    lane.splice(
      random.int(lane.length + 1),
      0,
      write ? ['write', key, value] : ['read', key, random.pick(written[key])],
    )
  }
  const ops: Op[] = []
  const record = (process: number, type: Op['type'], [f, key, reported]: Step) =>
    ops.push({
      index: ops.length,
      timeNs: ops.length,
      process,
      type,
      f,
      key,
      value: f === 'read' && type === 'invoke' ? null : reported,
    })
  const open = new Map<number, Step>()
  for (;;) {
    const busy = [...lanes.keys()].filter((process) => open.has(process) || (lanes[process] as Step[]).length > 0)
    if (busy.length === 0) return history(ops)
    const process = random.pick(busy)
    const step = open.get(process)
    if (step !== undefined) {
      open.delete(process)
      const seen = step[0] === 'read' && random.chance(0.1) ? random.pick(written[step[1]]) : step[2]
      record(process, 'ok', [step[0], step[1], seen])
    } else {
      const next = (lanes[process] as Step[]).shift() as Step
      open.set(process, next)
      record(process, 'invoke', next)
    }
  }
}

/** The models right below each: a history can break it and still keep one of those. */
const BELOW: Readonly<Record<SessionModel, readonly SessionModel[]>> = {
  'monotonic-reads': [],
  'read-your-writes': ['monotonic-reads'],
  'monotonic-writes': ['monotonic-reads'],
  'writes-follow-reads': ['monotonic-reads'],
  pram: ['read-your-writes', 'monotonic-writes'],
  causal: ['pram', 'writes-follow-reads'],
}

it.each(MODELS)('agrees with the definition: %s', (model) => {
  fuzz(
    `sessions/${model}`,
    fuzzCount(500),
    (random) => (random.chance(0.5) ? randomRegisters(random) : randomVariation(random)),
    (record) => {
      const accesses = accessesOf(record)
      const expected = reference(model, accesses)
      expect(keeps(model, record)).toBe(expected)
      if (expected) return []
      return [
        'broken',
        ...BELOW[model].filter((weaker) => reference(weaker, accesses)).map((weaker) => `${weaker} holds`),
      ]
    },
    {balance: 0.03, kinds: BELOW[model].map((weaker) => `${weaker} holds`)},
  )
})

it('takes time in proportion: twenty thousand operations of ten processes', () => {
  const written = new Map<string, number>()
  let value = 0
  const ops = Array.from({length: 20_000}, (_, i) => {
    const [process, key] = [i % 10, `x${i % 7}`]
    const write = i % 3 === 0
    if (write) written.set(key, ++value)
    const result = write ? value : (written.get(key) ?? null)
    const common = {process, f: write ? 'write' : 'read', key}
    return [
      {index: 2 * i, timeNs: i, type: 'invoke', ...common, value: write ? value : null},
      {index: 2 * i + 1, timeNs: i, type: 'ok', ...common, value: result},
    ] as const
  }).flat()
  const record = history(ops)
  for (const model of MODELS) expect(keeps(model, record)).toBe(true)
})
