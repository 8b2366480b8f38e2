import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {EdnLiteral} from '../edn-literal.ts'
import {UsageError} from '../error.ts'
import type {Op} from '../op.ts'
import {ednOf} from './edn-text.ts'
import {AnyReader, detectFormat, FORMATS, type FormatName, parseHistory, parseOps, writeHistory} from './formats.ts'
import {liftKeys, looksIndependent, lowerKeys} from './independent.ts'

const file = 'h'
const ops = (text: string) => parseHistory(text, {file}).ops

/** The message and hints of the error that this text must give. */
function refusal(text: string): string {
  try {
    parseHistory(text, {file})
  } catch (error) {
    if (error instanceof UsageError) return [error.message, ...error.hints].join('\n')
    throw error
  }
  throw new Error('was accepted')
}

/** The value that EDN text reads as, within an op. */
const edn = (text: string) => ops(`{:type :invoke, :f :x, :process 0, :value ${text}}`)[0]?.value

const names = fc.oneof(
  fc.string({unit: fc.constantFrom('a', 'B', '1', '0', '-', ':', '"', '[', ']', ' ', '#', '.', '\\', 'é')}),
  fc.constantFrom('#set', '#edn', '__proto__', '', '12', '-3', 'from', '"a"', '[1 2]', 'a b'),
)
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    {maxDepth: 3},
    fc.constantFrom(null, true, false, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.constantFrom(':read', ':a/b', ':', '::', 'nil', ':a b', '\\a', '#'),
    fc.integer(),
    fc.double({noNaN: true, noDefaultInfinity: true, noInteger: true}),
    fc.bigInt({min: 2n ** 53n, max: 2n ** 80n}),
    fc.string({unit: 'binary'}).map((text) => Buffer.from(text).toString()),
    names,
    fc.array(tie('value')),
    fc.dictionary(names, tie('value'), {noNullPrototype: true}),
    fc.array(fc.oneof(fc.integer(), fc.string())).map((items) => new Set(items)),
    fc.constantFrom(...['#a.B [1]', '1/3', '\\a', '1.5M', 'sym', '":a"'].map((text) => new EdnLiteral(text))),
  ),
}))['value']

const anyOp: fc.Arbitrary<Op> = fc
  .record(
    {
      timeNs: fc.nat(),
      f: fc.constantFrom('read', 'cas', 'start-partition', 'txn'),
      key: fc.oneof(fc.string({minLength: 1}), fc.integer()),
      value: anyValue,
      error: fc.constantFrom(':timeout', 'no leader', ['a', 1]),
      node: fc.constantFrom('n1', 'n2'),
      final: fc.boolean(),
      extra: fc.dictionary(fc.constantFrom('dueNs', 'clock-offsets', 'a b'), anyValue, {
        minKeys: 1,
        noNullPrototype: true,
      }),
    },
    {requiredKeys: ['timeNs', 'f', 'value']},
  )
  .map((fields) => ({index: 0, type: 'invoke', process: 0, ...fields}) as Op)
  .filter(({value}) => !hasColonVerbs(value))

/** Verbs of micro-operations have no colon: EDN writes them as keywords and gives them back without it. */
function hasColonVerbs(value: unknown): boolean {
  const isSuch = (micro: unknown) => Array.isArray(micro) && typeof micro[0] === 'string' && micro[0].startsWith(':')
  return Array.isArray(value) && value.length > 0 && value.every(isSuch)
}

/** EDN's `[[:r x nil]]` and `[["r", "x", null]]` are one value; `[[":r", "x", null]]`, which nobody writes, becomes that too. */
function hasColons(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((micro) => Array.isArray(micro) && typeof micro[0] === 'string' && micro[0].startsWith(':'))
  )
}

describe('every format', () => {
  it.each(['jsonl', 'json', 'edn'] as const)('%s gives back what it wrote, in pieces of any size', (format) => {
    fc.assert(
      fc.property(fc.array(anyOp, {maxLength: 6}), fc.integer({min: 1, max: 60}), (drafts, size) => {
        const written = drafts
          .filter(({value}) => !hasColons(value))
          .map((op, index) => ({...op, index, process: index % 2 ? `nemesis:${index}` : index}))
        const text = [...writeHistory(written, format)].join('')
        const bytes = Buffer.from(text)
        const pieces = Array.from({length: Math.ceil(bytes.length / size)}, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        expect(parseHistory(pieces, {file, format}).ops).toStrictEqual(written)
        expect(parseHistory(text, {file, format}).ops).toStrictEqual(written)
        if (written.length > 0) expect(detectFormat(text, {file})).toBe(format)
      }),
      {numRuns: 250},
    )
  })

  it('gives back what it was given after any journey through the others', () => {
    const formats = ['jsonl', 'json', 'edn'] as const
    const journey = fc.array(fc.constantFrom(...formats), {minLength: 1, maxLength: 6})
    fc.assert(
      fc.property(fc.array(anyOp, {maxLength: 4}), journey, (drafts, stops) => {
        const start = drafts
          .filter(({value}) => !hasColons(value))
          .map((op, index) => ({...op, index, process: index % 2 ? `nemesis:${index}` : index}))
        let now: readonly Op[] = start
        for (const format of stops) now = parseHistory([...writeHistory(now, format)].join(''), {file, format}).ops
        expect(now).toStrictEqual(start)
      }),
      {numRuns: 400},
    )
  })

  it.each<[string, FormatName]>([
    ['{"format":"chaos.history/1"}\n', 'jsonl'],
    ['{"index":0', 'jsonl'],
    ['', 'jsonl'],
    [' [ {"type":"ok"', 'json'],
    ['[]', 'json'],
    ['{:type :ok}', 'edn'],
    ['[{:type :ok}]', 'edn'],
    ['; a comment\n[', 'edn'],
    ['#jepsen.history.Op{:index 0}', 'edn'],
    ['({:type :ok})', 'edn'],
    ['INFO  jepsen.util - 0\t:invoke\t:read\tnil', 'log'],
    ['0\t:invoke\t:read\tnil', 'log'],
    [':nemesis\t:info\t:start\tnil', 'log'],
  ])('tells the format of %j', (head, format) => {
    expect(detectFormat(head, {file})).toBe(format)
  })

  it('says what it takes where it is given something else', () => {
    expect(refusal('<html>\n')).toMatch(/^h:1:1 {2}this is no history: "<html>"\njsonl: .*\njson: .*\nedn: .*\nlog: /)
  })

  it.each<[string, Buffer, string]>([
    ['UTF-16 with a mark', Buffer.from('\uFEFF{:type :ok}', 'utf16le'), 'this is UTF-16; a history is UTF-8'],
    ['UTF-16 without', Buffer.from('{:type :ok}', 'utf16le'), 'iconv -f UTF-16LE -t UTF-8 h |'],
    ['UTF-16, the other way round', Buffer.from('{:type :ok}', 'utf16le').swap16(), 'iconv -f UTF-16BE'],
    ['a program', Buffer.from('7f454c46020100', 'hex'), 'this is no text: it begins with the bytes 7f 45 4c 46'],
    ['zeros', Buffer.alloc(5000), 'this is no text'],
  ])('says what it was given: %s', (_, bytes, message) => {
    const refused = (): unknown => {
      try {
        return parseHistory(bytes, {file})
      } catch (error) {
        return error
      }
    }
    const {message: said, hints} = refused() as UsageError
    expect([said, ...hints].join('\n')).toContain(message)
  })

  it('cannot write a log', () => {
    expect(() => [...writeHistory([], 'log')]).toThrow('Histories cannot be written as "log".')
  })

  it('reads a stream of any length with the memory of one piece', async () => {
    const line = Buffer.from(
      '{:type :ok, :f :read, :process 0, :value 1}\n{:type :invoke, :f :read, :process 0, :value nil}\n',
    )
    function* pieces() {
      yield line.subarray(44)
      for (let i = 0; i < 2000; i++) yield line
    }
    let count = 0
    for await (const op of parseOps(pieces(), {file})) count += op.type === 'ok' ? 1 : 0
    expect(count).toBe(2000)
  })

  it.each(['jsonl', 'json', 'edn'] as const)(
    '%s does not slow down on one huge value in many pieces',
    (format) => {
      const value = Array.from({length: 400_000}, (_, i) => i)
      const bytes = Buffer.from(
        [...writeHistory([{index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'r', value}], format)].join(''),
      )
      const reader = new AnyReader({file, format})
      let count = 0
      for (let at = 0; at < bytes.length; at += 1024) count += reader.push(bytes.subarray(at, at + 1024)).length
      expect(count + reader.end().length).toBe(1)
    },
    5000,
  )

  it('skips a byte order mark', () => {
    expect(ops('\uFEFF{:type :invoke, :f :read, :process 0}')).toHaveLength(1)
  })
})

describe('EDN', () => {
  it('reads maps in a row, in a collection, and records of any tag', () => {
    const one = '{:type :invoke, :f :read, :process 0, :time 5, :index 7}'
    const op = {index: 7, timeNs: 5, type: 'invoke', process: 0, f: 'read', value: null}
    for (const text of [
      one,
      `[${one}]`,
      `(${one})`,
      `#{${one}}`,
      `; c\n#jepsen.history.Op${one}`,
      `[ #_{:a 1} ${one} ]\n`,
    ]) {
      expect(ops(text)).toStrictEqual([op])
    }
  })

  it.each<[string, unknown]>([
    [
      '[[:append 3 1] [:r x nil]]',
      [
        ['append', 3, 1],
        ['r', new EdnLiteral('x'), null],
      ],
    ],
    ['[0 [:r 1]]', [0, [':r', 1]]],
    ['{:from 1, :to "b"}', {from: 1, to: 'b'}],
    ['{0 10, -1 20}', {0: 10, '-1': 20}],
    ['{"a" 1, "b c" 2}', {'"a"': 1, 'b c': 2}],
    ['{nil 1, 2/4 2, "9" 3, :9 4}', {'#edn nil': 1, '#edn 1/2': 2, '"9"': 3, '#edn :9': 4}],
    ['[2/4 -6/4 4/2 1.50M 0x1f]', [new EdnLiteral('1/2'), new EdnLiteral('-3/2'), 2, new EdnLiteral('1.5M'), 31]],
    ['[\\u0061 \\o141 \\a]', [new EdnLiteral('\\a'), new EdnLiteral('\\a'), new EdnLiteral('\\a')]],
    ['#{1 2}', new Set([1, 2])],
    ['(1 2N 3.5 1e3)', [1, 2, 3.5, 1000]],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993N', -9007199254740993n],
    ['"a\\n\\u00e9\\""', 'a\né"'],
    ['":not-a-keyword"', new EdnLiteral('":not-a-keyword"')],
    ['#a.B{:c [1 #{2}]}', new EdnLiteral('#a.B{:c [1 #{2}]}')],
    ['\\newline', new EdnLiteral('\\newline')],
    // As Clojure prints exceptions and objects.
    ['#object[a.B 0x1F "a.B@1F"]', new EdnLiteral('#object[a.B 0x1F "a.B@1F"]')],
    ['#error {:via [{:type a.B$C}]}', new EdnLiteral('#error {:via [{:type a.B$C}]}')],
    ['[\\( 1/2 ^:meta x/y]', [new EdnLiteral('\\('), new EdnLiteral('1/2'), new EdnLiteral('x/y')]],
    ['##Inf', Number.POSITIVE_INFINITY],
    ['[1 #_ 2 ; three\n 3]', [1, 3]],
  ])('reads %s', (text, value) => {
    expect(edn(text)).toStrictEqual(value)
    // And what is written reads as the same.
    expect(edn(ednOf(value))).toStrictEqual(value)
  })

  it.each([
    ['\n {:type :ok', 'h:2:2  this op has no end: the text ends here; expected'],
    [
      '{:type :ok, :value "a}\n{:type :ok}\n',
      'h:1:1  this op has no end: the text ends here; expected the closing quote',
    ],
    ['{:type :ok, :f :r, :value [1}', 'h:1:29  expected a value or "]", found "}"'],
    ['{:type :ok, :f :r, :f :w}', 'h:1:20  the key :f appears twice'],
    ['{:type :ok, :value {1 2, 1 3}}', 'h:1:26  the key 1 appears twice'],
    ['{:type :ok, :value "a\\x"}', 'h:1:20  this string has an escape that EDN does not know: \\x'],
    ['{:type ok, :f :r}', 'expected a type: invoke, ok, fail or info; found ok'],
    ['{:type :invoke, :f :r, :process "0"}', 'a name for a nemesis; found "0"'],
    ['{:type :invoke, :f :r, :process 0, :time "soon"}', 'expected a time in ns, found "soon"'],
    ['{:type :invoke, :f :r, :process 0, :time ##Inf}', 'expected a time in ns, found Infinity'],
    ['{:type :invoke, :f :r, :process 0, :index nil, :index 0}', 'the key :index appears twice'],
    [`${'#_ '.repeat(100_000)}{}`, 'nested deeper than 512 levels'],
    [`{:type ${'^'.repeat(100_000)}`, 'nested deeper than 512 levels'],
    [`{:type ${'#a '.repeat(100_000)}`, 'nested deeper than 512 levels'],
    ['[{:type :invoke, :f :r, :process 0}', 'its closing bracket is missing'],
    ['{:type :invoke :f}', 'h:1:18  expected a value for the key before, found "}"'],
    ['{:type :invoke, :f :r, :process 0}\n  {:f :r}', 'h:2:3  expected a type: invoke, ok, fail or info; found none'],
    ['{:type :start, :f :r, :process 0}', 'expected a type: invoke, ok, fail or info; found :start'],
    ['{:type :invoke, :f :r, :process 0.5}', 'expected a process'],
    ['{:type :invoke, :f 3, :process 0}', 'no "f" that names a function'],
    ['{:type :invoke, :f :r, :process 0, :value 01}', 'h:1:43  expected a number, found "01"'],
    ['[{:type :invoke, :f :r, :process 0}] x', 'h:1:38  expected nothing after the history, found "x"'],
    ['{:type :invoke, :f :r, :process 0}\n7', 'h:2:1  expected a map, "{": an op with its fields, found "7"'],
    [`{:type :invoke :value ${'['.repeat(100_000)}`, 'nested deeper than 512 levels'],
    ['{:type :ok, :f :r, :process 3}', 'op #0 completes process 3, but process 3 has no open invocation'],
    [
      '{:index 3 :type :invoke, :f :r, :process 0}\n{:index 3 :type :ok, :f :r, :process 0}',
      'index 3 comes after index 3',
    ],
  ])('refuses %.60s', (text, message) => {
    expect(refusal(text)).toContain(message)
  })

  it('names the lines of both ops of a broken pair, in maps over several lines', () => {
    const text = '[{:type :invoke,\n  :f :r, :process 0}\n\n {:type :invoke, :f :r,\n :process 0}]'
    expect(refusal(text)).toContain('h:4:2  op #1 invokes on process 0, which still has an open operation')
    expect(refusal(text)).toContain('Process 0 invoked at line 1')
  })
})

describe("elle-cli's JSON", () => {
  it('reads an array of ops', () => {
    const text =
      '[\n{"type":"invoke","f":"txn","process":0,"value":[["r",1,null]]},\n{"type":":info","f":":start","process":"nemesis"}]'
    expect(ops(text)).toMatchObject([
      {index: 0, type: 'invoke', f: 'txn', process: 0, value: [['r', 1, null]]},
      {index: 1, type: 'info', f: 'start', process: 'nemesis', value: null},
    ])
    expect(ops('[]')).toEqual([])
  })

  it.each([
    ['[{"type":"invoke"', 'h:1:18  the text ends here; expected'],
    ['[{"type":"invoke","f":"r","process":0}', 'its closing "]" is missing'],
    ['[{"type":"invoke","f":"r","process":0} {', 'h:1:40  expected "," or "]", found "{"'],
    [
      '[{"type":"invoke","f":"r","process":0},\n{"type":"invoke","f":"r","process":0}]',
      'h:2:1  op #1 invokes on process 0',
    ],
  ])('refuses %s', (text, message) => {
    expect(refusal(text)).toContain(message)
  })

  it('quotes the end of a line whose beginning has gone by', () => {
    const op = (process: number) => `{"type":"invoke","f":"r","process":${process}}`
    const bytes = Buffer.from(`[${Array.from({length: 50}, (_, process) => op(process)).join(',')},${op(7)}]`)
    const reader = new AnyReader({file, format: 'json'})
    try {
      for (let at = 0; at < bytes.length; at += 16) reader.push(bytes.subarray(at, at + 16))
      expect.unreachable()
    } catch (error) {
      const {message, hints} = error as UsageError
      expect(message).toMatch(new RegExp(`^h:1:${bytes.lastIndexOf('{') + 1} {2}op #50 invokes on process 7`))
      const [quoted, mark] = hints as [string, string]
      expect(quoted).toContain('│ …')
      expect(quoted[mark.indexOf('^')]).toBe('{')
    }
  })
})

describe("Jepsen's logs", () => {
  it('reads history.txt and console logs, and skips other lines', () => {
    const text = [
      'INFO  jepsen.core - Setting up',
      'INFO  jepsen.util - 0\t:invoke\t:cas\t[3 4]',
      '2026-01-01 00:00:00 INFO [2026] jepsen worker 1 - jepsen.util 1\t:invoke\t:read\tnil',
      '0\t:info\t:cas\t:timed-out',
      '1\t:fail\t:read\tnil\t:timed-out\r',
      ':nemesis\t:info\t:start\t:majority',
      '',
    ].join('\n')
    expect(parseHistory(text, {file, format: 'log'}).ops).toMatchObject([
      {process: 0, type: 'invoke', f: 'cas', value: [3, 4]},
      {process: 1, type: 'invoke', f: 'read', value: null},
      {process: 0, type: 'info', f: 'cas', value: null, error: ':timed-out'},
      {process: 1, type: 'fail', f: 'read', value: null, error: ':timed-out'},
      {process: 'nemesis', type: 'info', f: 'start', value: ':majority'},
    ])
  })

  it('leaves out a last line without a line break, whose value may be cut, and says so', () => {
    const {ops: found, torn} = parseHistory('0\t:invoke\t:read\tnil\n0\t:ok\t:read\t12', {file})
    expect(found).toHaveLength(1)
    expect(torn).toEqual({line: 2, text: '0\t:ok\t:read\t12'})
  })

  it('reads transactions', () => {
    const {ops: found} = parseHistory('0\t:invoke\t:txn\t[[:append 1 2] [:r 3 nil]]\n', {file})
    expect(found[0]?.value).toEqual([
      ['append', 1, 2],
      ['r', 3, null],
    ])
  })

  it('refuses an op that is cut short or garbled', () => {
    expect(refusal('0\t:invoke\t:read\tnil\n0\t:okay\t:read\t1\n')).toContain('h:2:1  this op is cut short or garbled')
    expect(refusal('0\t:invoke\t:read\tnil\n0\t:ok\t\n')).toContain('h:2:1  this op is cut short or garbled')
    expect(refusal('0\t:invoke\t:read\t[1\n')).toContain('h:1:17  the text ends here')
    expect(refusal('0\t:invoke\t:read\tnil\n0\t:invoke\t:read\tnil\n')).toContain('h:2:1  op #1 invokes on process 0')
  })
})

describe('independent keys', () => {
  const text = [
    '{:type :invoke, :f :read, :process 0, :value ["x" nil]}',
    '{:type :invoke, :f :cas, :process 1, :value ["x" [1 2]]}',
    '{:type :ok, :f :read, :process 0, :value ["x" 1]}',
    '{:type :info, :f :start, :process :nemesis, :value :majority}',
  ].join('\n')

  it('are told from other pairs, lifted out of the value and put back', () => {
    const found = ops(text)
    expect(looksIndependent(found)).toBe(true)
    const lifted = liftKeys(found)
    expect(lifted).toMatchObject([
      {key: 'x', value: null},
      {key: 'x', value: [1, 2]},
      {key: 'x', value: 1},
      {value: ':majority'},
    ])
    expect(lowerKeys(lifted)).toStrictEqual(found)
    expect(looksIndependent(ops('{:type :invoke, :f :cas, :process 1, :value [1 2]}'))).toBe(false)
    expect(looksIndependent(ops('{:type :invoke, :f :read, :process 1, :value nil}'))).toBe(false)
  })
})

it('describes every format', () => {
  for (const format of Object.values(FORMATS)) expect(format.description).toMatch(/\w/)
})
