/**
 * Histories that were damaged at random, in every format: bytes lost, doubled, swapped, put in. Whatever becomes of them, they
 * are judged or refused in words; nothing crashes, no checker does, and nothing hangs; and
 * whatever anomaly is found has its page. Cut off anywhere, a history is refused, or judged by what is left of it.
 */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {CHECKERS} from '../checkers/library.ts'
import {MODELS} from '../checkers/linearizable/index.ts'
import {explanationOf, explanations} from '../cli/commands/explain/pages.ts'
import {ChaosError, UsageError} from '../core/error.ts'
import {type FormatName, parseHistory, writeHistory} from '../core/format/index.ts'
import {History} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import type {Judgement} from '../core/verdict.ts'
import {createBudget} from '../runner/judging/budget.ts'
import {type JudgingOptions, judgeLoaded} from '../runner/judging/judge-loaded.ts'

const file = 'h'
const MAX_MS = 5000
const PAGES = explanations()

/** `0 write 1`, `0 ok write 1`, … as ops; values are JSON. */
function ops(...lines: string[]): Op[] {
  return lines.map((line, index) => {
    const [process, ...words] = line.split(' ')
    const type = (['ok', 'fail', 'info'].includes(words[0]!) ? words.shift() : 'invoke') as Op['type']
    const [f = '', ...rest] = words
    const value: unknown = rest.length === 0 ? null : JSON.parse(rest.join(' '))
    return {index, timeNs: index * 1000, type, process: /^\d/.test(process!) ? Number(process) : process!, f, value}
  })
}

/** A small history of each kind that is guessed. */
const HISTORIES: Readonly<Record<string, Op[]>> = {
  register: ops(
    '0 write 1',
    'nemesis info start "x"',
    '0 ok write 1',
    '1 read',
    '1 ok read 1',
    '2 write 2',
    '2 info write 2',
  ),
  cas: ops(
    '0 write 1',
    '0 ok write 1',
    '1 cas [1,2]',
    '1 ok cas [1,2]',
    '2 read',
    '2 ok read 2',
    '3 cas [1,3]',
    '3 fail cas [1,3]',
  ),
  independent: ops('0 write [7,1]', '0 ok write [7,1]', '1 read [7,null]', '1 ok read [7,1]'),
  kv: ops('0 put "a"', '0 ok put "a"', '0 append "é"', '0 ok append "é"', '1 get', '1 ok get "aé"'),
  'list-append': ops(
    '0 txn [["append","x",1],["r","y",null]]',
    '1 txn [["append","y",12],["r","x",null]]',
    '0 ok txn [["append","x",1],["r","y",[12]]]',
    '1 ok txn [["append","y",12],["r","x",[]]]',
  ),
  'rw-register': ops(
    '0 txn [["w","x",1]]',
    '0 ok txn [["w","x",1]]',
    '1 txn [["r","x",null],["w","x",2]]',
    '1 ok txn [["r","x",1],["w","x",2]]',
  ),
  'multi-register': ops('0 write {"x":1,"y":2}', '0 ok write {"x":1,"y":2}', '1 read', '1 ok read {"x":1,"y":2}'),
  bank: ops(
    '0 read',
    '0 ok read {"a":5,"b":5}',
    '0 transfer {"from":"a","to":"b","amount":1}',
    '0 ok transfer {"from":"a","to":"b","amount":1}',
    '1 read',
    '1 ok read {"a":4,"b":6}',
  ),
  set: ops('0 add 1', '0 ok add 1', '1 remove 1', '1 info remove 1', '0 read', '0 ok read [1]'),
  counter: ops('0 add 3', '0 ok add 3', '0 read', '0 ok read 3'),
  queue: ops('0 enqueue 1', '0 ok enqueue 1', '1 dequeue', '1 ok dequeue 1'),
  'total-queue': ops('0 enqueue 1', '0 ok enqueue 1', '1 drain', '1 ok drain [1]'),
  stack: ops('0 push 1', '0 ok push 1', '1 pop', '1 ok pop 1'),
  mutex: ops('0 acquire', '0 ok acquire', '0 release', '0 ok release'),
  lock: ops('0 acquire', '0 ok acquire 1', '0 use 1', '0 ok use 1', '0 release', '0 ok release'),
  ids: ops('0 generate', '0 ok generate 7', '1 generate', '1 ok generate "8"'),
  log: ops(
    '0 send [["send","k","a"]]',
    '0 ok send [["send","k",[0,"a"]]]',
    '1 poll',
    '1 ok poll [["poll",{"k":[[0,"a"]]}]]',
  ),
  'long-fork': ops(
    '0 write [["w","x",1]]',
    '0 ok write [["w","x",1]]',
    '1 read [["r","x",null],["r","y",null]]',
    '1 ok read [["r","x",1],["r","y",null]]',
  ),
  comments: ops('0 write 1', '0 ok write 1', '1 read', '1 ok read [1]'),
}

/** Jepsen's text, which is only read. */
function logOf(history: readonly Op[]): string {
  const edn = (value: unknown): string =>
    JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item))
      .replaceAll('null', 'nil')
      .replaceAll(',', ' ')
      .replaceAll(/"(r|w|append|send|poll)"/g, ':$1')
      .replaceAll(/"(\w+)":/g, ':$1 ')
  const who = (process: Op['process']) => (typeof process === 'number' ? process : `:${process}`)
  return history.map(({process, type, f, value}) => `${who(process)}\t:${type}\t:${f}\t${edn(value)}\n`).join('')
}

const FORMATS = ['jsonl', 'json', 'edn', 'log'] as const

function textOf(history: readonly Op[], format: FormatName): string {
  return format === 'log' ? logOf(history) : [...writeHistory(history, format)].join('')
}

/** Judges bytes as `chaos check` would; undefined where they are refused in words. */
async function judged(
  bytes: Uint8Array,
  judging: Partial<JudgingOptions> = {},
): Promise<{judgement: Judgement; torn: boolean} | undefined> {
  try {
    const {ops: found, meta, torn, format} = parseHistory(bytes, {file})
    const loaded = {
      name: file,
      history: new History(found),
      format,
      lifted: false,
      hints: {workload: undefined, claim: undefined, ...meta},
    }
    const {judgement} = await judgeLoaded(loaded, {thresholds: [], ...judging}, createBudget(2000, 500e6))
    return {judgement, torn: torn !== undefined}
  } catch (error) {
    if (!(error instanceof ChaosError)) throw error
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).not.toMatch(/undefined|\[object/)
    return undefined
  }
}

interface Edit {
  readonly at: number
  readonly kind: 'delete' | 'double' | 'flip' | 'insert' | 'swap' | 'cut' | 'word'
  readonly byte: number
  readonly length: number
}

/** Words that mean something to one of the parsers. */
const SPICE = [
  'null',
  '1e999',
  '-1',
  '{}',
  '[]',
  '""',
  '{"#set":[1]}',
  '{"#edn":"x"}',
  '__proto__',
  'nil',
  '#{}',
  '##NaN',
  ':k',
  '\\u0000',
  '9'.repeat(30),
]

function apply(text: Buffer, {at, kind, byte, length}: Edit): Buffer {
  const place = text.length === 0 ? 0 : at % text.length
  const before = text.subarray(0, place)
  const after = text.subarray(place)
  const piece = after.subarray(0, length)
  switch (kind) {
    case 'delete':
      return Buffer.concat([before, after.subarray(length)])
    case 'double':
      return Buffer.concat([before, piece, after])
    case 'swap':
      return Buffer.concat([before, after.subarray(length, 2 * length), piece, after.subarray(2 * length)])
    case 'flip':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)])
    case 'insert':
      return Buffer.concat([before, Buffer.from([byte]), after])
    case 'word':
      return Buffer.concat([before, Buffer.from(SPICE[byte % SPICE.length]!), after.subarray(length % 4)])
    default:
      return before
  }
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('delete', 'double', 'flip', 'insert', 'swap', 'cut', 'word', 'word'),
  byte: fc.oneof(
    fc.integer({min: 0, max: 255}),
    fc.constantFrom(...Buffer.from('{}[]":,0123456789-\\#\n\t nultrefalsk')),
  ),
  length: fc.oneof(fc.integer({min: 1, max: 6}), fc.integer({min: 1, max: 200})),
})

/** Mostly a guess; at times any checker or model at all, whether it fits or not. */
const wish: fc.Arbitrary<Partial<JudgingOptions>> = fc.oneof(
  {weight: 2, arbitrary: fc.constant({})},
  {weight: 1, arbitrary: fc.constantFrom(...Object.keys(CHECKERS)).map((checker) => ({checker}))},
  {weight: 1, arbitrary: fc.constantFrom(...Object.keys(MODELS)).map((model) => ({model}))},
)

/** `CHAOS_MUTATIONS` asks for more. */
const RUNS = Number(process.env['CHAOS_MUTATIONS'] ?? 300)

describe.each(FORMATS)('%s', (format) => {
  test('whole, every kind is judged and holds', async () => {
    for (const [name, history] of Object.entries(HISTORIES)) {
      const found = await judged(Buffer.from(textOf(history, format)))
      expect([name, found?.judgement.validity]).toEqual([name, 'valid'])
    }
  })

  test(`damaged at random: judged or refused, ${RUNS} of each kind`, async () => {
    for (const [name, history] of Object.entries(HISTORIES)) {
      const text = Buffer.from(textOf(history, format))
      await fc.assert(
        fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 4}), wish, async (edits, judging) => {
          const startedMs = performance.now()
          const found = await judged(edits.reduce(apply, text), judging)
          for (const {reason = '', checker, anomalies} of found?.judgement.verdicts ?? []) {
            expect(`${name} ${checker} ${reason}`).not.toContain('crashed')
            for (const {type} of anomalies) expect(explanationOf(type, PAGES)?.name, type).toBeDefined()
          }
          expect(performance.now() - startedMs).toBeLessThan(MAX_MS)
        }),
        {numRuns: RUNS},
      )
    }
  }, 600_000)

  test('cut anywhere: judged by what is there, or refused', async () => {
    // Process 2 reads what was overwritten; only the last op shows it.
    const stale = ops(
      '0 write 10',
      '0 ok write 10',
      '0 write 12',
      '0 ok write 12',
      '1 read',
      '1 ok read 12',
      '2 read',
      '2 ok read 10',
    )
    const text = Buffer.from(textOf(stale, format))
    let refused = 0
    for (let length = 0; length <= text.length; length++) {
      const found = await judged(text.subarray(0, length))
      if (found === undefined) refused++
      // A shorter value of the last line would be a violation that never was.
      else if (found.judgement.validity === 'invalid')
        expect(text.subarray(length).toString().trim()).toMatch(/^(\]|)$/)
    }
    expect(refused).toBeGreaterThan(format === 'json' || format === 'edn' ? text.length / 2 : -1)
  })
})
