import {describe, expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import {TransactionsBuilder} from './builder.ts'
import type {ElleDetail} from './elle-verdict.ts'
import type {ExplainedCycle} from './explain.ts'
import {listAppend} from './list-append.ts'
import {alone, concurrent, serial, timed} from './notation.fixture.ts'

async function judged(...args: Parameters<ReturnType<typeof listAppend>['check']>): Promise<Verdict> {
  return listAppend().check(...args)
}

function detail(verdict: Verdict): ElleDetail {
  return verdict.detail as ElleDetail
}

async function types(history: Parameters<typeof judged>[0]): Promise<readonly string[]> {
  const {anomalyTypes, allowed} = detail(await judged(history))
  return [...anomalyTypes, ...allowed]
}

test('without a dependency no model is called standing', async () => {
  const untested = await judged(concurrent('ax1', 'ay2'))
  expect([untested.validity, detail(untested).strongest]).toEqual(['unknown', []])
  expect(untested.summary).toContain('no model was put to the test')
  // What a transaction says by itself needs no other one.
  const alone = await judged(serial('ax1', 'rz9'))
  expect([alone.validity, detail(alone).dependencies]).toEqual(['invalid', 0])
  expect(alone.summary).toContain('no other model was put to the test')
})

describe('valid', () => {
  test('what some order explains', async () => {
    const verdict = await judged(serial('ax1', 'rx1ax2', 'rx12'))
    expect(verdict.validity).toBe('valid')
    expect(detail(verdict).strongest).toEqual(['strict-serializable'])
    expect(verdict.summary).toContain('strict-serializable')
  })

  test('an info transaction that nobody observed did not happen', async () => {
    expect(await types(concurrent('ax1', 'ax2ay1?', 'rx1ry'))).toEqual([])
  })

  test('an info transaction that somebody observed did, later than anything', async () => {
    const observedLate = timed([0, 0, 1, 'ax1?'], [1, 2, 3, 'rx'], [2, 4, 5, 'rx1'])
    expect(await types(observedLate)).toEqual([])
    const inParts = timed([0, 0, 1, 'ax1ay1?'], [1, 2, 3, 'rx1ry'])
    expect(await types(inParts)).toEqual(['G-single-item'])
  })

  test('one that only an odd list shows was observed, too', async () => {
    expect(await types(concurrent('ax1', 'ax3', 'ax2ay1?', 'rx13', 'rx2ry'))).toEqual([
      'G-single-item',
      'incompatible-order',
    ])
  })
})

describe('cycles', () => {
  test.each([
    ['G0', concurrent('ax1ay1', 'ax2ay2', 'rx12ry21')],
    ['G1c', concurrent('ax1ry1', 'ax2ay1', 'rx12ry1')],
    ['G-single-item', concurrent('ax1ay1', 'rx1ry')],
    ['G-nonadjacent-item', concurrent('ax1', 'rx1ry', 'ay1', 'ry1rx')],
    ['G2-item', concurrent('rxay1', 'ryax1')],
    ['G0-process', timed([0, 0, 1, 'ax2'], [0, 2, 3, 'ax1'], [1, 0, 3, 'rx12'])],
    ['G1c-process', timed([1, 0, 5, 'rx1ay1'], [2, 0, 1, 'ry1'], [2, 2, 3, 'ax1'])],
    ['G-single-item-process', timed([0, 0, 1, 'ax1'], [0, 2, 3, 'rx'], [1, 0, 4, 'rx1'])],
    ['G2-item-process', timed([2, 0, 1, 'ay1'], [2, 2, 3, 'rx'], [1, 0, 9, 'ax1ry'])],
    ['G0-realtime', serial('ax2', 'ax1', 'rx12')],
    ['G1c-realtime', serial('rx1', 'ax1')],
    ['G-single-item-realtime', serial('ax1', 'ax2', 'rx1', 'rx12')],
  ])('%s', async (type, given) => {
    expect(await types(given)).toContain(type)
  })

  test('a read skew is told as Elle tells it', async () => {
    const verdict = await judged(concurrent('ax1ay1', 'rx1ry'))
    const [anomaly] = verdict.anomalies
    expect(anomaly!.sentence).toBe(
      'G-single-item (read skew): transactions #1 and #0 must each precede the other. Rules out consistent-view and repeatable-read.',
    )
    expect(anomaly!.why).toEqual([
      'Let T1 = #1 p1: r x [1], r y []',
      'and T2 = #0 p0: append x 1, append y 1',
      "Then T1 < T2, because T1 observed y = [], without T2's append of 1",
      "However, T2 < T1, because T1 observed T2's append of 1 to x: a contradiction!",
    ])
    expect(anomaly!.detail).toMatchObject({knot: 2})
    expect((anomaly!.detail as ExplainedCycle).steps).toMatchObject([
      {from: 'T1', to: 'T2', type: 'rw', key: 'y', value: null, nextValue: 1, fromMicroOp: 1, toMicroOp: 1},
      {from: 'T2', to: 'T1', type: 'wr', key: 'x', value: 1, fromMicroOp: 0, toMicroOp: 0},
    ])
    expect(anomaly!.witness).toEqual([0, 1, 2, 3])
    expect(detail(verdict).not).toEqual(['consistent-view', 'repeatable-read'])
    expect(detail(verdict).strongest).toContain('parallel-snapshot-isolation')
  })

  test('an order of appends is shown by whoever read it, or by nobody having seen the last', async () => {
    const read = await judged(concurrent('ax1ay1', 'ax2ay2', 'rx12ry21', 'ry2'))
    expect(read.anomalies[0]!.why!.slice(2)).toEqual([
      'Then T1 < T2, because T2 appended 2 after T1 appended 1 to x, as #2 read',
      'However, T2 < T1, because T1 appended 1 after T2 appended 2 to y, as #2 read: a contradiction!',
    ])
    expect(read.anomalies[0]!.witness).toEqual([0, 1, 2, 4, 5, 6])
    expect((read.anomalies[0]!.detail as ExplainedCycle).steps[0]).toMatchObject({type: 'ww', shownBy: 2})
    const own = await judged(concurrent('ax1ay1', 'ax2ay2rx12ry21'))
    expect(own.anomalies[0]!.why![2]).toBe('Then T1 < T2, because T2 appended 2 after T1 appended 1 to x, as T2 read')
    const unseen = await judged(concurrent('ax1ry2', 'ax2ay2', 'rx1'))
    expect(unseen.anomalies[0]!.why!.at(-1)).toBe(
      'However, T2 < T1, because T1 appended 2 after T2 appended 1 to x (no read shows 2: it came last): a contradiction!',
    )
  })

  test('real time and process order are reasons, too', async () => {
    const realtime = await judged(serial('ax1', 'rx'))
    expect(realtime.anomalies[0]!.why!.at(-1)).toBe(
      'However, T2 < T1, because T2 had completed (#1) before T1 was invoked (#2): a contradiction!',
    )
    const process = await judged(alone('ax1', 'rx'))
    expect(process.anomalies[0]!.why!.at(-1)).toBe(
      'However, T2 < T1, because process 0 was through with T2 (#1) before it began T1 (#2): a contradiction!',
    )
  })

  test('what is not asked for is no violation, but known', async () => {
    const verdict = await listAppend({models: ['serializable']}).check(serial('ax1', 'ax2', 'rx1', 'rx12'))
    expect(verdict.validity).toBe('valid')
    expect(detail(verdict)).toMatchObject({allowed: ['G-single-item-realtime'], not: ['strong-snapshot-isolation']})
  })

  test('a ring of anti-dependencies is found whatever its size', async () => {
    const ring = Array.from({length: 26}, (_, i) => `r${letter(i)}a${letter(i + 25)}1`)
    const verdict = await judged(concurrent(...ring))
    expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual(['G2-item'])
    expect((verdict.anomalies[0]!.detail as ExplainedCycle).steps).toHaveLength(26)
  })

  test('a long ring is told by its beginning and its end', () => {
    const builder = new TransactionsBuilder('list-append')
    for (let i = 0; i < 1000; i++) {
      const at = {invoked: i, completed: 1000 + i, invokeIndex: i, completeIndex: 1000 + i}
      builder.begin({process: i, outcome: 'ok', ...at})
      builder.write(i, 1)
      builder.read((i + 1) % 1000, [1])
    }
    const [anomaly] = listAppend().judge(builder.build()).anomalies
    const {transactions, steps, omitted} = anomaly!.detail as ExplainedCycle
    expect(anomaly!.sentence).toMatch(/^G1c .*: transactions #\d+, .* and 996 more must precede each other in a circle/)
    expect([transactions.length, steps.length, omitted]).toEqual([25, 24, 976])
    expect(anomaly!.witness).toHaveLength(50)
    const middle = anomaly!.why!.indexOf('… and so on for 976 more …')
    expect(anomaly!.why![middle - 1]).toMatch(/^and T12 < T13, because T13 observed T12's append of 1/)
    expect(anomaly!.why![middle + 1]).toMatch(/^and T989 < T990, because/)
    expect(anomaly!.why!.at(-1)).toMatch(/^However, T1000 < T1, because .*: a contradiction!$/)
  })
})

describe('anomalies of single transactions and keys', () => {
  test.each([
    ['G1a', concurrent('ax1!', 'rx1'), '#1 read 1 in x, but #0, which wrote it, failed.'],
    ['G1b', concurrent('ax1ax2', 'rx1'), '#1 read x = [1], a state that #0 passed through but never committed.'],
    ['thin-air-read', concurrent('ax1', 'rx12'), '#1 read 2 in x, which nobody ever wrote.'],
    [
      'internal',
      concurrent('ax1', 'rx1ax2rx2'),
      '#1 read x = [2], but after its own reads and writes it should have seen [1 2].',
    ],
    [
      'internal',
      concurrent('ax1ax2ax4', 'ax3rx1234'),
      '#1 read x = [1 2 3 4], but after its own reads and writes it should have seen a list that ends in 3.',
    ],
    ['future-read', concurrent('rx1ax1'), '#0 read 1 in x before it wrote it itself.'],
    [
      'dirty-update',
      concurrent('ax1!', 'ax2', 'rx12'),
      '#1 appended 2 to x after 1, which #0 appended before it failed.',
    ],
    [
      'lost-update',
      concurrent('ax0', 'rx0ax1', 'rx0ax2'),
      "#1 and #2 each read x = [0] and then updated it, neither having seen the other's update.",
    ],
    [
      'lost-update',
      concurrent('ax0', 'ax1rx0ax2', 'rx0ax3'),
      "#1 and #2 each read x = [0] and then updated it, neither having seen the other's update.",
    ],
    ['G1b', concurrent('ax1ax2!', 'rx1'), '#1 read x = [1], a state that #0 passed through but never committed.'],
    [
      'incompatible-order',
      concurrent('ax1', 'ax2', 'rx2rx1'),
      '#2 read x = [1] and also [2]: no single order of appends shows both.',
    ],
    ['duplicate-elements', concurrent('ax1', 'ax2', 'rx121'), '#2 read 1 twice in x, though it was appended once.'],
    [
      'incompatible-order',
      concurrent('ax1', 'ax2', 'rx12', 'rx2'),
      '#3 read x = [2] and #2 read [1 2]: no single order of appends shows both.',
    ],
    [
      'incompatible-order',
      concurrent('ax1ax2', 'rx21'),
      '#0 appended 1 to x and then 2, but #1 read [2 1], the second without the first before it.',
    ],
  ])('%s', async (type, given, sentence) => {
    const verdict = await judged(given)
    expect(verdict.validity).toBe('invalid')
    expect(verdict.anomalies.find((anomaly) => anomaly.type === type)?.sentence).toContain(sentence)
  })

  test('values from outside can be allowed', async () => {
    const given = concurrent('ax1', 'rx21')
    expect((await listAppend({foreignValues: true}).check(given)).validity).toBe('valid')
  })

  test('an answer to another question', async () => {
    const given = history([
      {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'txn', value: [['r', 'x', null]]},
      {index: 1, timeNs: 1, type: 'ok', process: 0, f: 'txn', value: [['r', 'y', []]]},
    ])
    expect((await judged(given)).anomalies[0]).toMatchObject({type: 'mismatched-reply', witness: [0, 1]})
  })
})

describe('what cannot be judged', () => {
  test('nothing at all, and nothing that depends on anything, is unknown', async () => {
    expect(await judged(history([]))).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('no transactions'),
    })
    expect(await judged(serial('ax1', 'ay1'))).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('No transaction depends'),
    })
  })

  test('an element appended twice is an ill-formed history, not a broken database', () => {
    expect(() => listAppend().check(concurrent('ax1', 'ax1!'))).toThrow(
      expect.objectContaining({message: 'ill-formed history: op #3 appends 1 to x, as op #2 did before', exitCode: 2}),
    )
    expect(() => listAppend().check(concurrent('ax1ax1'))).toThrow('op #1 appends 1 to x twice')
  })

  test.each([
    ['no list of micro-operations', 'read', 7, 'op #1 (f "read") is no transaction: its value is 7'],
    ['a verb of the other workload', 'txn', [['w', 'x', 1]], 'op #1 has the micro-operation [w x 1]'],
    ['no key', 'txn', [['r']], 'op #1 has the micro-operation [r]'],
  ])('%s', (_, f, value, message) => {
    const ops = ['invoke', 'ok'].map((type, index) => ({index, timeNs: 0, type: type as 'ok', process: 0, f, value}))
    expect(() => listAppend().check(history(ops))).toThrow(message)
  })

  test('a read that is no list', () => {
    const mop = (value: unknown) => [['r', 'x', value]]
    const ops = ['invoke', 'ok'].map((type, i) => ({
      index: i,
      timeNs: 0,
      type: type as 'ok',
      process: 0,
      f: 'txn',
      value: mop(i === 0 ? null : 3),
    }))
    expect(() => listAppend().check(history(ops))).toThrow('op #1 reads 3 from x, which is no list')
  })

  test('broken pairing is explained by the history', () => {
    const op = {timeNs: 0, type: 'ok' as const, process: 0, f: 'txn', value: [['r', 'x', []]]}
    expect(() => listAppend().check(history([{...op, index: 0}]))).toThrow('has no open invocation')
  })

  test('a process that is no number from 0 on', () => {
    const op = {index: 0, timeNs: 0, type: 'invoke' as const, process: -1, f: 'txn', value: []}
    expect(() => listAppend().check(history([op]))).toThrow('op #0 is of process -1')
  })

  test('unknown models and anomalies are refused when the checker is made', () => {
    expect(() => listAppend({models: ['serialisable']})).toThrow('Did you mean "serializable"?')
    expect(() => listAppend({anomalies: ['G9']})).toThrow('Unknown anomaly "G9"')
    expect(() => listAppend({models: []})).toThrow('neither a consistency model nor an anomaly')
  })
})

test('out of budget, what is not known is said to be unknown', async () => {
  const given = concurrent('ax1', 'rx1ry', 'ay1', 'ry1rx')
  const budget = {exceeded: () => '1 s of time'}
  const verdict = await listAppend({models: ['consistent-view']}).check(given, {budget})
  expect(verdict).toMatchObject({validity: 'unknown', reason: expect.stringContaining('G-single-item')})
  expect(detail(verdict).undecided).toContain('G-single-item')
  // What is found without that search stands.
  expect((await listAppend({models: ['snapshot-isolation']}).check(given, {budget})).validity).toBe('invalid')
  expect((await listAppend({models: ['consistent-view']}).check(given)).validity).toBe('valid')
})

test('ops of their own are transactions of one', async () => {
  const op = (index: number, type: 'invoke' | 'ok', process: number, f: string, value: unknown) => ({
    index,
    timeNs: index,
    type,
    process,
    f,
    key: 'x',
    value,
  })
  const given = history([
    op(0, 'invoke', 0, 'append', 1),
    op(1, 'ok', 0, 'append', 1),
    op(2, 'invoke', 1, 'read', null),
    op(3, 'ok', 1, 'read', []),
  ])
  expect(await types(given)).toEqual(['G-single-item-realtime'])
})

test('values may be anything that JSON can say', async () => {
  const txn = (index: number, type: 'invoke' | 'ok', process: number, value: unknown) => ({
    index,
    timeNs: index,
    type,
    process,
    f: 'txn',
    value,
  })
  const [a, b, c] = [{id: 1}, 2n ** 60n, '2']
  const append = (...values: unknown[]) => values.map((value) => ['append', 'x', value])
  const given = history([
    txn(0, 'invoke', 0, append(a, b)),
    txn(1, 'ok', 0, append(a, b)),
    txn(2, 'invoke', 0, append(c)),
    txn(3, 'ok', 0, append(c)),
    txn(4, 'invoke', 0, [['r', 'x', null]]),
    txn(5, 'ok', 0, [['r', 'x', [{id: 1}, 2n ** 60n, '2']]]),
    txn(6, 'invoke', 0, [['r', 'x', null]]),
    txn(7, 'ok', 0, [['r', 'x', [{id: 1}, 2n ** 60n]]]),
  ])
  expect(await types(given)).toEqual(['G-single-item-process'])
})

function letter(i: number): string {
  return String.fromCharCode(97 + (i % 26))
}
