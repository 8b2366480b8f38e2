import {expect, test} from 'vitest'
import {parseHistory} from './formats.ts'

const OPS = [
  {time: '1732928000000000001', type: 'invoke'},
  {time: '1732928000000000258', type: 'ok'},
]
const json = OPS.map(({time, type}) => `{"time":${time},"process":0,"type":"${type}","f":"write","value":1}`)
const edn = OPS.map(({time, type}) => `{:time ${time}, :process 0, :type :${type}, :f :write, :value 1}`)

test.each([
  ['JSON Lines', json.join('\n')],
  ['JSON', `[${json.join(',')}]`],
  ['EDN', edn.join('\n')],
])('nanoseconds since 1970 count from the first op, to the nanosecond: %s', (_, text) => {
  const {ops} = parseHistory(text, {file: 'h'})
  expect(ops.map(({timeNs}) => timeNs)).toEqual([0, 257])
})

test.each(['"2026-11-30T01:00:00Z"', 'true', '[]'])('%s is no time in ns', (time) => {
  const line = `{"time":${time},"process":0,"type":"invoke","f":"write","value":1}`
  for (const text of [line, `[${line}]`]) {
    expect(() => parseHistory(text, {file: 'h'})).toThrow(/expected a time in ns, found/)
  }
})
