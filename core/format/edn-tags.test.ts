import {expect, it} from 'vitest'
import {EdnLiteral} from '../edn-literal.ts'
import {ednOf, parseHistory} from './index.ts'

const LINE = {
  edn: (form: string) => `{:type :info, :process :n, :f :f, :value ${form}}\n`,
  json: (form: string) => `{"type": "info", "process": "n", "f": "f", "value": {"#edn": ${JSON.stringify(form)}}}\n`,
}
const valueIn = (line: string) => parseHistory(line, {file: 'h'}).ops[0]?.value

const INSTANT = '#inst "2026-01-01T00:00:00.000-00:00"'

// As Clojure holds them equal.
it.each([
  ...['2026', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T01:30:00.000+01:30', '2025-12-31T23:00-01:00'].map(
    (text) => [`#inst "${text}"`, INSTANT],
  ),
  ['#inst "2026-01-01T00:00:00.1234567Z"', '#inst "2026-01-01T00:00:00.1234567-00:00"'],
  ['#uuid "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"', '#uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"'],
  // What is no instant stays as it is.
  ['#inst "2026-02-30"', '#inst "2026-02-30"'],
  ['#inst "soon"', '#inst "soon"'],
])('%s is %s, in EDN and in JSON', (form, text) => {
  expect(valueIn(LINE.edn(form))).toStrictEqual(new EdnLiteral(text))
  expect(valueIn(LINE.json(form))).toStrictEqual(new EdnLiteral(text))
  expect(valueIn(LINE.edn(text))).toStrictEqual(new EdnLiteral(text))
})

it('a map of one namespace has it in each of its keywords', () => {
  const map = valueIn(LINE.edn('#:a{:b 1, :_/c 2, :d/e 3, "f" 4, 7 5}'))
  expect(map).toStrictEqual({'a/b': 1, c: 2, 'd/e': 3, '"f"': 4, 7: 5})
  expect(valueIn(LINE.edn(ednOf(map)))).toStrictEqual(map)
})
