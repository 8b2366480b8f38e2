import {expect, it} from 'vitest'
import {type FaultWindow, type History, history} from '../../core/history.ts'
import type {Op, Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import type {Share} from '../../core/verdict-detail.ts'
import {reply} from '../invariants/reply.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {availability, type Outage} from './availability.ts'
import {exercise} from './exercise.ts'
import {Latencies} from './latency.ts'
import {recoveriesOf, recovery} from './recovery.ts'
import {stats} from './stats.ts'
import {threshold} from './thresholds.ts'

const PARTITION = diagram(`
  0@n1       |write 1| |write 2 #            |read 1|
  1@n2       |write 3|          |read 3 >
  3@n2                                    |read 1 #  |read 1|
  partition          |===========|
`)

it('measures availability overall, per fault and per node', async () => {
  const verdict = await availability({gapMs: 100}).check(PARTITION)
  expect(verdict).toMatchObject({
    validity: 'valid',
    kind: 'liveness',
    summary: '57.1 % of 7 operations succeeded',
    measures: {okRate: 0.5714, outages: 1},
  })
  const detail = verdict.detail as {faults: object[]; nodes: object; outages: {startNs: number; endNs: number}[]}
  expect(detail.faults).toMatchObject([{fault: 'partition', ok: 2, fail: 1, info: 1}])
  expect(detail.nodes).toMatchObject({n1: {ok: 2, fail: 1}, n2: {ok: 2, fail: 1, info: 1}})
  // From the first request that was left waiting to the next success.
  const write2 = PARTITION.operations.find(({input}) => input === 2)
  expect(detail.outages[0]).toEqual({startNs: write2?.startNs, endNs: PARTITION.operations.at(5)?.endNs})
})

it('counts nothing as unavailable while nothing is asked for', async () => {
  const quiet = diagram(`0 |write 1|${' '.repeat(300)}|write 2|`)
  expect((await availability({gapMs: 1000}).check(quiet)).measures).toMatchObject({outages: 0})
})

it('convicts a service that stops without a fault, and excuses one that stops in one', async () => {
  const text = `0 |write 1|  |write 2 #${' '.repeat(60)}|write 3|`
  const stopped = await availability({limitMs: 500}).check(diagram(text))
  expect(stopped).toMatchObject({validity: 'invalid', kind: 'liveness', anomalies: [{type: 'unavailable'}]})
  expect(stopped.anomalies[0]?.sentence).toBe(
    'Nothing succeeded for 0.8 s (from 0.1 s on), although no fault was in force: 2 attempts.',
  )
  const excused = await availability({limitMs: 500}).check(
    diagram(`${text}\nkill ${' '.repeat(20)}|${'='.repeat(30)}|`),
  )
  expect(excused).toMatchObject({validity: 'valid'})
})

it('measures recovery after each fault, for the cluster and each node', async () => {
  const [after] = recoveriesOf(PARTITION)
  const healed = PARTITION.faults[0]?.endNs as number
  const reads = PARTITION.operations.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  expect(after).toMatchObject({
    fault: 'partition',
    recoveredMs: ((reads.at(0)?.endNs as number) - healed) / 1e6,
    nodes: {n1: ((reads.at(0)?.endNs as number) - healed) / 1e6, n2: ((reads.at(1)?.endNs as number) - healed) / 1e6},
    disturbed: false,
  })
  expect(await recovery().check(PARTITION)).toMatchObject({validity: 'valid', kind: 'liveness'})
})

it('convicts a cluster, or a node, that never comes back', async () => {
  const dead = await recovery().check(diagram('0@n1 |write 1|      |read 1 #  |read 1 >\nkill           |==|'))
  expect(dead).toMatchObject({validity: 'invalid', anomalies: [{type: 'no-recovery'}]})
  expect(dead.anomalies[0]?.sentence).toContain('the cluster never served again: 2 attempts')
  const node = await recovery().check(
    diagram('0@n1 |write 1|      |read! 1 #  |read! 1 #\n1@n2                |read! 1|\nkill           |==|'),
  )
  expect(node.anomalies.map(({sentence}) => sentence)).toEqual([
    expect.stringMatching(
      /^After the last fault was healed node n1 never served again: 2 attempts in [0-9.]+ s, none succeeded\.$/,
    ),
  ])
})

it('goes by the record where a fault is healed and an operation invoked in the same moment, as in simulated time', async () => {
  const moment = (operations: readonly Op[]): History => {
    const fault = (type: string, timeNs: number) => ({
      type: 'info',
      process: 'nemesis:kill',
      f: `${type}-kill`,
      value: null,
      timeNs,
    })
    return history(
      [fault('start', 1), fault('start', 2), fault('stop', 8), fault('stop', 9), ...operations].map(
        (op, index) => ({...op, index}) as Op,
      ),
    )
  }
  const read = (type: Op['type'], timeNs: number) => ({type, process: 0, f: 'read', value: 1, timeNs}) as unknown as Op
  expect(await recovery().check(moment([read('invoke', 9), read('ok', 9)]))).toMatchObject({validity: 'valid'})
  const vain = [read('invoke', 9), read('fail', 9)]
  expect(await recovery().check(moment([...vain, ...vain]))).toMatchObject({anomalies: [{type: 'no-recovery'}]})
})

it('does not count a recovery that another fault disturbed, and is unknown while a fault lasts', async () => {
  const both = diagram('0 |write 1|        |read 1|\nkill       |==|\npause        |===|')
  expect(recoveriesOf(both).map(({disturbed}) => disturbed)).toEqual([true, false])
  const lasting = diagram('0 |write 1|        |read 1|\nkill       |==')
  expect(await recovery().check(lasting)).toMatchObject({validity: 'unknown', reason: 'A fault was never healed.'})
  const early = diagram('0 |write 1|\nkill       |==|')
  expect(await recovery().check(early)).toMatchObject({validity: 'unknown'})
  expect(await recovery().check(diagram('0 |write 1|'))).toMatchObject({validity: 'valid', summary: 'no faults'})
})

it('counts operations per function and is unknown where one never succeeded', async () => {
  const verdict = await stats().check(diagram('0 |write 1| |cas [1 2] # |read 1|\n1 |write 2 >'))
  expect(verdict).toMatchObject({
    validity: 'unknown',
    kind: 'exercise',
    measures: {operations: 4, ok: 2, fail: 1, info: 1},
  })
  expect(verdict.reason).toContain('No cas ever succeeded')
  expect(await stats().check(diagram('0 |write 1|'))).toMatchObject({validity: 'valid'})
  expect(await stats().check(history([]))).toMatchObject({validity: 'unknown', reason: 'There are no operations.'})
})

it('counts waiting for a client as latency', () => {
  const late = history([
    {index: 0, timeNs: 5e6, type: 'invoke', process: 0, f: 'read', value: null, extra: {dueNs: 1e6}},
    {index: 1, timeNs: 7e6, type: 'ok', process: 0, f: 'read', value: 1},
  ])
  expect(Latencies.of(late.operations).maxMs).toBe(6)
})

it('takes exact quantiles', () => {
  const ops = Array.from({length: 100}, (_, i) => [
    {index: 2 * i, timeNs: 1e9 * i, type: 'invoke' as const, process: 0, f: 'read', value: null},
    {index: 2 * i + 1, timeNs: 1e9 * i + 1e6 * (i + 1), type: 'ok' as const, process: 0, f: 'read', value: null},
  ]).flat()
  const latencies = Latencies.of(history(ops).operations)
  expect([0, 0.5, 0.99, 0.999, 1].map((share) => latencies.quantileMs(share))).toEqual([1, 50, 99, 100, 100])
  expect(latencies.meanMs).toBe(50.5)
})

it('says what nearly all of them ended with', async () => {
  const ops = ['no leader', 'reset', 'reset'].flatMap((error, i) => [
    {index: 2 * i, timeNs: i, type: 'invoke' as const, process: 0, f: 'read', value: null},
    {index: 2 * i + 1, timeNs: i, type: 'fail' as const, process: 0, f: 'read', value: null, error},
  ])
  expect(await exercise().check(history(ops))).toMatchObject({
    reason: 'None of 3 operations succeeded: most often "reset".',
  })
})

it.each([
  ['no operations', '', [], 'There are no operations.'],
  ['no success', '0 |write 1 # |read 1 #', [], 'None of 2 operations succeeded.'],
  ['no write', '0 |write 1 # |read nil|', [], 'None of 1 write succeeded.'],
  ['no read', '0 |write 1| |read nil #', [], 'None of 1 read succeeded.'],
  ['a fault that never struck', '0 |write 1| |read 1|', ['kill'], 'The fault kill was asked for but never struck.'],
  [
    'faults that never struck',
    '0 |write 1| |read 1|\nkill ?==?',
    ['pause', 'clock'],
    'The faults clock and pause were asked for but never struck. The fault kill was never seen to take effect.',
  ],
  ['a fault nobody saw', '0 |write 1| |read 1|\nkill ?==?', [], 'The fault kill was never seen to take effect.'],
  [
    'a fault beside the operations',
    '0 |write 1| |read 1|\nkill                       |==|',
    [],
    'The fault kill never overlapped an operation.',
  ],
])('says that nothing was tested: %s', async (_, text, faults, reason) => {
  expect(await exercise({faults}).check(diagram(text))).toMatchObject({validity: 'unknown', kind: 'exercise', reason})
})

it('accepts a run in which every kind of fault was seen at work', async () => {
  const verdict = await exercise({faults: ['kill']}).check(diagram('0 |write 1| |read 1|\nkill |==|\npause   |==|'))
  expect(verdict).toMatchObject({validity: 'valid', summary: '2 operations, 2/2 faults verified'})
})

/** A read and a write, a kill that was seen or not, and a partition that found nobody to part. */
function besideIdlePartition(killed: boolean): History {
  const strike = (index: number, fault: string, proof: object): Op[] => {
    const shared = {type: 'info', process: `nemesis:${fault}`, f: `start-${fault}`} as const
    return [
      {...shared, index, timeNs: index, value: null},
      {...shared, index: index + 1, timeNs: index + 1, value: {proof: {evidence: 'none', ...proof}} as never},
    ]
  }
  return history([
    ...strike(0, 'kill', {verified: killed}),
    ...strike(2, 'partition', {verified: false, vacuous: true}),
    {index: 4, timeNs: 4, type: 'invoke', process: 0, f: 'write', value: 1},
    {index: 5, timeNs: 5, type: 'ok', process: 0, f: 'write', value: 1},
  ])
}

it('a fault that found nobody left to strike is said, and alone says nothing against the test', async () => {
  expect(await exercise().check(besideIdlePartition(true))).toMatchObject({
    ...{validity: 'valid', summary: '1 operation, 1/2 faults verified, 1 struck nobody that ran'},
  })
  expect(await exercise().check(besideIdlePartition(false))).toMatchObject({validity: 'unknown'})
})

it.each([
  ['another function', {f: 'write'}, 'the completion is of write'],
  ['another key', {key: 'y'}, 'the completion is of key y'],
])('reports an answer to something else: %s', async (_, change, reported) => {
  const record = history([
    {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'read', key: 'x', value: null},
    {index: 1, timeNs: 1, type: 'ok', process: 0, f: 'read', key: 'x', value: 1, ...change},
  ])
  expect((await reply().check(record)).anomalies[0]?.sentence).toContain(reported)
})

it.each([
  ['a write of another value', '0 |write 1 → 2|', 'was told that 2 was done'],
  ['a transaction on another key', '0 |txn [[r 1 nil]] → [[r 2 5]]|', 'micro-operation 0'],
  ['a shorter transaction', '0 |txn [[r 1 nil] [append 1 2]] → [[r 1 []]]|', '1 micro-operation came back'],
])('reports an answer that is not of the question: %s', async (_, text, reported) => {
  expect((await reply().check(diagram(text))).anomalies[0]?.sentence).toContain(reported)
})

it('accepts answers that fit', async () => {
  const fits = diagram('0 |write 1| |write 2 → nil| |read 5| |txn [[r 1 nil] [append 1 2]] → [[r 1 [3]] [append 1 2]]|')
  expect(await reply().check(fits)).toMatchObject({validity: 'valid'})
})

/** Operations and faults at random, at times that are often the same. */
function randomRun(random: Random): History {
  const ops: Op[] = []
  const open = new Map<number, Op>()
  const striking = new Set<string>()
  const processes = [0, 1, 2]
  let [timeNs, fresh] = [0, 3]
  const down = random.pick([0, 0.5, 0.95])
  for (let i = random.between(4, 22); i > 0; i--) {
    timeNs += random.pick([0, 1, 1, 2, 5]) * 1e6
    if (random.chance(0.2)) {
      const fault = random.pick(['kill', 'pause'])
      const f = striking.has(fault) ? `stop-${fault}` : `start-${fault}`
      if (!striking.delete(fault)) striking.add(fault)
      const value = {description: fault, victims: [], proof: {verified: random.chance(0.8), evidence: ''}}
      for (const _ of 'ab') ops.push({index: ops.length, timeNs, type: 'info', process: `nemesis:${fault}`, f, value})
      continue
    }
    const worker = random.int(3)
    const process = processes[worker] as number
    const invoke = open.get(process)
    const node = random.chance(0.9) ? {node: `n${worker % 2}`} : {}
    if (invoke === undefined) {
      const final = random.chance(0.1) ? {final: true} : {}
      const op: Op = {
        index: ops.length,
        timeNs,
        type: 'invoke',
        process,
        f: random.pick(['read', 'write']),
        value: 1,
        ...node,
        ...final,
      }
      open.set(process, op)
      ops.push(op)
    } else {
      open.delete(process)
      const type = random.chance(down) ? random.pick(['fail', 'info'] as const) : 'ok'
      if (type === 'info') processes[worker] = fresh++
      ops.push({...invoke, index: ops.length, timeNs, type})
    }
  }
  return history(ops)
}

it('availability, recovery and exercise agree with looking at every operation for every fault', () => {
  fuzz(
    'liveness',
    fuzzCount(1500),
    randomRun,
    (record) => {
      const {operations, faults} = record
      const expected: string[] = []
      // Shares.
      const {detail} = availability({gapMs: 1, limitMs: 4}).check(record) as Verdict
      const {faults: shares, outages} = detail as {faults: Share[]; outages: Outage[]}
      for (const [i, fault] of faults.entries()) {
        const during = operations.filter(
          ({startNs, endNs, completion, final}) =>
            !final && startNs <= fault.endNs && (completion?.timeNs ?? endNs) >= fault.startNs,
        )
        const count = (outcome: string) => during.filter((operation) => operation.outcome === outcome).length
        expect(shares[i]).toMatchObject({ok: count('ok'), fail: count('fail'), info: count('info')})
      }
      // Outages: between two successes that follow each other (or the last request), from the first request after the former.
      const successes = operations.filter(({outcome}) => outcome === 'ok').map(({endNs}) => endNs)
      const requests = operations.map(({startNs}) => startNs)
      const returns = [...successes].sort((a, b) => a - b)

      const stretches = requests.flatMap((from) => {
        const end = returns.find((mark) => mark > from) ?? requests.at(-1)
        const start = [Number.NEGATIVE_INFINITY, ...successes]
          .filter((mark) => mark <= from)
          .sort((a, b) => a - b)
          .at(-1) as number
        const first = !requests.some((other) => other > start && other < from) && from > start
        return end !== undefined && first && end - from >= 1e6 && !successes.some((mark) => mark > from && mark < end)
          ? [`${from} ${end}`]
          : []
      })
      expect(outages.map(({startNs, endNs}) => `${startNs} ${endNs}`)).toEqual([...new Set(stretches)])
      // Recoveries.
      const healed = faults.filter(({endNs}) => Number.isFinite(endNs)).sort((a, b) => a.endNs - b.endNs)
      const recoveries = recoveriesOf(record)
      const comesAfter = ({startNs, invoke}: Operation, {endNs, endIndex = Number.POSITIVE_INFINITY}: FaultWindow) =>
        startNs > endNs || (startNs === endNs && invoke.index > endIndex)
      for (const [i, fault] of healed.entries()) {
        const {endNs} = fault
        const since = (node?: string) => {
          const later = operations.filter(
            (operation) =>
              comesAfter(operation, fault) &&
              operation.outcome === 'ok' &&
              (node === undefined || operation.node === node),
          )
          return later.length === 0 ? null : (Math.min(...later.map((operation) => operation.endNs)) - endNs) / 1e6
        }
        const asked = operations.filter((operation) => comesAfter(operation, fault) && operation.node !== undefined)
        expect(recoveries[i]).toMatchObject({
          healedNs: endNs,
          recoveredMs: since(),
          nodes: Object.fromEntries(asked.map(({node}) => [node, since(node)])),
        })
      }
      const verdict = recovery().check(record) as Verdict
      const after =
        faults.length === 0 ? [] : operations.filter((one) => faults.every((fault) => comesAfter(one, fault)))
      const groups = [
        after,
        ...[...new Set(after.map(({node}) => node))]
          .filter((node) => node !== undefined)
          .map((node) => after.filter((one) => one.node === node)),
      ]
      if (groups.some((group) => group.length > 1 && group.every(({outcome}) => outcome !== 'ok')))
        expected.push('no-recovery')
      expect(verdict.anomalies.length > 0).toBe(expected.length > 0)
      // Exercise: a kind of fault that never overlapped anything.
      const {problems} = (exercise().check(record) as Verdict).detail as {problems: string[]}
      const overlapped = (fault: string) =>
        faults.some(
          (window) =>
            window.fault === fault &&
            window.verified &&
            operations.some(
              ({startNs, endNs, completion}) =>
                startNs <= window.endNs && (completion?.timeNs ?? endNs) >= window.startNs,
            ),
        )
      for (const fault of new Set(faults.filter(({verified}) => verified).map((window) => window.fault))) {
        const problem = `The fault ${fault} never overlapped an operation.`
        expect(problems.includes(problem)).toBe(!overlapped(fault))
        if (!overlapped(fault)) expected.push('no-overlap')
      }
      return expected
    },
    {kinds: ['no-recovery', 'no-overlap'], balance: 0.05},
  )
})

it('an outage of one function is not ended by another', async () => {
  const text = `0 |write 1| ${' '.repeat(40)}|write 2|\n1 |read 1| |read 1| |read 1| |read 1| |read 1| |read 1|`
  expect(await threshold('outage(write)<400ms').check(diagram(text))).toMatchObject({validity: 'valid'})
  const waiting = `0 |write 1| |write 2 #${' '.repeat(40)}|write 3|\n1 |read 1| |read 1| |read 1| |read 1| |read 1| |read 1|`
  expect(await threshold('outage(write)<400ms').check(diagram(waiting))).toMatchObject({validity: 'invalid'})
  expect(await threshold('outage<400ms').check(diagram(waiting))).toMatchObject({validity: 'valid'})
})

it.each([
  ['a micro-operation that is none', '0 |txn [[r 1 nil]] → [7]|', 'micro-operation 0'],
  ['nothing at all', '0 |txn [[r 1 nil]] → nil|', 'was answered nothing'],
  ['another record than was sent', '0 |txn [[send 1 7]] → [[send 1 [0 8]]]|', 'micro-operation 0'],
])('reports a transaction answered with %s', async (_, text, reported) => {
  expect((await reply().check(diagram(text))).anomalies[0]?.sentence).toContain(reported)
})

it('reply accepts the offset of what was sent, and whatever was polled', async () => {
  const fits = diagram('0 |txn [[send 1 7] [poll]] → [[send 1 [0 7]] [poll {1: [[0 7]]}]]|')
  expect(await reply().check(fits)).toMatchObject({validity: 'valid'})
})
