/** What `chaos check` finds in small histories, in words. */
import {writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {checkIn, edn, jsonl, SKEW, STALE} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const check = checkIn(place)

test.each<[string, string[], string]>([
  ['register', STALE, 'Process 2 read 1, but only 2 was possible'],
  [
    'cas',
    ['0 write 1', '0 ok write 1', '1 cas [1, 2]', '1 ok cas [1, 2]', '2 cas [1, 3]', '2 ok cas [1, 3]'],
    'Process 2 changed from 1 to 3, but only 2 was possible',
  ],
  [
    'kv',
    ['0 put "a"', '0 ok put "a"', '0 get -', '0 ok get "b"'],
    'Process 0 read "b", which nobody had written, but only "a" was possible',
  ],
  [
    'mutex',
    ['0 acquire -', '0 ok acquire -', '1 acquire -', '1 ok acquire -'],
    'Process 1 was given the lock, though it must have been held already',
  ],
  [
    'lock',
    ['0 acquire -', '0 ok acquire 1', '1 acquire -', '1 ok acquire 2', '0 release -', '0 ok release -'],
    'Process 1 was given the lock while process 0 held it.',
  ],
  [
    'queue',
    ['0 enqueue 1', '0 ok enqueue 1', '1 dequeue -', '1 ok dequeue 1', '2 dequeue -', '2 ok dequeue 1'],
    'Process 2 took out 1, which had been taken out already.',
  ],
  [
    'stack',
    ['0 push 1', '0 ok push 1', '0 push 2', '0 ok push 2', '0 pop -', '0 ok pop 1'],
    'Process 0: pop answered 1, but the state could only be [1 2]',
  ],
  [
    'set',
    ['0 add 1', '0 ok add 1', '0 read -', '0 ok read []'],
    'Element 1 was acknowledged, but a later read on process 0 misses it, and no later read has it.',
  ],
  ['counter', ['0 add 1', '0 ok add 1', '0 read -', '0 ok read 5'], 'Process 0 read 5, but only 1 was possible.'],
  [
    'bank',
    [
      '0 read -',
      '0 ok read {"a": 5, "b": 5}',
      '1 read -',
      '1 ok read {"a": 5, "b": 5}',
      '2 read -',
      '2 ok read {"a": 5, "b": 4}',
    ],
    'Process 2 read a total of 9 instead of 10.',
  ],
  [
    'ids',
    ['0 generate -', '0 ok generate 7', '1 generate -', '1 ok generate 7'],
    'Processes 0 and 1 were both given the id 7.',
  ],
  [
    'log',
    [
      '0 send ["k", "a"]',
      '0 ok send ["k", [0, "a"]]',
      '0 send ["k", "b"]',
      '0 ok send ["k", [1, "b"]]',
      '1 poll -',
      '1 ok poll {"k": [[1, "b"]]}',
      '1 poll -',
      '1 ok poll {"k": [[0, "a"]]}',
    ],
    'Process 1 polled offset 0 of k after offset 1.',
  ],
  ['list-append', SKEW, 'G2-item (write skew): transactions #'],
  [
    'multi-register',
    [
      '0 txn [["write", "x", 1], ["write", "y", 2]]',
      '0 ok txn [["write", "x", 1], ["write", "y", 2]]',
      '1 txn [["read", "x", null]]',
      '1 ok txn [["read", "x", null]]',
    ],
    'Process 1: txn [[read x nil]] succeeded, but the state could only be {x: 1, y: 2}',
  ],
])('a violation in one sentence: %s', async (_, lines, sentence) => {
  const {stdout, exitCode} = await check(jsonl(...lines))
  const [, first] = /FAIL {2}(.*)/.exec(stdout) as unknown as [string, string]
  expect(first).toContain(sentence)
  expect(exitCode).toBe(1)
  const [, learn] = /chaos explain (\S+)/.exec(stdout) as unknown as [string, string]
  const page = await place.chaos('explain', learn)
  expect(page.stdout).toMatch(/^# \S+: /)
})

test('what an interleaving contradicts is told by the reads that show it', async () => {
  const lines = [
    '0 write 1',
    '0 ok write 1',
    '0 write 2',
    '0 ok write 2',
    '1 read -',
    '1 ok read 2',
    '1 read -',
    '1 ok read 1',
  ]
  const {stdout} = await check(jsonl(...lines), '--checker', 'sequential')
  expect(stdout).toContain('process 1 read 2 (#4) and then read 1 (#6)')
  expect(stdout).toContain(
    'the write of 1 by process 0 (#0) comes before the write of 2 by process 0 (#2): process 0 did them',
  )
})

test('transactions: the cycle in words, and what it says of the models', async () => {
  const {stdout, exitCode} = await check(edn(...SKEW))
  for (const words of [
    'G2-item (write skew)',
    'Let T1 = #0',
    "Then T1 < T2, because T1 observed y = [], without T2's append of 1",
    'a contradiction!',
    'weakest ruled out: repeatable-read',
    'and with it: serializable',
    'strongest still standing: strong-snapshot-isolation',
    'chaos explain G2-item',
  ]) {
    expect(stdout.replaceAll(':', '').replaceAll('"', '')).toContain(words.replaceAll(':', ''))
  }
  expect(exitCode).toBe(1)
  const weaker = await check(edn(...SKEW), '--consistency-models', 'snapshot-isolation,read-committed')
  expect(weaker.exitCode).toBe(0)
})

test('--fail-fast ends at the first broken key', async () => {
  const does = (key: string, read: number, index: number) =>
    [
      {type: 'invoke', f: 'write', value: 1},
      {type: 'ok', f: 'write', value: 1},
      {type: 'invoke', f: 'read', value: null},
      {type: 'ok', f: 'read', value: read},
    ].map((op, i) => JSON.stringify({...op, key, process: 0, index: index + i, time: index + i}))
  const lines = ['{"format":"chaos.history/1"}', ...does('a', 7, 0), ...does('b', 8, 4), ...does('c', 1, 8)]
  writeFileSync(place.file('keys.jsonl'), `${lines.join('\n')}\n`)
  const all = await place.chaos('check', 'keys.jsonl')
  expect(all.stdout).toContain('1/3 keys')
  const first = await place.chaos('check', 'keys.jsonl', '--fail-fast')
  expect(first.exitCode).toBe(1)
  expect(first.stdout).toContain('stopped at the first broken key, 2 of 3 judged')
})
