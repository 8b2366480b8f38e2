/** Runs that are hard to draw: a cycle of transactions, and markup wherever text can stand. */
import type {Op} from '../core/op.ts'
import {judge, type Verdict} from '../core/verdict.ts'
import type {ReportInput} from './input.ts'
import {number} from './register.fixture.ts'
import {passRun} from './runs.fixture.ts'

const MS = 1e6

/** A run of transactions with a read skew and two reads in different orders in it, as `checkers/elle` explains them. */
export function cycleRun(): ReportInput {
  const base = passRun({operations: 300, seconds: 10})
  const start = 5e9
  const txn = (process: number, node: string, fromMs: number, toMs: number, asked: unknown, got: unknown): Op[] => [
    {index: 0, timeNs: start + fromMs * MS, type: 'invoke', process, f: 'txn', value: asked, node},
    {index: 0, timeNs: start + toMs * MS, type: 'ok', process, f: 'txn', value: got, node},
  ]
  const t1 = [
    ['append', 'x', 8],
    ['r', 'y', []],
  ]
  const t2 = [
    ['append', 'y', 3],
    ['r', 'x', [8]],
  ]
  const t3 = [
    ['r', 'y', [3]],
    ['append', 'x', 9],
  ]
  const t4 = [['r', 'z', [1, 2, 3]]]
  const t5 = [['r', 'z', [1, 3]]]
  const ops = number([
    ...base.ops.filter((op) => op.timeNs < 4.9e9 || op.timeNs > 5.2e9).filter((op) => typeof op.process !== 'number'),
    ...txn(
      2,
      'n2',
      0,
      60,
      [
        ['append', 'x', 8],
        ['r', 'y', null],
      ],
      t1,
    ),
    ...txn(
      0,
      'n1',
      10,
      45,
      [
        ['append', 'y', 3],
        ['r', 'x', null],
      ],
      t2,
    ),
    ...txn(
      3,
      'n4',
      50,
      70,
      [
        ['r', 'y', null],
        ['append', 'x', 9],
      ],
      t3,
    ),
    ...txn(1, 'n3', 80, 90, [['r', 'z', null]], t4),
    ...txn(4, 'n5', 80, 95, [['r', 'z', null]], t5),
  ])
  const indexOf = (process: number) => ops.find((op) => op.process === process)?.index as number
  const named = [
    [2, t1],
    [0, t2],
    [3, t3],
  ].map(([process, value], at) => ({
    name: `T${at + 1}`,
    transaction: {index: indexOf(process as number), process, type: 'ok', value},
  }))
  const steps = [
    {
      from: 'T1',
      to: 'T2',
      type: 'rw',
      key: 'y',
      because: "T1 observed y = [], without T2's append of 3",
      fromMicroOp: 1,
      toMicroOp: 0,
    },
    {
      from: 'T2',
      to: 'T3',
      type: 'wr',
      key: 'y',
      because: "T3 observed T2's append of 3 to y",
      fromMicroOp: 0,
      toMicroOp: 0,
    },
    {from: 'T3', to: 'T1', type: 'realtime', because: 'T3 had completed before T1 was invoked'},
  ]
  const verdict: Verdict = {
    checker: 'list-append',
    property: 'strict serializable',
    kind: 'safety',
    validity: 'invalid',
    summary: '5 transactions; snapshot isolation violated, read uncommitted not ruled out',
    detail: {
      models: ['serializable'],
      not: ['read-committed'],
      alsoNot: ['serializable', 'snapshot-isolation'],
      strongest: ['read-uncommitted'],
      allowed: [],
    },
    anomalies: [
      {
        type: 'incompatible-order',
        sentence: 'Two reads of z show no single order of appends.',
        key: 'z',
        witness: [indexOf(1), indexOf(4)],
        why: ['one read [1 2 3]', 'the other read [1 3]'],
        detail: {
          values: [
            [1, 2, 3],
            [1, 3],
          ],
        },
      },
      {
        type: 'G-single',
        sentence: `G-single (read skew): transactions #${named.map((each) => each.transaction.index).join(', #')} precede each other in a circle.`,
        witness: named.map((each) => each.transaction.index),
        why: steps.map((step) => `${step.from} < ${step.to}, because ${step.because}`),
        detail: {transactions: named, steps},
      },
    ],
  }
  const weaker = {
    serializable: ['snapshot-isolation', 'read-committed', 'read-uncommitted'],
    'snapshot-isolation': ['read-committed', 'read-uncommitted'],
    'read-committed': ['read-uncommitted'],
    'read-uncommitted': [],
  }
  const run = {...base.run, workload: 'append', concurrency: 5}
  return {...base, ops, judgement: judge([verdict], ''), run, weaker}
}

/** Several broken properties at once, some without a drawing, and markup wherever text can stand. */
export function hostileRun(): ReportInput {
  const evil = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'
  const base = passRun({operations: 400, seconds: 4})
  const ops = base.ops.map((op) => (op.value === null ? op : {...op, value: evil, ...(op.error ? {error: evil} : {})}))
  const lost = ops.filter((op) => op.type === 'ok' && op.f === 'write').slice(3, 6)
  const verdict = (
    type: string,
    kind: 'safety' | 'liveness',
    witness: readonly number[],
    detail?: unknown,
  ): Verdict => ({
    checker: type,
    property: `${type} ${evil}`,
    kind,
    validity: 'invalid',
    summary: evil,
    anomalies: [{type, sentence: `${evil} at #${witness[0] ?? 0}.`, key: evil, witness, why: [evil], detail}],
  })
  const judgement = judge(
    [
      verdict(
        'lost-write',
        'safety',
        lost.map((op) => op.index),
      ),
      verdict(
        'G-single',
        'safety',
        lost.map((op) => op.index),
        {cycle: [{from: evil, to: 'T2', edge: 'rw'}]},
      ),
      verdict('slow-recovery', 'liveness', []),
    ],
    '',
  )
  return {
    ...base,
    ops,
    judgement,
    run: {...base.run, id: evil, target: evil, seed: evil, reproduce: evil, command: evil, host: {os: evil}},
    faults: base.faults.map((fault) => ({...fault, description: evil, proof: evil})),
    logs: base.logs.map((log) => ({...log, lines: log.lines.map((line) => ({...line, text: evil}))})),
    events: [{timeNs: 1e9, node: 'n1', event: {type: 'leader', term: evil}}],
  }
}
