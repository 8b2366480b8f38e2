/** `chaos check` and `chaos convert` on small histories written by hand, in every format that they come in. */
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {gzipSync} from 'node:zlib'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

/** A history of JSON Lines: `0 write 1` invokes, `0 ok write 1` completes; values are JSON, `-` is null. */
function jsonl(...lines: string[]): string {
  return lines.map((line) => `${JSON.stringify(opOf(line))}\n`).join('')
}

function opOf(line: string) {
  const [process, ...words] = line.split(' ')
  const type = ['ok', 'fail', 'info'].includes(words[0] as string) ? words.shift() : 'invoke'
  const [f, ...value] = words
  const text = value.join(' ')
  return {type, process: Number(process), f, value: text === '-' || text === '' ? null : JSON.parse(text)}
}

/** The same ops in EDN, one map a line. */
function edn(...lines: string[]): string {
  return lines
    .map((line) => {
      const {type, process, f, value} = opOf(line)
      const form = JSON.stringify(value)
        .replaceAll('null', 'nil')
        .replaceAll(/"(r|w|append)"/g, ':$1')
        .replaceAll(',', ' ')
      return `{:type :${type}, :process ${process}, :f :${f}, :value ${form}}\n`
    })
    .join('')
}

const json = (...lines: string[]) => `[${lines.map((line) => JSON.stringify(opOf(line))).join(',\n')}]\n`
const log = (...lines: string[]) =>
  lines
    .map(opOf)
    .map(({type, process, f, value}) => `INFO  jepsen.util - ${process}\t:${type}\t:${f}\t${value ?? 'nil'}\n`)
    .join('')

const FRESH = ['0 write 1', '0 ok write 1', '1 read -', '1 ok read 1']
const STALE = [
  ...['0 write 1', '0 ok write 1', '0 write 2', '0 ok write 2'],
  ...['1 read -', '1 ok read 2', '2 read -', '2 ok read 1'],
]
const SKEW = [
  '0 txn [["append", "x", 1], ["r", "y", null]]',
  '1 txn [["append", "y", 1], ["r", "x", null]]',
  '0 ok txn [["append", "x", 1], ["r", "y", []]]',
  '1 ok txn [["append", "y", 1], ["r", "x", []]]',
]

async function check(content: string, ...flags: string[]) {
  writeFileSync(place.file('history'), content)
  return place.chaos('check', 'history', ...flags)
}

test.each([
  ['JSON Lines', jsonl],
  ['EDN', edn],
  ["elle-cli's JSON", json],
  ["Jepsen's log", log],
])('%s: valid, violated, cut off', async (_, write) => {
  const good = await check(write(...FRESH))
  expect(good.stdout).toContain('PASS')
  expect(good.stdout).toContain('taken for linearizable register: its operations are write, read')
  expect(good.exitCode).toBe(0)

  const bad = await check(write(...STALE))
  expect(bad.stdout).toContain('FAIL')
  expect(bad.stdout).toContain('Process 2 read 1, but only 2 was possible')
  expect(bad.stdout).toContain('chaos explain stale-read')
  expect(bad.exitCode).toBe(1)

  // What was never answered may have happened.
  const open = await check(write('0 write 1', '1 read -', '1 ok read 1'))
  expect(open.exitCode).toBe(0)
})

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

test('a foreign history is not held to what its runner may not have exercised', async () => {
  // No compare-and-set ever succeeded: of our own runs that would be unknown.
  const ended = await check(edn(...FRESH, '0 cas [5, 6]', '0 fail cas [5, 6]'))
  expect(ended.exitCode).toBe(0)
})

test('latencies are not made up where there are no times', async () => {
  expect((await check(log(...FRESH))).stdout).not.toContain('p50')
  const timed = FRESH.map((line, i) => JSON.stringify({...opOf(line), time: i * 3_000_000}))
  expect((await check(`${timed.join('\n')}\n`)).stdout).toMatch(/p50 3(\.\d+)? ?ms/)
})

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
    'Process 1: acquire succeeded, but the state could only be held',
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

test('a header that only names the workload is a hint', async () => {
  const header = (fields: object) => `${JSON.stringify({format: 'chaos.history/1', ...fields})}\n`
  expect((await check(header({workload: 'register'}) + jsonl(...STALE))).exitCode).toBe(1)
  expect((await check(header({workload: 'register', claim: 'eventual'}) + jsonl(...FRESH))).exitCode).toBe(3)
  const wrong = await check(header({workload: 'register', nodes: 3}) + jsonl(...STALE))
  expect(wrong.stderr).toContain('history:1:1  the header: "nodes" must be a list of names, found 3.')
  expect(wrong.exitCode).toBe(2)
})

test('zipped, from standard input, from a directory of Jepsen’s store', async () => {
  const zipped = gzipSync(edn(...STALE))
  writeFileSync(place.file('stale.gz'), zipped)
  expect((await place.chaos('check', 'stale.gz')).stdout).toContain('Process 2 read 1, but only 2 was possible')
  const piped = await place.start(['check', '-'], {}, place.directory, zipped)
  expect(piped.exitCode).toBe(1)
  writeFileSync(place.file('cut.gz'), zipped.subarray(0, zipped.length - 12))
  const cut = await place.chaos('check', 'cut.gz')
  expect(cut.stderr).toContain('cut.gz: its gzip data is damaged')
  expect(cut.exitCode).toBe(2)

  mkdirSync(place.file('store/etcd/20200101'), {recursive: true})
  writeFileSync(place.file('store/etcd/20200101/history.edn'), edn(...FRESH))
  symlinkSync('20200101', place.file('store/etcd/latest'))
  expect((await place.chaos('check', 'store/etcd/latest')).exitCode).toBe(0)
  const bare = await place.chaos('check', 'store/etcd')
  expect(bare.stderr).toContain('store/etcd holds no history.')
  expect(bare.stderr).toContain('history.jsonl, history.edn')
  expect(bare.exitCode).toBe(2)
})

test('a last line that lost its end is left out, and that is said', async () => {
  const {stdout, exitCode} = await check(log(...FRESH).replace(/1\n$/, ''))
  expect(stdout).toContain('the last line (4) was cut off')
  expect(exitCode).toBe(0)
  const ours = await check(jsonl(...STALE).slice(0, -9))
  expect(ours.stdout).toContain('the last line (8) was cut off')
  expect(ours.exitCode).toBe(0)
  const foreign = await check(edn(...STALE).slice(0, -9))
  expect(foreign.stderr).toContain('history:8:1  this op has no end')
  expect(foreign.exitCode).toBe(2)
})

test('pairs of keys and values are taken apart', async () => {
  const ended = await check(edn('0 write [1, 5]', '0 ok write [1, 5]', '0 read [2, null]', '0 ok read [2, null]'))
  expect(ended.stdout).toContain('every value is a pair')
  expect(ended.exitCode).toBe(0)
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

test('what is asked for is what is judged', async () => {
  expect((await check(jsonl(...STALE), '--model', 'register')).exitCode).toBe(1)
  // Sessions do not see real time.
  expect((await check(jsonl(...STALE), '--checker', 'sequential')).exitCode).toBe(0)
  const both = await check(jsonl(...STALE), '--checker', 'monotonic-reads,linearizable')
  expect(both.stdout).toContain('monotonic reads')
  expect(both.exitCode).toBe(1)
  expect((await check(jsonl(...STALE), '-w', 'register')).exitCode).toBe(1)
})

test('an empty history is unknown', async () => {
  for (const content of ['', '[]\n', jsonl('0 read -', '0 fail read -')]) {
    const {stdout, exitCode} = await check(content)
    expect(stdout).toContain('UNKNOWN')
    expect(exitCode).toBe(3)
  }
  expect((await check('', '--unknown', 'pass')).exitCode).toBe(0)
})

test.each<[string, string, string[], ...string[]]>([
  ['not JSON', `${jsonl('0 read -')}{"type":"ok","process":0,,}\n`, [], 'history:2:26'],
  [
    'a type that is none',
    '{"type":"okay","process":0,"f":"read"}\n',
    [],
    'history:1:9',
    '"invoke", "ok", "fail" or "info"',
  ],
  ['EDN without an end', '{:type :invoke, :process 0, :f :read, :value nil', [], 'history:1:'],
  ['a log line cut short', '0\t:invoke\t:read\tnil\n0\t:ok\t\n', [], 'history:2:1', 'cut short'],
  ['no history at all', 'Dear diary\n', [], 'history:1:1', 'this is no history: "Dear diary"', 'jsonl: ', 'edn: '],
  [
    'completed twice',
    jsonl('0 read -', '0 ok read 1', '0 ok read 1'),
    [],
    'history:3:',
    'process 0 has no open invocation',
    'already completed at line 2',
  ],
  [
    'EDN completed twice',
    edn('0 read -', '0 ok read 1', '0 ok read 1'),
    [],
    'history:3:',
    'process 0 has no open invocation',
  ],
  ['invoked twice', jsonl('0 read -', '0 read -'), [], 'history:2:', 'still has an open operation'],
  [
    'a process after info',
    jsonl('0 write 1', '0 info write 1', '0 read -'),
    [],
    'history:3:',
    'reuses process 0 after its operation ended as "info"',
  ],
  [
    'an unknown model',
    jsonl(...FRESH),
    ['--model', 'cas-regster'],
    'Unknown model "cas-regster". Did you mean "cas-register"?',
    'Models: register',
  ],
  [
    'an unknown checker',
    jsonl(...FRESH),
    ['--checker', 'linearizable,sett-full'],
    'Unknown checker "sett-full". Did you mean "set-full"?',
    'Checkers: ',
  ],
  [
    'an unknown consistency model',
    jsonl(...SKEW),
    ['--consistency-models', 'serialisable'],
    'Unknown consistency model "serialisable". Did you mean "serializable"?',
  ],
  ['consistency models of registers', jsonl(...FRESH), ['--consistency-models', 'serializable'], 'is for transactions'],
  ['an unknown workload', jsonl(...FRESH), ['-w', 'regster'], 'Did you mean "register"?'],
  [
    'an unknown claim',
    jsonl(...FRESH),
    ['-w', 'register', '--claim', 'linearisable'],
    'Unknown claim of register "linearisable". Did you mean "linearizable"?',
  ],
  ['an unknown format', jsonl(...FRESH), ['--format', 'jsnl'], 'Unknown format "jsnl". Did you mean "jsonl"?'],
  [
    "words that are nobody's",
    jsonl('0 dance -', '0 ok dance -'),
    [],
    'Cannot tell how to judge these operations: dance',
    '--checker',
    '--model',
  ],
  [
    'writes that are not unique',
    jsonl(
      '0 txn [["append", "x", 1]]',
      '0 ok txn [["append", "x", 1]]',
      '0 txn [["append", "x", 1]]',
      '0 ok txn [["append", "x", 1]]',
    ),
    [],
    'ill-formed history: op #3 appends 1 to x, as op #1 did before',
  ],
  [
    'a checker of something else',
    jsonl(...FRESH),
    ['--checker', 'bank'],
    'does not fit these operations: write, read',
    'It judges: transfer, read',
  ],
  [
    'a model of something else',
    jsonl(...FRESH),
    ['--model', 'mutex'],
    'does not know the function "write"',
    'It knows: acquire, release',
  ],
  [
    'a compare-and-set of one value',
    jsonl('0 cas 5', '0 ok cas 5'),
    [],
    'op #0: the value of cas is a pair, [old, new]; found 5',
  ],
  [
    'a transfer without an account',
    jsonl('0 transfer 5', '0 ok transfer 5'),
    [],
    'op #0: the value of transfer is {"from"',
  ],
  [
    'an unknown option',
    jsonl(...FRESH),
    ['--option', 'intial=0'],
    'Unknown option of linearizable "intial". Did you mean "initial"?',
  ],
  [
    'an option that is no such thing',
    jsonl(...FRESH),
    ['--option', 'per-key=maybe'],
    '--option per-key: expected true or false. Got "maybe".',
  ],
  ['an option for a workload', jsonl(...FRESH), ['-w', 'register', '--option', 'initial=0'], '-w says how to judge'],
  [
    'a field twice',
    '{"type":"invoke","process":0,"f":"read","f":"write"}\n',
    [],
    'history:1:41  the field "f" appears twice',
  ],
  ['a key twice', '{:type :invoke :process 0 :f :read :f :write}\n', [], 'history:1:36  the key :f appears twice'],
  [
    'a process in quotes',
    '{"type":"invoke","process":"0","f":"read"}\n',
    [],
    'history:1:28  expected a process: 0, 1, 2, …',
    'found "0"',
  ],
  ['operations that are no transactions', jsonl(...FRESH), ['--checker', 'list-append'], 'is no transaction'],
])('refused: %s', async (_, content, flags, ...words) => {
  const {stderr, exitCode} = await check(content, ...flags)
  for (const word of words) expect(stderr).toContain(word)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(exitCode).toBe(2)
})

test('many: a line each, one exit code, and what cannot be read keeps nobody from being judged', async () => {
  writeFileSync(place.file('good.edn'), edn(...FRESH))
  writeFileSync(place.file('bad.jsonl'), jsonl(...STALE))
  writeFileSync(place.file('broken.json'), '[{]')
  const {stdout, exitCode} = await place.chaos('check', 'good.edn', 'broken.json', 'bad.jsonl', 'nowhere')
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^✔ good\.edn {2}2 operations/)
  expect(lines[1]).toMatch(/^! broken\.json {2}broken\.json:1:3/)
  expect(lines[2]).toMatch(/^✘ bad\.jsonl {2}4 operations/)
  expect(lines[3]).toMatch(/^! nowhere/)
  expect(exitCode).toBe(1)
  expect((await place.chaos('check', 'good.edn', 'broken.json')).exitCode).toBe(2)
  expect((await place.chaos('check', 'good.edn', 'good.edn')).exitCode).toBe(0)

  const told = await place.chaos('check', 'good.edn', 'bad.jsonl', 'broken.json', '--json')
  const documents = JSON.parse(told.stdout) as {history: string; verdict: string | null; exitCode: number}[]
  expect(documents.map(({history, verdict, exitCode}) => [history, verdict, exitCode])).toEqual([
    ['good.edn', 'valid', 0],
    ['bad.jsonl', 'invalid', 1],
    ['broken.json', null, 2],
  ])
})

test('many large ones are judged in threads, with the same lines in the same order', async () => {
  const lines = Array.from({length: 12_000}, (_, i) => [`${i % 2} write ${i}`, `${i % 2} ok write ${i}`]).flat()
  const names = ['large-a.jsonl', 'large-b.jsonl', 'large-c.jsonl', 'large-d.jsonl', 'broken.json']
  const content = jsonl(...lines)
  expect(4 * content.length).toBeGreaterThan(4_000_000)
  for (const name of names.slice(0, 4)) writeFileSync(place.file(name), content)
  writeFileSync(place.file('large-b.jsonl'), content + jsonl('0 read -', '0 ok read 0'))
  writeFileSync(place.file('broken.json'), '[{]')
  const {stdout, exitCode} = await place.chaos('check', ...names)
  const marks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ', 2).join(' '))
  expect(marks).toEqual(['✔ large-a.jsonl', '✘ large-b.jsonl', '✔ large-c.jsonl', '✔ large-d.jsonl', '! broken.json'])
  expect(exitCode).toBe(1)
})

test('one as JSON', async () => {
  const {stdout} = await check(jsonl(...STALE), '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'chaos.check/1',
    format: 'jsonl',
    exitCode: 1,
    verdict: 'invalid',
    operations: 4,
    guess: 'taken for linearizable register: its operations are write, read',
  })
})

test('convert: from each format to each and back, nothing lost', async () => {
  const history = [
    '{"format":"chaos.history/1"}',
    '{"index":3,"time":17,"type":"invoke","process":0,"f":"write","key":"x","value":9007199254740993,"node":"n1"}',
    '{"index":5,"time":29,"type":"info","process":0,"f":"write","key":"x","value":9007199254740993,"error":["timeout",null],"node":"n1"}',
    '{"index":6,"time":30,"type":"info","process":"nemesis:kill","f":"start-kill","value":{"victims":["n1"],"p":0.5}}',
    '{"index":8,"time":31,"type":"invoke","process":1,"f":"txn","value":[["r","y",null],["append","é\\"\\n",-1.5]]}',
    '',
  ].join('\n')
  writeFileSync(place.file('a.jsonl'), history)
  for (const [from, to] of [
    ['a.jsonl', 'b.edn'],
    ['b.edn', 'c.json'],
    ['c.json', 'd.jsonl'],
  ] as const) {
    const ended = await place.chaos('convert', from, to)
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toBe(`4 ops written to ${to}\n`)
  }
  expect(place.read('d.jsonl')).toBe(history)
})

test('convert: to standard output, keys into pairs and out again', async () => {
  writeFileSync(place.file('keyed.jsonl'), '{"type":"invoke","process":0,"f":"write","key":"x","value":1}\n')
  const lowered = await place.chaos('convert', 'keyed.jsonl', '-', '--to', 'edn', '--keys', 'lower')
  expect(lowered.stdout).toBe('{:index 0, :time 0, :type :invoke, :process 0, :f :write, :value ["x" 1]}\n')
  writeFileSync(place.file('lowered.edn'), lowered.stdout)
  const lifted = await place.chaos('convert', 'lowered.edn', '-', '--to', 'json', '--keys', 'lift')
  expect(JSON.parse(lifted.stdout)).toEqual([
    {index: 0, time: 0, type: 'invoke', process: 0, f: 'write', key: 'x', value: 1},
  ])
})

test('convert: what it refuses leaves nothing behind', async () => {
  writeFileSync(place.file('half.jsonl'), `${jsonl(...FRESH)}nonsense\n`)
  const malformed = await place.chaos('convert', 'half.jsonl', 'half.edn')
  expect(malformed.stderr).toContain('half.jsonl:5:1')
  expect(malformed.exitCode).toBe(2)
  expect(() => place.read('half.edn')).toThrow('ENOENT')
  const unknown = await place.chaos('convert', 'half.jsonl', 'half.xlsx')
  for (const word of ['the extension ".xlsx"', '.jsonl', '--to jsonl|json|edn', "Jepsen's history.edn"]) {
    expect(unknown.stderr).toContain(word)
  }
  expect(unknown.exitCode).toBe(2)
})

test('a page in the same go, of one history', async () => {
  const bad = await check(edn(...SKEW), '--report', 'page.html')
  expect(bad.exitCode).toBe(1)
  expect(bad.stdout).toMatch(/Report {2,}page\.html/)
  const page = readFileSync(place.file('page.html'), 'utf8')
  expect(page).toMatch(/<strong>FAIL<\/strong> G2-item/)

  const same = await place.chaos('report', 'history', '--checker', 'list-append', '-o', 'again.html')
  expect([same.exitCode, same.stdout.trim()]).toEqual([0, 'again.html'])
  expect(readFileSync(place.file('again.html'), 'utf8')).toContain('<strong>FAIL</strong> G2-item')

  const weaker = ['--checker', 'list-append', '--consistency-models', 'read-committed']
  await place.chaos('report', 'history', ...weaker, '-o', 'weaker.html')
  expect(readFileSync(place.file('weaker.html'), 'utf8')).toContain('<strong>PASS</strong>')

  const two = await place.chaos('check', 'history', 'history', '--report', 'page.html')
  expect(two.exitCode).toBe(2)
  expect(two.stderr).toContain('--report writes the page of one history. Got 2 of them.')
})
