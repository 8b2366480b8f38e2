/** `chaos convert`: from each format to each other, and what it refuses. */
import {writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {FRESH, jsonl} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())

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
