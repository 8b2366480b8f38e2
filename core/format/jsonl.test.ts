import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {EdnLiteral} from '../edn-literal.ts'
import {UsageError} from '../error.ts'
import type {Op} from '../op.ts'
import {jsonOf} from './json-wrap.ts'
import {JsonlReader, parseHistory, writeHeader, writeOp} from './jsonl.ts'

const file = 'h.jsonl'
const read = (...lines: string[]) => parseHistory(lines.join('\n'), {file})
const invoke = '{"index":0,"time":5,"type":"invoke","process":7,"f":"read","value":null}'
const ok = '{"index":1,"time":9,"type":"ok","process":7,"f":"read","value":3}'

/** The message and hints of the error that reading these lines must give. */
function refusal(...lines: string[]): string {
  try {
    read(...lines, '')
  } catch (error) {
    if (error instanceof UsageError) return [error.message, ...error.hints].join('\n')
    throw error
  }
  throw new Error('was accepted')
}

const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    {maxDepth: 3},
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.double({noNaN: true, noDefaultInfinity: true, noInteger: true}),
    fc.bigInt({min: 2n ** 53n, max: 2n ** 80n}),
    fc.bigInt({min: -(2n ** 80n), max: -(2n ** 53n)}),
    fc.string({unit: 'binary'}).map((text) => Buffer.from(text).toString()),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('#set', '#edn', '##set', '__proto__')), tie('value'), {
      noNullPrototype: true,
    }),
    fc.array(fc.integer()).map((items) => new Set(items)),
    fc.constant(new EdnLiteral('#inst "2026-01-01T00:00:00.000-00:00"')),
  ),
}))['value']

const anyOp: fc.Arbitrary<Op> = fc
  .record(
    {
      timeNs: fc.nat(),
      f: fc.string({minLength: 1}),
      key: fc.oneof(fc.string(), fc.integer()),
      value: anyValue,
      error: fc.oneof(fc.string(), fc.array(fc.string())),
      node: fc.string(),
      final: fc.boolean(),
      extra: fc.dictionary(fc.constantFrom('dueNs', 'clock', '__proto__'), anyValue, {
        minKeys: 1,
        noNullPrototype: true,
      }),
    },
    {requiredKeys: ['timeNs', 'f', 'value']},
  )
  .map((fields) => ({index: 0, type: 'invoke', process: 0, ...fields}) as Op)

describe('the native history', () => {
  it('reads a header, ops and the fields it does not know', () => {
    const {ops, meta, torn} = read(
      writeHeader({seed: '8f3a'}),
      '{"index":3,"time":5,"type":"invoke","process":7,"f":"read","key":"x3","value":null,"node":"n1","dueNs":4}',
      '{"process":"nemesis:kill","type":"info","f":"start-kill", "final" : true , "error" : ["a"]}',
      '',
    )
    expect(meta).toEqual({seed: '8f3a'})
    expect(torn).toBeUndefined()
    expect(ops).toEqual([
      {
        index: 3,
        timeNs: 5,
        type: 'invoke',
        process: 7,
        f: 'read',
        key: 'x3',
        value: null,
        node: 'n1',
        extra: {dueNs: 4},
      },
      {
        index: 4,
        timeNs: 4,
        type: 'info',
        process: 'nemesis:kill',
        f: 'start-kill',
        value: null,
        error: ['a'],
        final: true,
      },
    ])
  })

  it('gives back every op that it wrote, whatever the pieces it arrives in', () => {
    fc.assert(
      fc.property(fc.array(anyOp, {maxLength: 8}), fc.integer({min: 1, max: 40}), (drafts, size) => {
        const ops = drafts.map((op, index) => ({...op, index, process: index}))
        const bytes = Buffer.from(`${[writeHeader(), ...ops.map(writeOp)].join('\n')}\n`)
        const reader = new JsonlReader({file})
        const found: Op[] = []
        for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)))
        found.push(...reader.end())
        expect(found).toStrictEqual(ops)
      }),
      {numRuns: 300},
    )
  })

  it('agrees with JSON.parse on what JSON is', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string({
        unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '0', '1', '-', '.', 'e', '\\', 'u', 'n', ' '),
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        let expected: unknown
        let accepted = true
        try {
          expected = JSON.parse(text)
        } catch {
          accepted = false
        }
        const line = `{"type":"info","process":"n","f":"x","value":${text}}\n`
        if (accepted) expect(jsonOf(parseHistory(line, {file}).ops[0]?.value)).toEqual(jsonOf(expected))
        else if (!/^\s*.*,\s*"/.test(text)) expect(() => parseHistory(line, {file})).toThrow(UsageError)
      }),
      {numRuns: 2000},
    )
  })

  it('keeps integers beyond 2^53', () => {
    const line = '{"type":"invoke","process":0,"f":"write","value":[9007199254740993,-9007199254740993,123]}'
    const [op] = read(line).ops
    expect(op?.value).toEqual([9007199254740993n, -9007199254740993n, 123])
    expect(writeOp(op as Op)).toContain('[9007199254740993,-9007199254740993,123]')
  })

  it('tolerates a torn last line and says so', () => {
    for (let cut = 1; cut < ok.length; cut++) {
      const {ops, torn} = read(invoke, ok.slice(0, cut))
      expect(ops).toHaveLength(1)
      expect(torn).toEqual({line: 2, text: ok.slice(0, cut)})
    }
    expect(read(invoke, ok)).toMatchObject({ops: {length: 2}})
    expect(read(invoke, '\0\0\0').torn).toEqual({line: 2, text: ''})
    expect(read(invoke, '').torn).toBeUndefined()
  })

  it('refuses a torn line that is not the last, and a lone line that is not ours', () => {
    expect(refusal(invoke, ok.slice(0, 30), invoke)).toContain('h.jsonl:2:')
    expect(() => read('hello')).toThrow(/h\.jsonl:1:1 {2}expected "\{"/)
    expect(() => read(invoke, `${ok}}`)).toThrow(/expected the end of the line/)
  })

  it.each([
    [
      'an op that is not an object',
      ['[]'],
      'h.jsonl:1:1  expected "{": a history has one JSON object a line, found "["',
    ],
    [
      'a wrong type',
      [invoke.replace('"invoke"', '"start"')],
      'h.jsonl:1:28  expected "invoke", "ok", "fail" or "info"',
    ],
    ['no type', ['{"process":1,"f":"read"}'], 'h.jsonl:1:1  this op has no "type"'],
    ['no process', ['{"type":"ok","f":"read"}'], 'this op has no "process"'],
    ['no function', ['{"type":"ok","process":1}'], 'this op has no "f"'],
    [
      'a process that is text',
      [invoke.replace('7', '"7"')],
      'h.jsonl:1:47  expected a process: 0, 1, 2, … for clients, a name for a nemesis, found "7"',
    ],
    ['a time that is text', [invoke.replace(/"time":[0-9]+/, '"time":"soon"')], 'expected a time in ns, found "soon"'],
    ['a time beyond all numbers', [invoke.replace(/"time":[0-9]+/, '"time":1e999')], 'expected a time in ns'],
    ...['index', 'time', 'type', 'process', 'f', 'value', 'node', 'final', 'key', 'error', '__proto__', 'mine'].map(
      (name): [string, string[], string] => {
        const value =
          new Map<string, unknown>(Object.entries({index: 0, time: 1, type: '"ok"', process: 7, final: true})).get(
            name,
          ) ?? '"r"'
        const again = `"${name}":${value}`
        const others = ['"type":"ok"', '"process":7', '"f":"r"'].filter((field) => !field.startsWith(`"${name}"`))
        return [`${name} twice`, [`{${again},${others.join()},${again}}`], `the field "${name}" appears twice`]
      },
    ),
    ['a field of a value twice', [invoke.replace('null', '{"a":1,"a":1}')], 'the field "a" appears twice'],
    ['an empty object', ['{}'], 'h.jsonl:1:1  this object has no "type"'],
    ['a fractional process', [invoke.replace('7', '7.5')], 'h.jsonl:1:47  expected a process'],
    ['indices that do not ascend', [invoke, ok.replace('1', '0')], 'h.jsonl:2:1  index 0 comes after index 0'],
    ['another version', ['{"format":"chaos.history/9"}'], 'expected "chaos.history/1"'],
    ['nesting without end', ['['.repeat(100_000)].map((deep) => invoke.replace('null', deep)), 'nested deeper than'],
    ['a line break within an op', ['{"index":0,', '"type":"ok"}'], 'h.jsonl:1:12'],
  ])('refuses %s', (_, lines, message) => {
    expect(refusal(...lines)).toContain(message)
  })

  it('quotes the line and marks the place, also in a long line', () => {
    expect(refusal(invoke, ok.replace('7', 'x')).split('\n').slice(0, 3)).toEqual([
      'h.jsonl:2:43  expected a value, found "x"',
      '     2 │ {"index":1,"time":9,"type":"ok","process":x,"f":"read","value":3}',
      '       │                                           ^',
    ])
    const [, line, mark] = refusal(invoke.replace('null', `["${'é'.repeat(5000)}",?]`)).split('\n') as string[]
    expect(line?.length).toBeLessThan(140)
    expect(line?.[mark?.indexOf('^') as number]).toBe('?')
  })

  it('names the lines of both ops where a process breaks the pairing rule', () => {
    const twice = refusal(invoke, ok, ok.replace('1', '2'))
    expect(twice).toContain('h.jsonl:3:43  op #2 completes process 7, but process 7 has no open invocation')
    expect(twice).toContain('already completed at line 2')
    expect(refusal(ok)).toContain('op #1 completes process 7, but process 7 has no open invocation')
    expect(refusal(invoke, invoke.replace('0', '1'))).toContain('Process 7 invoked at line 1')
    expect(refusal(invoke, ok.replace('ok', 'info'), invoke.replace('0', '2'))).toContain('It ended at line 2')
    const far = (line: string) => line.replace('"process":7', '"process":123456789012')
    expect(refusal(far(invoke), far(ok), far(ok.replace('1', '2')))).toContain('already completed at line 2')
  })
})
