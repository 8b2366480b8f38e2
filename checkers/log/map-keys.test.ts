/** Keys of a poll's map are the keys of the sends, whatever they are, in every format; offsets may be beyond 2^53. */
import {expect, it} from 'vitest'
import {parseHistory} from '../../core/format/index.ts'
import {history} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import {log} from './index.ts'

const judge = (text: string, format: 'edn' | 'jsonl') =>
  log().check(history(parseHistory(text, {file: 'h', format}).ops)) as Verdict

const edn = (key: string, polled = key, offset = '0') => `
{:type :invoke, :process 0, :f :send, :value [[:send ${key} 1]]}
{:type :ok, :process 0, :f :send, :value [[:send ${key} [${offset} 1]]]}
{:type :invoke, :process 0, :f :poll, :value [[:poll]]}
{:type :ok, :process 0, :f :poll, :value [[:poll {${polled} [[${offset} 1]]}]]}
`

it.each(['"9"', '9', ':a', ':9', '"a"', '"a b"', 'a', '9007199254740993', 'nil', '[1 2]', '1/2'])(
  'EDN, key %s',
  (key) => {
    expect(judge(edn(key), 'edn')).toMatchObject({validity: 'valid', anomalies: []})
  },
)

it('a key that nobody sent to is another one, however like it looks', () => {
  const both = edn('"9"') + edn('9', '9', '5').replaceAll(':process 0', ':process 1')
  expect(judge(both, 'edn').validity).toBe('valid')
  const wrong = judge(edn(':a', ':b'), 'edn')
  expect(wrong.anomalies.map(({type}) => type)).toEqual(['unexpected-record'])
})

it('two spellings of one ratio are one key', () => {
  expect(judge(edn('2/4', '1/2'), 'edn').validity).toBe('valid')
})

it.each(['"9"', '9', '"a"'])('JSON Lines, key %s', (key) => {
  const name = JSON.stringify(`${JSON.parse(key)}`)
  const op = (index: number, type: string, f: string, value: string) =>
    `{"index":${index},"time":${index},"type":"${type}","process":0,"f":"${f}","value":${value}}\n`
  const text =
    op(0, 'invoke', 'send', `[["send",${key},1]]`) +
    op(1, 'ok', 'send', `[["send",${key},[0,1]]]`) +
    op(2, 'invoke', 'poll', '[["poll"]]') +
    op(3, 'ok', 'poll', `[["poll",{${name}:[[0,1]]}]]`)
  expect(judge(`{"format":"chaos.history/1"}\n${text}`, 'jsonl')).toMatchObject({validity: 'valid', anomalies: []})
})

it('offsets beyond 2^53 count like any other', () => {
  expect(judge(edn('9', '9', '9007199254740993'), 'edn').validity).toBe('valid')
  const twice = edn('9', '9', '9007199254740993').replace(
    '[[9007199254740993 1]]',
    '[[9007199254740993 1] [9007199254740994 1]]',
  )
  expect(judge(twice, 'edn').anomalies.map(({type}) => type)).toEqual(['duplicate-record'])
})
