import {describe, expect, test} from 'vitest'
import {EVERYTHING} from '../core/capabilities.ts'
import type {Outcome} from '../core/client.ts'
import {eachThread, flipFlop, fn, mix, repeat, unfold} from '../core/generators.ts'
import type {Nemesis, PlannedFault} from '../core/nemesis.ts'
import type {Op} from '../core/op.ts'
import {createRandom} from '../core/random.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {makePlan, type Plan, type PlanRequest} from './plan.ts'
import {parsePlan, writePlan} from './plan-file.ts'
import {nemesisThreads, planGenerator} from './plan-generator.ts'
import {Scheduler} from './scheduler.ts'

const faulty = (name: string, count: number): Nemesis => ({
  name,
  description: '',
  missing: () => undefined,
  parse: (spec) => spec,
  plan: ({random, timeMs, nodes}) =>
    Array.from({length: count}, (_, i): PlannedFault => {
      const startMs = (timeMs / count) * i + random.int(20)
      return {startMs, stopMs: startMs + 50, spec: {fault: name, victim: random.pick(nodes)}}
    }),
  start: () => Promise.reject(new Error('not in a plan')),
})

/** Reads, and writes of unique values. */
const workload = unfold(1, (value, {random}) =>
  random.chance(0.5) ? [{f: 'read', key: `x${random.int(3)}`}, value] : [{f: 'write', key: 'x0', value}, value + 1],
)

function made(request: Partial<PlanRequest> = {}, seed = '8f3a') {
  return makePlan({
    seed,
    random: createRandom(seed),
    generator: workload,
    nodes: ['n1', 'n2', 'n3'],
    concurrency: 6,
    timeMs: 1000,
    ratePerS: 200,
    nemeses: [faulty('kill', 3), faulty('pause', 2)],
    intervalMs: 300,
    capabilities: EVERYTHING,
    ...request,
  })
}

describe('a plan', () => {
  test('is the same for the same seed and options, byte for byte', () => {
    expect(writePlan(made().plan)).toBe(writePlan(made().plan))
    expect(writePlan(made().plan)).not.toBe(writePlan(made({}, '8f3b').plan))
  })

  test('has operations at about the rate, in order, within the time', () => {
    const {operations} = made({timeMs: 10_000}).plan
    expect(operations.length).toBeGreaterThan(1800)
    expect(operations.length).toBeLessThan(2200)
    expect(operations.every(({atMs}, i) => atMs >= (operations[i - 1]?.atMs ?? 0) && atMs < 10_000)).toBe(true)
  })

  test('leaves the end to a target that takes long to serve again, a fifth at most, and asks for the same operations', () => {
    const lastStop = (plan: Plan) => Math.max(...plan.faults.map(({stopMs}) => stopMs))
    const nemeses = parseNemeses('kill,pause')
    const plain = made({timeMs: 10_000, intervalMs: 1000, nemeses}).plan
    const settling = made({timeMs: 10_000, intervalMs: 1000, nemeses, settleMs: 1000}).plan
    expect(lastStop(plain)).toBeGreaterThan(9000)
    expect(lastStop(settling)).toBeLessThanOrEqual(9000)
    expect(settling.options['settleMs']).toBe(1000)
    expect(settling.operations).toEqual(plain.operations)
    const most = made({timeMs: 10_000, intervalMs: 1000, nemeses, settleMs: 60_000}).plan
    expect(lastStop(most)).toBeLessThanOrEqual(8000)
    expect(lastStop(most)).toBeGreaterThan(7000)
  })

  test('asks for the same operations whatever the rate and the faults', () => {
    const what = ({plan}: {plan: Plan}) => plan.operations.slice(0, 90).map(({f, key, value}) => [f, key, value])
    expect(what(made({ratePerS: 100}))).toEqual(what(made({ratePerS: 1000, nemeses: []})))
  })

  test('has the same faults of one kind whether or not there are others', () => {
    const kills = ({plan}: {plan: Plan}) => plan.faults.filter(({spec}) => spec.fault === 'kill')
    expect(kills(made())).toHaveLength(3)
    expect(kills(made())).toEqual(kills(made({nemeses: [faulty('kill', 3)]})))
  })

  test('may be limited by count', () => expect(made({operations: 7}).plan.operations).toHaveLength(7))

  test('may be as fast as can be', () => {
    const {plan} = made({operations: 7, ratePerS: Number.POSITIVE_INFINITY})
    expect(plan.operations.map(({atMs}) => atMs)).toEqual(Array(7).fill(0))
    expect(plan.unbounded).toBe(false)
    expect(plan.options['ratePerS']).toBeNull()
  })

  test('keeps the thread where no other would do', () => {
    const locks = eachThread(flipFlop(repeat({f: 'acquire'}), repeat({f: 'release'})))
    const {operations} = made({generator: locks, concurrency: 2, operations: 8}).plan
    expect(operations.map(({f, thread}) => `${f}@${thread}`)).toEqual([
      'acquire@0',
      'acquire@1',
      'release@0',
      'release@1',
      'acquire@0',
      'acquire@1',
      'release@0',
      'release@1',
    ])
    expect(
      made({
        generator: mix(
          repeat({f: 'a'}),
          fn(() => ({f: 'b'})),
        ),
      }).plan.operations.every((op) => !('thread' in op)),
    ).toBe(true)
  })

  test('without a rate grows with the run, always the same', () => {
    const one = made({ratePerS: Number.POSITIVE_INFINITY})
    const other = made({ratePerS: Number.POSITIVE_INFINITY})
    expect(one.plan).toMatchObject({unbounded: true, operations: []})
    one.operations.at(99)
    other.operations.at(3)
    other.operations.at(199)
    expect(one.plan.operations).toHaveLength(100)
    expect(other.plan.operations.slice(0, 100)).toEqual(one.plan.operations)
  })
})

/** A plan with these parts, as text. */
function whole(parts: object): string {
  return JSON.stringify({format: 'chaos.plan/2', seed: '1', options: {timeMs: 9}, faults: [], operations: [], ...parts})
}

const strike = (fault: string, startMs: number) => ({startMs, stopMs: 9, spec: {fault}})

describe('plan.json', () => {
  test('is read back as it was', () => {
    const {plan} = made()
    expect(parsePlan(writePlan(plan))).toEqual(plan)
    expect(JSON.parse(writePlan(plan)).format).toBe('chaos.plan/2')
  })
  test('has one operation and one fault a line', () => {
    const {plan} = made()
    const lines = writePlan(plan).split('\n')
    expect(lines.filter((line) => line.startsWith('{"atMs":'))).toHaveLength(plan.operations.length)
    expect(lines.filter((line) => line.startsWith('{"startMs":'))).toHaveLength(plan.faults.length)
  })
  test('of an empty plan is JSON too', () => {
    const {plan} = made({operations: 0, nemeses: []})
    expect(parsePlan(writePlan(plan))).toEqual(plan)
  })
  test.each([
    ['{', 'x.json is not JSON'],
    [whole({options: {timeMs: 9, nodes: ['n1', 'n1']}}), 'x.json: options.nodes is ["n1","n1"]'],
    [whole({options: {timeMs: 9, nodes: []}}), 'x.json: options.nodes is []'],
    [whole({options: {timeMs: 9, concurrency: -1}}), 'x.json: options.concurrency is -1'],
    [whole({options: {timeMs: 9, ratePerS: 'fast'}}), 'x.json: options.ratePerS is "fast"'],
    [whole({options: {timeMs: 9, settleMs: -9}}), 'x.json: options.settleMs is -9'],
    [whole({unbounded: 'yes'}), 'x.json: unbounded is "yes"'],
    [whole({operations: [{atMs: 0, f: 'write', vlaue: 1}]}), 'x.json: operations[0] has the unknown field "vlaue"'],
    [whole({operations: [{atMs: 0, f: 'read', key: {a: 1}}]}), 'x.json: operations[0].key is {"a":1}'],
    [
      whole({
        operations: [
          {atMs: 5, f: 'read'},
          {atMs: 4, f: 'read'},
        ],
      }),
      'x.json: operations[1].atMs is 4, earlier than operations[0], which stands before it (5)',
    ],
    [
      whole({faults: [strike('kill', 5), strike('pause', 1), strike('kill', 4)]}),
      'x.json: faults[2].startMs is 4, earlier than faults[0], which stands before it (5)',
    ],
    [whole({faults: [{...strike('kill', 5), victim: 'n1'}]}), 'x.json: faults[0] has the unknown field "victim"'],
    ['null', 'x.json is not a plan: "format" is missing'],
    ['{"format":"chaos.plan/9"}', 'x.json is not a plan: "format" is "chaos.plan/9"'],
    ['{"format":"chaos.plan/1"}', 'x.json: seed is missing'],
    ['{"format":"chaos.plan/1","seed":"1","options":{}}', 'x.json: options.timeMs is missing'],
    ['{"format":"chaos.plan/1","seed":"1","options":{"timeMs":-5}}', 'x.json: options.timeMs is -5'],
    ['{"format":"chaos.plan/1","seed":"1","options":{"timeMs":0}}', 'x.json: options.timeMs is 0'],
    ['{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1e999}}', 'x.json: options.timeMs is Infinity'],
    ['{"format":"chaos.plan/1","seed":"1","options":{"timeMs":5,"chance":"luck"}}', 'x.json: options.chance is "luck"'],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[{"startMs":-1}],"operations":[]}',
      'x.json: faults[0].startMs is -1',
    ],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[{"startMs":9,"stopMs":8}],"operations":[]}',
      'x.json: faults[0].stopMs is 8',
    ],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[],"operations":[{"atMs":-100,"f":"read"}]}',
      'x.json: operations[0].atMs is -100',
    ],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[],"operations":[{"atMs":0,"f":"read","thread":-7}]}',
      'x.json: operations[0].thread is -7',
    ],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[{}],"operations":[]}',
      'x.json: faults[0].startMs is missing',
    ],
    [
      '{"format":"chaos.plan/1","seed":"1","options":{"timeMs":1},"faults":[],"operations":[{"atMs":0,"f":3}]}',
      'x.json: operations[0].f is 3',
    ],
  ])('that is none is refused: %s', (text, complaint) => {
    expect(() => parsePlan(text, 'x.json')).toThrow(complaint)
  })
})

/** Runs a plan with operations that take this long, in virtual time. */
function run(plan: Plan, {takesMs = 1, faultTakesMs = 1, concurrency = 6, startMs = 0} = {}): Omit<Op, 'index'>[] {
  const scheduler = new Scheduler({
    generator: planGenerator(plan, startMs * 1e6),
    concurrency,
    nodes: ['n1'],
    nemesisThreads: nemesisThreads(plan),
    random: createRandom(1),
  })
  const ops: Omit<Op, 'index'>[] = []
  const open: {readonly endNs: number; readonly thread: number | string}[] = []
  for (let nowNs = startMs * 1e6; ; ) {
    const action = scheduler.step(nowNs)
    if (action.kind === 'stop') return ops
    if (action.kind === 'invoke') {
      const {process, invocation, thread} = action
      ops.push({timeNs: nowNs, type: 'invoke', process, f: invocation.f, value: invocation.value ?? null})
      open.push({endNs: nowNs + (typeof thread === 'string' ? faultTakesMs : takesMs) * 1e6, thread})
      open.sort((left, right) => left.endNs - right.endNs)
      continue
    }
    const untilNs = action.kind === 'wait' ? action.untilNs : Number.POSITIVE_INFINITY
    if (open[0] !== undefined && open[0].endNs <= untilNs) {
      const {thread, endNs} = open.shift()!
      nowNs = endNs
      scheduler.complete(thread, {type: 'ok', value: null} satisfies Outcome, nowNs)
    } else {
      nowNs = untilNs
    }
  }
}

describe('replaying a plan', () => {
  const client = (ops: readonly Omit<Op, 'index'>[]) => ops.filter(({process}) => typeof process === 'number')

  test('gives out every operation in its order at its time', () => {
    const {plan} = made()
    const ops = client(run(plan, {startMs: 500}))
    expect(ops.map(({f, value}) => [f, value])).toEqual(plan.operations.map(({f, value}) => [f, value ?? null]))
    expect(ops.every(({timeNs}, i) => timeNs / 1e6 - 500 - plan.operations[i]!.atMs < 3)).toBe(true)
    expect(ops.every(({timeNs}, i) => timeNs / 1e6 - 500 >= plan.operations[i]!.atMs - 1e-9)).toBe(true)
  })

  test('drops what a slow system does not get to', () => {
    const {plan} = made()
    const ops = client(run(plan, {takesMs: 100}))
    expect(ops).toHaveLength(60)
    expect(ops.map(({f, value}) => [f, value])).toEqual(
      plan.operations.slice(0, 60).map(({f, value}) => [f, value ?? null]),
    )
    expect(ops.at(-1)!.timeNs).toBeLessThan(1000e6)
  })

  test('starts and stops every fault at its time, on a thread of its own', () => {
    const {plan} = made()
    const faults = run(plan).filter(({process}) => typeof process === 'string')
    expect(nemesisThreads(plan).sort()).toEqual(['nemesis:kill', 'nemesis:pause'])
    expect(faults).toHaveLength(10)
    for (const {startMs, stopMs, spec} of plan.faults) {
      const own = faults.filter(({value}) => value === spec)
      const process = `nemesis:${spec.fault}`
      expect(own).toMatchObject([
        {timeNs: startMs * 1e6, f: `start-${spec.fault}`, process},
        {timeNs: stopMs * 1e6, f: `stop-${spec.fault}`, process},
      ])
    }
  })

  test('stops what was started even after the end, and starts nothing more', () => {
    const {plan} = made()
    const names = run(plan, {faultTakesMs: 700})
      .filter(({process}) => process === 'nemesis:kill')
      .map(({f}) => f)
    expect(names).toEqual(['start-kill', 'stop-kill'])
  })

  test('a fault that waited for somebody to strike stays in force for half of its time, as long as clients run', () => {
    const {plan} = made({operations: 0, nemeses: []})
    const fault = (startMs: number, stopMs: number) => ({startMs, stopMs, spec: {fault: 'partition'}})
    const endsAt = (faults: readonly ReturnType<typeof fault>[], faultTakesMs: number) => {
      const options = {...plan.options, timeMs: 10_000}
      const ops = run({...plan, options, faults, operations: []}, {faultTakesMs})
      return ops.filter(({f}) => f.startsWith('stop')).map(({timeNs}) => timeNs / 1e6)
    }
    expect(endsAt([fault(1000, 3000)], 900)).toEqual([3000])
    expect(endsAt([fault(1000, 3000)], 2500)).toEqual([4500])
    expect(endsAt([fault(1000, 1200)], 400)).toEqual([1400])
    expect(endsAt([fault(7000, 9700)], 2600)).toEqual([9700])
  })

  test('a fault to which the one before leaves no time is not begun, but one that was planned so late is', () => {
    const {plan} = made({operations: 0, nemeses: [], timeMs: 10_000, settleMs: 1000})
    const begun = (faultTakesMs: number, ...startsMs: readonly number[]) => {
      const faults = startsMs.map((startMs) => ({startMs, stopMs: startMs + 300, spec: {fault: 'partition'}}))
      const ops = run({...plan, faults, operations: []}, {faultTakesMs})
      return ops.filter(({f}) => f.startsWith('start')).map(({timeNs}) => timeNs / 1e6)
    }
    expect(begun(500, 7000, 8500)).toEqual([7000, 8500])
    expect(begun(900, 7000, 8500)).toEqual([7000])
    expect(begun(100, 7000, 9400)).toEqual([7000, 9400])
  })

  test('runs an operation that names a thread there, without holding up the others', () => {
    const {plan} = made({operations: 0, nemeses: []})
    const at = (f: string, thread?: number) => ({atMs: 0, f, ...(thread === undefined ? {} : {thread})})
    const pinned = {...plan, operations: [at('a', 0), at('b', 0), at('c'), at('d', 0), at('e')]}
    const ops = run(pinned, {takesMs: 10, concurrency: 2})
    expect(ops.map(({f, process, timeNs}) => `${f}@${process} ${timeNs / 1e6}`)).toEqual([
      'a@0 0',
      'c@1 0',
      'b@0 10',
      'e@1 10',
      'd@0 20',
    ])
  })

  test('runs an operation that names a thread which is no more anywhere', () => {
    const {plan} = made({operations: 0, nemeses: []})
    expect(run({...plan, operations: [{atMs: 0, f: 'a', thread: 9}]})).toMatchObject([{f: 'a', process: 0}])
  })
})
