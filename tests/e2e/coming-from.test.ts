/**
 * The table of docs/checkers.md for people who come from elle-cli, Knossos or Porcupine: each row's command is run on a small
 * history that it is for, and answers what that tool would.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {ROOT} from '../sources.ts'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const PAGE = readFileSync(join(ROOT, 'docs/checkers.md'), 'utf8')
const [, SECTION = ''] = PAGE.split('### Coming from')
const ROWS = SECTION.split('\n### ', 1)[0]!
  .split('\n')
  .flatMap((line) => /^\| (.*) \| `(chaos .*)` \|$/.exec(line)?.slice(1, 3) ?? [])
const COMMANDS = Object.fromEntries(Array.from({length: ROWS.length / 2}, (_, i) => [ROWS[2 * i]!, ROWS[2 * i + 1]!]))

/** `0 write 1` invokes and `0 ok write 1` completes, as an EDN map a line; what stands behind `f` is EDN. */
function edn(...lines: string[]): string {
  return lines
    .map((line) => {
      const [process, ...words] = line.split(' ')
      const type = ['ok', 'fail', 'info'].includes(words[0]!) ? words.shift() : 'invoke'
      const [f, ...value] = words
      return `{:type :${type}, :process ${process}, :f :${f}, :value ${value.join(' ') || 'nil'}}\n`
    })
    .join('')
}

const SKEW = edn(
  '0 txn [[:append :x 1] [:r :y nil]]',
  '1 txn [[:append :y 1] [:r :x nil]]',
  '0 ok txn [[:append :x 1] [:r :y []]]',
  '1 ok txn [[:append :y 1] [:r :x []]]',
)
/** Serializable, but not in real time. */
const LATE = edn(
  '0 txn [[:append :x 1]]',
  '0 ok txn [[:append :x 1]]',
  '1 txn [[:r :x nil]]',
  '1 ok txn [[:r :x []]]',
  '2 txn [[:r :x nil]]',
  '2 ok txn [[:r :x [1]]]',
)
const ABORTED = edn(
  '0 txn [[:append :x 1]]',
  '0 fail txn [[:append :x 1]]',
  '1 txn [[:r :x nil]]',
  '1 ok txn [[:r :x [1]]]',
)
const BANK = (total: number, least: number) =>
  edn(
    '0 transfer {:from 0, :to 1, :amount 5}',
    '0 ok transfer {:from 0, :to 1, :amount 5}',
    '1 read',
    `1 ok read {0 ${least}, 1 ${total - least}}`,
  )
const CAS = edn('0 write 1', '0 ok write 1', '1 cas [1 2]', '1 ok cas [1 2]', '2 read', '2 ok read 1')
const MUTEX = edn('0 acquire', '0 ok acquire', '1 acquire', '1 ok acquire')
const KV = [
  '{:process 0, :type :invoke, :f :put, :key "3", :value "a"}',
  '{:process 0, :type :ok, :f :put, :key "3", :value "a"}',
  '{:process 1, :type :invoke, :f :get, :key "3", :value nil}',
  '{:process 1, :type :ok, :f :get, :key "3", :value ""}',
  '',
].join('\n')
const ETCD = [
  'INFO  jepsen.util - 0\t:invoke\t:write\t1',
  'INFO  jepsen.util - 0\t:ok\t:write\t1',
  'INFO  jepsen.util - 1\t:invoke\t:read\tnil',
  'INFO  jepsen.util - 1\t:ok\t:read\tnil',
  '',
].join('\n')
const ZERO = edn('0 read', '0 ok read 0', '0 write 1', '0 ok write 1')
const EMPTY = edn('0 write 1', '0 fail write 1')

/** For each row: histories with the exit code that is due. */
const CASES: Readonly<Record<string, readonly (readonly [history: string, exitCode: number])[]>> = {
  '`elle-cli --model rw-register`': [
    [edn('0 txn [[:w :x 1]]', '0 ok txn [[:w :x 1]]', '1 txn [[:r :x nil]]', '1 ok txn [[:r :x 1]]'), 0],
    [edn('0 txn [[:w :x 1]]', '0 fail txn [[:w :x 1]]', '1 txn [[:r :x nil]]', '1 ok txn [[:r :x 1]]'), 1],
  ],
  '`elle-cli --model list-append`': [
    [SKEW, 1],
    [LATE, 1],
  ],
  '`--consistency-models serializable`': [
    [SKEW, 1],
    [LATE, 0],
  ],
  '`--anomalies G1a`, besides those of the models': [
    [ABORTED, 1],
    [SKEW, 1],
  ],
  '`--anomalies G1a`, and nothing else': [
    [ABORTED, 1],
    [SKEW, 0],
  ],
  '`--cycle-search-timeout 1000`': [[SKEW, 1]],
  '`elle-cli --model bank`': [
    [BANK(100, 0), 0],
    [BANK(100, -5), 1],
  ],
  '`--total-amount 100 --allow-negative-balances`': [
    [BANK(100, -5), 0],
    [BANK(101, 0), 1],
  ],
  '`elle-cli --model counter`': [
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read 1'), 0],
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read 2'), 1],
  ],
  '`elle-cli --model set`': [
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read #{1}'), 0],
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read #{}'), 1],
    // Only the last read counts.
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read #{}', '0 read', '0 ok read #{1}'), 0],
  ],
  '`elle-cli --model set-full`': [
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read #{1}'), 0],
    [edn('0 add 1', '0 ok add 1', '0 read', '0 ok read #{}'), 1],
  ],
  '`elle-cli --model long-fork --group-size 3`': [
    [
      edn(
        '0 write [[:w 0 1]]',
        '1 write [[:w 1 1]]',
        '0 ok write [[:w 0 1]]',
        '1 ok write [[:w 1 1]]',
        '2 read [[:r 0 nil] [:r 1 nil] [:r 2 nil]]',
        '2 ok read [[:r 0 1] [:r 1 nil] [:r 2 nil]]',
        '3 read [[:r 2 nil] [:r 1 nil] [:r 0 nil]]',
        '3 ok read [[:r 2 nil] [:r 1 1] [:r 0 nil]]',
      ),
      1,
    ],
  ],
  "`elle-cli --model cas-register`, Knossos' `cas-register`": [[CAS, 1]],
  "`elle-cli --model mutex`, Knossos' `mutex`": [[MUTEX, 1]],
  '`elle-cli --model comments`': [
    [edn('0 write 1', '0 ok write 1', '0 write 2', '0 ok write 2', '1 read', '1 ok read #{2}'), 1],
    [edn('0 write 1', '0 ok write 1', '0 write 2', '0 ok write 2', '1 read', '1 ok read #{1}'), 0],
  ],
  '`elle-cli --model sequential`': [
    [edn('0 write 1', '0 ok write 1', '1 read 1', '1 ok read [1 [nil "1_1" "1_0"]]'), 0],
    [edn('0 write 1', '0 ok write 1', '1 read 1', '1 ok read [1 ["1_2" nil "1_0"]]'), 1],
  ],
  '`elle-cli --verbose`': [[CAS, 1]],
  "Knossos' `(register 0)`": [
    [ZERO, 0],
    [ZERO.replace('read, :value 0', 'read, :value nil'), 1],
  ],
  "Knossos' `(multi-register {:x 0 :y 0})`": [
    [edn('0 txn [[:read :x nil] [:write :y 3]]', '0 ok txn [[:read :x 0] [:write :y 3]]'), 0],
    [edn('0 txn [[:read :x nil]]', '0 ok txn [[:read :x 1]]'), 1],
  ],
  "Jepsen's test of etcd: registers of `[version value]`": [
    [edn('0 write [nil 3]', '0 ok write [1 3]', '1 read [nil nil]', '1 ok read [1 3]'), 0],
    [edn('0 write [nil 3]', '0 ok write [1 3]', '1 read [nil nil]', '1 ok read [2 3]'), 1],
  ],
  "Jepsen's `adya` (`g2-checker`)": [
    [edn('0 insert [3 [1 nil]]', '0 ok insert [3 [1 nil]]', '1 insert [3 [nil 2]]', '1 fail insert [3 [nil 2]]'), 0],
    [edn('0 insert [3 [1 nil]]', '0 ok insert [3 [1 nil]]', '1 insert [3 [nil 2]]', '1 ok insert [3 [nil 2]]'), 1],
  ],
  "Porcupine's etcd logs": [[ETCD, 1]],
  "Porcupine's key-value logs": [[KV, 1]],
  '`porcupine.CheckOperationsTimeout(…, time.Second)`': [[KV, 1]],
  "Porcupine's end at the first key that is not linearizable": [[KV, 1]],
  "an *unknown* that exits with 0, as elle-cli's does": [[EMPTY, 0]],
}

test('every row is tried', () => {
  expect(Object.keys(CASES)).toEqual(Object.keys(COMMANDS))
})

test.each(Object.entries(CASES))('%s', async (row, cases) => {
  // The shell is left out: words are split at blanks, but for those in quotes.
  const words = [...(COMMANDS[row] ?? '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)
  expect(words[0]).toBe('chaos')
  for (const [history, exitCode] of cases) {
    writeFileSync(place.file('FILE'), history)
    const ended = await place.chaos(...words.slice(1))
    expect([ended.stderr, ended.exitCode], history).toEqual(['', exitCode])
  }
})
