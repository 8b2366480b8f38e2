/**
 * Agreement with Elle: the check calls recorded while Elle's own tests ran. The file is read from outside (CHAOS_CORPORA
 * names its directory) and is never part of this project. Where we differ on purpose, the case and the reason are below.
 */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {Verdict} from '../../core/verdict.ts'
import {anomalyNamed} from './anomalies.ts'
import {TransactionsBuilder} from './builder.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {listAppend} from './list-append.ts'
import {modelNamed, orderOf} from './models.ts'
import {rwRegister} from './rw-register.ts'
import type {Transactions, Workload} from './transactions.ts'

interface SuiteOp {
  readonly index: number
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly process: number
  readonly value: readonly [string, string | number, unknown][]
}

interface SuiteCase {
  readonly test: string
  readonly checker: Workload
  readonly opts: Readonly<Record<string, unknown>>
  readonly history: readonly SuiteOp[] | null
  readonly result: {
    readonly 'valid?'?: boolean | 'unknown'
    readonly 'anomaly-types'?: readonly string[]
    readonly not?: readonly string[]
    readonly 'also-not'?: readonly string[]
  }
}

interface Expected {
  readonly validity: string
  readonly types: readonly string[]
  readonly not: readonly string[] | undefined
  readonly alsoNot: readonly string[] | undefined
}

/**
 * Cases (lines, from 0) in which something reads a value that nobody wrote. Elle does not look at that (its issue #8); we
 * call it a thin-air-read. Told that values may come from outside, we agree with Elle on all of them.
 */
const THIN_AIR: ReadonlySet<number> = new Set([53, 54, 72, 73, 74, 76, 77, 80, 81])

/** Cases in which we differ on purpose. */
const DIFFERENT: Readonly<
  Record<number, {readonly reason: string; readonly expected: (theirs: Expected) => Partial<Expected>}>
> = {
  50: {
    reason: 'we also show a read skew (#41, #57, #62), which is there by definition; the models ruled out are the same',
    expected: ({types}) => ({types: ['G-single-item', ...types]}),
  },
  53: {
    reason: 'no transaction depends on another except in real time, so nothing was tested; Elle calls that valid',
    expected: () => ({validity: 'unknown'}),
  },
  81: {
    reason:
      'that a write follows the read before it stays known though real time contradicts: a G0-realtime, not only G1c',
    expected: () => ({types: ['G0-realtime', 'cyclic-versions']}),
  },
}

const directory = process.env['CHAOS_CORPORA']
const path = directory === undefined ? undefined : join(directory, 'elle-suite.jsonl')
const cases: SuiteCase[] =
  path !== undefined && existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SuiteCase)
    : []

describe.skipIf(cases.length === 0)('Elle suite (needs CHAOS_CORPORA with elle-suite.jsonl)', () => {
  cases.forEach((suiteCase, number) => {
    const title = `${number} ${suiteCase.checker} ${suiteCase.test.replace(/.*\//, '')}`
    if (!suiteCase.history || suiteCase.result['valid?'] === undefined) {
      test.skip(`${title} (recorded without ${suiteCase.history ? 'result' : 'history'})`, () => {})
      return
    }
    const different = DIFFERENT[number]
    test(different === undefined ? title : `${title} (we differ: ${different.reason})`, () => {
      const expected = theirs(suiteCase)
      expect(ours(suiteCase, THIN_AIR.has(number))).toEqual({...expected, ...different?.expected(expected)})
    })
    if (!THIN_AIR.has(number)) return
    test(`${title}: reads a value that nobody wrote`, () => {
      const detail = check(suiteCase, false).detail as ElleDetail
      expect([...detail.anomalyTypes, ...detail.allowed]).toContain('thin-air-read')
    })
  })
})

function theirs({result}: SuiteCase): Expected {
  const valid = result['valid?']
  return {
    validity: valid === true ? 'valid' : valid === false ? 'invalid' : 'unknown',
    types: (result['anomaly-types'] ?? []).filter((type) => type !== 'empty-transaction-graph'),
    not: result.not?.map(modelNamed).sort(),
    alsoNot: result['also-not']?.map(modelNamed).sort(),
  }
}

function ours(suiteCase: SuiteCase, foreignValues: boolean): Expected {
  const verdict = check(suiteCase, foreignValues)
  const detail = verdict.detail as ElleDetail
  // Elle says what is ruled out only where there is something to report.
  const isSilent = theirs(suiteCase).not === undefined && verdict.validity !== 'invalid'
  return {
    validity: verdict.validity,
    types: detail.anomalyTypes,
    not: isSilent ? undefined : detail.not,
    alsoNot: isSilent ? undefined : detail.alsoNot,
  }
}

function check({checker, opts, history}: SuiteCase, foreignValues: boolean): Verdict {
  const named = opts['consistency-models'] as readonly string[] | null | undefined
  const models = named === undefined ? ['strict-serializable'] : (named ?? [])
  const anomalies = ((opts['anomalies'] ?? []) as readonly string[]).map(anomalyNamed)
  // Elle looks along real time if a model speaks of it, else along processes if one speaks of those, else along neither.
  const wanted = models.map((model) => orderOf(modelNamed(model)))
  const orders = wanted.includes('realtime') ? ['realtime'] : wanted.includes('process') ? ['process'] : []
  const shared = {models, anomalies, foreignValues, orders: orders as ('process' | 'realtime')[]}
  const transactions = columns(history ?? [], checker)
  if (checker === 'list-append') return listAppend(shared).judge(transactions)
  const order = opts['transaction-order'] as Readonly<Record<string, number>> | undefined
  return rwRegister({
    ...shared,
    writesFollowReads: opts['wfr-keys?'] === true,
    sequentialKeys: opts['sequential-keys?'] === true,
    linearizableKeys: opts['linearizable-keys?'] === true,
    ...(order === undefined
      ? {}
      : {transactionOrder: new Map(Object.entries(order).map(([index, place]) => [Number(index), place]))}),
  }).judge(transactions)
}

/** Elle's tests break the pairing rule freely: completions without invocation, several invocations before the first answer. */
function columns(ops: readonly SuiteOp[], workload: Workload): Transactions {
  const builder = new TransactionsBuilder(workload)
  const open = new Map<number, {op: SuiteOp; position: number}[]>()
  const orphans = ops.filter((op) => op.type !== 'invoke').length
  let orphan = 0
  ops.forEach((op, i) => {
    const queue = open.get(op.process) ?? []
    if (op.type === 'invoke') {
      open.set(op.process, [...queue, {op, position: orphans + i}])
      return
    }
    // Without invocation: it may have begun before everything else.
    const invoked = queue.shift() ?? {op: {index: -1}, position: orphan++}
    const outcome = op.type
    add(op, outcome, invoked.position, orphans + i, invoked.op.index)
  })
  for (const queue of open.values()) for (const {op, position} of queue) add(op, 'info', position, -1, op.index)
  return builder.build()

  function add(op: SuiteOp, outcome: 'ok' | 'info' | 'fail', invoked: number, completed: number, invokeIndex: number) {
    builder.begin({
      process: op.process,
      outcome,
      invoked,
      completed,
      invokeIndex,
      completeIndex: completed === -1 ? -1 : op.index,
    })
    for (const [verb, key, value] of op.value) {
      if (verb === 'r') builder.read(key, value)
      else builder.write(key, value)
    }
  }
}
