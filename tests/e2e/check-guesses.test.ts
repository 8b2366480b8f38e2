/** What `chaos check` takes a history for, what it is told, and what it says of that. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {checkIn, edn, jsonl, SKEW, STALE} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const check = checkIn(place)

test.each([
  ['list-append', 'transactions of append, r', 1, SKEW],
  [
    'rw-register',
    'transactions of w, r',
    1,
    [
      '0 txn [["w", "x", 1]]',
      '0 ok txn [["w", "x", 1]]',
      '0 txn [["r", "x", null]]',
      '0 ok txn [["r", "x", null]]',
      '0 txn [["r", "x", null]]',
      '0 ok txn [["r", "x", 1]]',
    ],
  ],
  [
    'linearizable kv',
    'put, append, get',
    1,
    ['0 put "a"', '0 ok put "a"', '0 append "b"', '0 ok append "b"', '0 get -', '0 ok get "ba"'],
  ],
  [
    'linearizable cas-register',
    'write, cas, read',
    0,
    ['0 write 1', '0 ok write 1', '0 cas [1, 2]', '0 ok cas [1, 2]', '0 read -', '0 ok read 2'],
  ],
  // Jepsen's test of etcd: [version, value], and the version is known once it is answered.
  [
    'linearizable versioned-register',
    'write, cas, read',
    0,
    [
      ...['0 write [7, [null, 3]]', '0 ok write [7, [1, 3]]', '1 cas [7, [null, [3, 4]]]', '1 ok cas [7, [2, [3, 4]]]'],
      ...['0 cas [7, [null, [3, 5]]]', '0 fail cas [7, [null, [3, 5]]]'],
      ...['2 read [7, [null, null]]', '2 ok read [7, [2, 4]]', '2 read [8, [null, null]]', '2 ok read [8, [0, null]]'],
    ],
  ],
  [
    'linearizable versioned-register',
    'write, read',
    1,
    [
      ...['0 write [7, [null, 3]]', '0 ok write [7, [1, 3]]', '0 write [7, [null, 3]]', '0 ok write [7, [2, 3]]'],
      ...['2 read [7, [null, null]]', '2 ok read [7, [1, 3]]'],
    ],
  ],
  // Jepsen's causal.
  [
    'linearizable register',
    'read-init, write, read',
    0,
    ['0 read-init -', '0 ok read-init 0', '0 write 1', '0 ok write 1', '0 read -', '0 ok read 1'],
  ],
  [
    'linearizable register',
    'read-init, write, read',
    1,
    ['0 read-init -', '0 ok read-init 0', '0 write 1', '0 ok write 1', '0 read -', '0 ok read 0'],
  ],
  // Maelstrom's broadcast and echo.
  ['echo', 'echo', 0, ['0 echo "a"', '0 ok echo {"type": "echo_ok", "echo": "a"}', '0 echo "b"', '0 ok echo "b"']],
  ['echo', 'echo', 1, ['0 echo null', '0 ok echo {"type": "echo_ok"}']],
  ['linearizable mutex', 'acquire, release', 0, ['0 acquire -', '0 ok acquire -', '0 release -', '0 ok release -']],
  ['linearizable mutex', 'acquire', 1, ['0 acquire -', '0 ok acquire -', '1 acquire -', '1 ok acquire -']],
  ['total-queue', 'enqueue, drain', 1, ['0 enqueue 1', '0 ok enqueue 1', '0 drain -', '0 ok drain []']],
  ['queue', 'enqueue, dequeue', 1, ['0 enqueue 1', '0 ok enqueue 1', '0 dequeue -', '0 ok dequeue 2']],
  ['unique-ids', 'generate', 1, ['0 generate -', '0 ok generate 7', '0 generate -', '0 ok generate 7']],
  [
    'bank',
    'read, transfer',
    1,
    [
      '0 read -',
      '0 ok read {"0": 5, "1": 5}',
      '0 transfer {"from": 0, "to": 1, "amount": 1}',
      '0 ok transfer {"from": 0, "to": 1, "amount": 1}',
      '0 read -',
      '0 ok read {"0": 4, "1": 6}',
      '0 read -',
      '0 ok read {"0": 4, "1": 5}',
    ],
  ],
  ['set-full', 'add, read', 1, ['0 add 1', '0 ok add 1', '0 read -', '0 ok read []', '0 read -', '0 ok read []']],
  ['counter', 'add, read', 1, ['0 add 1', '0 ok add 1', '0 read -', '0 ok read 5']],
  [
    'log',
    'send, poll',
    1,
    [
      '0 send ["k", "a"]',
      '0 ok send ["k", [0, "a"]]',
      '0 send ["k", "b"]',
      '0 ok send ["k", [0, "b"]]',
      '1 poll -',
      '1 ok poll {"k": [[0, "a"]]}',
    ],
  ],
  ['bank', 'read', 1, ['0 read -', '0 ok read {"a": 5, "b": 5}', '1 read -', '1 ok read {"a": 5, "b": 4}']],
  [
    'long-fork',
    'write, read',
    1,
    [
      ...[
        '0 write [["w", "x", 1]]',
        '1 write [["w", "y", 1]]',
        '0 ok write [["w", "x", 1]]',
        '1 ok write [["w", "y", 1]]',
      ],
      ...['2 read [["r", "x", null], ["r", "y", null]]', '2 ok read [["r", "x", 1], ["r", "y", null]]'],
      ...['3 read [["r", "x", null], ["r", "y", null]]', '3 ok read [["r", "x", null], ["r", "y", 1]]'],
    ],
  ],
  [
    'causal-reverse',
    'write, read',
    1,
    ['0 write 1', '0 ok write 1', '0 write 2', '0 ok write 2', '1 read -', '1 ok read [2]'],
  ],
  ['counter', 'add', 3, ['0 add 1', '0 ok add 1', '0 add 1', '0 ok add 1']],
  [
    'linearizable stack',
    'push, pop',
    1,
    ['0 push 1', '0 ok push 1', '0 push 2', '0 ok push 2', '0 pop -', '0 ok pop 1'],
  ],
])('taken for %s: %s, exit %i', async (checker, words, exitCode, lines) => {
  const ended = await check(jsonl(...(lines as string[])))
  expect(ended.stderr).toBe('')
  expect(ended.stdout).toContain(`taken for ${checker}: its operations are ${words}`)
  expect(ended.exitCode).toBe(exitCode)
})

test('what was not judged, and what was taken for granted, is said', async () => {
  const peeked = await check(jsonl('0 enqueue 1', '0 ok enqueue 1', '0 peek -', '0 ok peek 1'), '--checker', 'queue')
  expect(peeked.stdout).toContain('queue did not look at: peek')
  const zero = jsonl('0 read -', '0 ok read 0')
  expect((await check(zero)).stdout).toContain('registers are taken to be empty at first')
  const told = await check(zero, '--option', 'initial=0')
  expect(told.stdout).not.toContain('empty at first')
  expect(told.exitCode).toBe(0)
  const named = await check('{"type":"invoke","process":"c1","f":"read"}\n{"type":"ok","process":"c1","f":"read"}\n')
  expect(named.stdout).toContain('none of its 2 ops is of a client, whose process is a number: c1')
  expect(named.exitCode).toBe(3)
})

test('a guess that takes an order, or a lock without fencing, for granted says so', async () => {
  const swapped = ['0 enqueue 1', '0 ok enqueue 1', '0 enqueue 2', '0 ok enqueue 2', '0 dequeue -', '0 ok dequeue 2']
  const queue = await check(jsonl(...swapped))
  expect(queue.exitCode).toBe(0)
  expect(queue.stdout).toContain('in no order; where what is first in comes out first, say --option fifo')
  expect((await check(jsonl(...swapped, '0 dequeue -', '0 ok dequeue 1'), '--option', 'fifo')).exitCode).toBe(1)
  const held = ['0 acquire -', '0 ok acquire 1', '1 acquire -', '1 ok acquire 2']
  const lock = await check(jsonl(...held))
  expect(lock.exitCode).toBe(1)
  expect(lock.stdout).toContain('where their tokens keep them apart, say --option fenced')
  expect((await check(jsonl(...held), '--option', 'fenced')).exitCode).not.toBe(1)
})

test('balances in decimals, ratios and fractions are those of a bank, and amounts those of a counter', async () => {
  const reads = (...values: string[]) =>
    values
      .map((value) => `{:type :invoke :process 0 :f :read}\n{:type :ok :process 0 :f :read :value ${value}}\n`)
      .join('')
  for (const right of [
    ['{:a 10.50M :b 0.5M}', '{:a 10.4M :b 0.60M}'],
    ['{:a 1/2 :b 1/2}', '{:a 1/3 :b 2/3}'],
    ['{:a 0.3 :b 0}', '{:a 0.2 :b 0.1}'],
  ]) {
    const {stdout, exitCode} = await check(reads(...right))
    expect(stdout).toContain('taken for bank')
    expect(exitCode, stdout).toBe(0)
  }
  const wrong = await check(reads('{:a 10.50M :b 0.5M}', '{:a 10.4M :b 0.6M}', '{:a 10.4M :b 0.61M}'))
  expect(wrong.stdout).toContain('Process 0 read a total of 11.01 instead of 11.')
  const add = '{:type :invoke :process 0 :f :add :value 0.5M}\n{:type :ok :process 0 :f :add :value 0.5M}\n'
  const judges = [[], ['--model', 'counter']]
  for (const judge of judges) {
    expect((await check(`${add}${reads('0.50M')}`, ...judge)).exitCode).toBe(0)
    const counted = await check(`${add}${reads('0.6M')}`, ...judge)
    expect(counted.stdout).toContain('Process 0 read 0.6M, but only 0.5 was possible')
    expect(counted.exitCode).toBe(1)
  }
})

test('an operation that ends before it began, by its times, is told, and has no latency', async () => {
  const {stdout, exitCode} = await check(
    '{"type":"invoke","f":"write","process":0,"value":3,"time":5000000}\n{"type":"ok","f":"write","process":0,"value":3,"time":4000000}\n',
  )
  expect(stdout).toContain('by its time, op #1 comes before its invocation')
  expect(stdout).not.toContain('p50')
  expect(exitCode).toBe(0)
})

test('faults that only their names tell of are not counted as verified', async () => {
  const {stdout} = await check(
    `{:type :info :process :nemesis :f :start-partition}\n{:type :info :process :nemesis :f :start-partition}\n${edn('0 write 1', '0 ok write 1')}`,
  )
  expect(stdout).toContain('No violation found in 1 operation.')
})

test('a broadcast is judged by its last reads, and an old answer of a set or counter is told what it may be', async () => {
  const told = ['0 broadcast 1', '0 ok broadcast 1', '1 read -', '1 ok read []']
  const final = (elements: string) =>
    `{"type":"invoke","process":1,"f":"read","final":true}\n{"type":"ok","process":1,"f":"read","value":${elements},"final":true}\n`
  expect((await check(jsonl(...told) + final('[1]'))).exitCode).toBe(0)
  expect((await check(jsonl(...told) + final('[]'))).stdout).toContain('lost-element')
  const late = '--option claim=eventual'
  const set = jsonl('0 add 1', '0 ok add 1', '1 read -', '1 ok read []') + final('[1]')
  expect((await check(set)).stdout).toContain(late)
  expect((await check(set, ...late.split(' '))).exitCode).toBe(0)
  const sum = jsonl('0 add -3', '0 ok add -3', '1 read -', '1 ok read 0') + final('-3')
  expect((await check(sum)).stdout).toContain(late)
  expect((await check(sum, ...late.split(' '))).exitCode).toBe(0)
})

test('what is asked for is what is judged', async () => {
  expect((await check(jsonl(...STALE), '--model', 'register')).exitCode).toBe(1)
  // Sessions do not see real time.
  expect((await check(jsonl(...STALE), '--checker', 'sequential')).exitCode).toBe(0)
  const both = await check(jsonl(...STALE), '--checker', 'monotonic-reads,linearizable')
  expect(both.stdout).toContain('monotonic reads')
  expect(both.exitCode).toBe(1)
  expect((await check(jsonl(...STALE), '-w', 'register')).exitCode).toBe(1)
})
