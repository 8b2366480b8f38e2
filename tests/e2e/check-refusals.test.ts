/** What `chaos check` refuses, with file, line and column. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {checkIn, edn, FRESH, jsonl, SKEW} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const check = checkIn(place)

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
    'an answer about another key',
    '{"type":"invoke","process":0,"f":"write","key":1,"value":2}\n{"type":"ok","process":0,"f":"write","key":2,"value":2}\n',
    [],
    'op #1 is about key 2, but process 0 asked about another',
  ],
  [
    'an answer about another key, within the value',
    jsonl('0 write [1, 1]', '0 ok write [2, 1]', '0 read [1, null]', '0 ok read [1, 1]'),
    [],
    'history: op #1 answers [2 1], but process 0 asked about another key',
  ],
  [
    'an element that only the answer tells',
    jsonl('0 add -', '0 ok add 17', '0 read -', '0 ok read [17]'),
    [],
    'op #0 asks for add without an element; only its answer says 17',
  ],
  [
    'a queue of such elements',
    jsonl('0 enqueue -', '0 ok enqueue 17', '0 dequeue -', '0 ok dequeue 17'),
    [],
    'op #0 asks for enqueue without an element',
  ],
  [
    'answers that neither a set nor a counter gives',
    jsonl('0 add 1', '0 ok add 1', '0 read -', '0 ok read "1"'),
    [],
    'Cannot tell how to judge these operations: add, read.',
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
