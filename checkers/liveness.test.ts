import {expect, it} from 'vitest'
import {history} from '../core/history.ts'
import {createRandom} from '../core/random.ts'
import {availability} from './availability.ts'
import {diagram} from './diagram.ts'
import {exercise} from './exercise.ts'
import {Durations, Latencies} from './latency.ts'
import {recoveriesOf, recovery} from './recovery.ts'
import {reply} from './reply.ts'
import {stats} from './stats.ts'

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
    'After the last fault was healed node n1 never served again: 2 attempts, none succeeded.',
  ])
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

it.each([
  ['no operations', '', [], 'There are no operations.'],
  ['no success', '0 |write 1 # |read 1 #', [], 'None of 2 operations succeeded.'],
  ['no write', '0 |write 1 # |read nil|', [], 'None of 1 write succeeded.'],
  ['no read', '0 |write 1| |read nil #', [], 'None of 1 read succeeded.'],
  ['a fault that never struck', '0 |write 1| |read 1|', ['kill'], 'The fault kill was asked for but never struck.'],
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

it.each([
  ['another function', {f: 'write'}, 'the completion is of write'],
  ['another key', {key: 'y'}, 'the completion is of key y'],
])('reports an answer to something else: %s', async (_, change, told) => {
  const record = history([
    {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'read', key: 'x', value: null},
    {index: 1, timeNs: 1, type: 'ok', process: 0, f: 'read', key: 'x', value: 1, ...change},
  ])
  expect((await reply().check(record)).anomalies[0]?.sentence).toContain(told)
})

it.each([
  ['a write of another value', '0 |write 1 → 2|', 'was told that 2 was done'],
  ['a transaction on another key', '0 |txn [[r 1 nil]] → [[r 2 5]]|', 'micro-operation 0'],
  ['a shorter transaction', '0 |txn [[r 1 nil] [append 1 2]] → [[r 1 []]]|', '1 micro-operation came back'],
])('reports an answer that is not of the question: %s', async (_, text, told) => {
  expect((await reply().check(diagram(text))).anomalies[0]?.sentence).toContain(told)
})

it('accepts answers that fit', async () => {
  const fits = diagram('0 |write 1| |write 2 → nil| |read 5| |txn [[r 1 nil] [append 1 2]] → [[r 1 [3]] [append 1 2]]|')
  expect(await reply().check(fits)).toMatchObject({validity: 'valid'})
})

it('takes exact quantiles of many durations, whatever they are', () => {
  const random = createRandom('quantiles')
  for (const count of [1, 2, 16_384, 16_385, 40_000]) {
    const all = Array.from({length: count}, () => {
      const ns = Math.floor(10 ** (random.next() * 10))
      return random.chance(0.05) ? random.pick([0, -ns, ns + 0.5]) : ns
    })
    const parts = [all.slice(0, count >> 2), all.slice(count >> 2)].map((part) => {
      const durations = new Durations()
      for (const ns of part) durations.push(ns)
      return Latencies.ofNs(durations)
    })
    const latencies = Latencies.together(parts)
    const sorted = all.toSorted((left, right) => left - right)
    for (const share of [0, 0.01, 0.05, 0.5, 0.9, 0.99, 0.999, 1]) {
      const rank = Math.max(1, Math.ceil(share * count))
      expect(latencies.quantileMs(share)).toBe(sorted[rank - 1]! / 1e6)
    }
  }
})
