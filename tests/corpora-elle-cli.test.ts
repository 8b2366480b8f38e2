/**
 * The histories that elle-cli ships, with the verdicts that its own tests state. They are read from outside (CHAOS_CORPORA
 * names a directory with `elle-cli/histories`), never copied in. Where we say something else on purpose, the case says why.
 */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {bank, type CheckerName, check, listAppend} from '../checkers/library.ts'
import type {Checker} from '../core/checker.ts'
import {parseHistory} from '../core/format/index.ts'
import type {Validity} from '../core/verdict.ts'

const ROOT = process.env['CHAOS_CORPORA'] ?? ''
const THIN_AIR = 'it reads a value that nobody wrote, which Elle does not report'
const NEVER_READ = 'its counters were never read: they count that as valid'

type Case = readonly [file: string, checker: CheckerName | Checker, expected: Validity, ourReason: string]
const agreed = (file: string, checker: CheckerName | Checker, expected: Validity): Case => [
  file,
  checker,
  expected,
  'as stated',
]

const CASES: readonly Case[] = [
  ['elle/rw-register.edn', 'rw-register', 'invalid', THIN_AIR],
  ['elle/rw-register.json', 'rw-register', 'invalid', THIN_AIR],
  agreed('elle/paper-example.edn', 'list-append', 'invalid'),
  agreed('elle/paper-example.json', 'list-append', 'invalid'),
  agreed('elle/list-append-gh-30.edn', listAppend({models: ['serializable']}), 'invalid'),
  ['jepsen/counter.edn', 'counter', 'unknown', NEVER_READ],
  ['jepsen/counter.json', 'counter', 'unknown', NEVER_READ],
  agreed('jepsen/set_full.edn', 'set-full', 'invalid'),
  agreed('jepsen/set_full.json', 'set-full', 'invalid'),
  agreed('jepsen/set.edn', 'set-full', 'valid'),
  agreed('jepsen/bank.edn', bank({total: 100}), 'valid'),
  agreed('jepsen/bank.json', bank({total: 100}), 'valid'),
  agreed('jepsen/bank-tidb.edn', bank({total: 100}), 'invalid'),
  agreed('jepsen/bank-neg.edn', 'bank', 'valid'),
  agreed('jepsen/bank-negative-balances.json', 'bank', 'invalid'),
  agreed('jepsen/long-fork.edn', 'long-fork', 'invalid'),
  agreed('knossos/cas-register/bad/bad-analysis.edn', 'linearizable', 'invalid'),
  agreed('knossos/cas-register/bad/rethink-fail.edn', 'linearizable', 'invalid'),
  agreed('knossos/cas-register/good/memstress3-9.edn', 'linearizable', 'valid'),
  agreed('knossos/cas-register/good/memstress3-9.json', 'linearizable', 'valid'),
]

const FOLDER = join(ROOT, 'elle-cli/histories')
const WHY = ROOT === '' ? 'CHAOS_CORPORA is not set' : `${FOLDER} is not there`

describe("elle-cli's histories", () => {
  if (ROOT === '' || !existsSync(FOLDER)) {
    test(`skipped: ${WHY}`, (context) => context.skip(WHY))
    return
  }
  test.each(CASES.map(([file, checker, expected, ourReason]) => ({file, checker, expected, ourReason})))(
    '$file: $expected, $ourReason',
    async ({file, checker, expected}) => {
      const {ops} = parseHistory(readFileSync(join(FOLDER, file)), {file})
      expect((await check(ops, checker)).validity).toBe(expected)
    },
  )
})
