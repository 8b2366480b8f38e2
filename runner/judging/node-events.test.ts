import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {UsageError} from '../../core/error.ts'
import {toldIn} from './node-events.ts'

/** A run directory whose nodes told this, a text for each. */
function run(events: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-told-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  mkdirSync(join(directory, 'events'))
  for (const [node, text] of Object.entries(events)) writeFileSync(join(directory, 'events', `${node}.jsonl`), text)
  return directory
}

const line = (time: number, node: string) => `{"time":${time},"node":"${node}","event":{"type":"leader","term":1}}\n`
const promised = {invariants: ['election-safety']}

test('events of all nodes come by time, and what was cut off in mid-write is left out', () => {
  const told = toldIn(promised, run({n1: line(2, 'n1') + line(5, 'n1'), n2: `${line(3, 'n2')}{"time":4,"no`}))
  expect(told?.events.map(({timeNs, node}) => `${timeNs} ${node}`)).toEqual(['2 n1', '3 n2', '5 n1'])
  expect(told?.invariants).toEqual(['election-safety'])
})

test('where nothing is promised nothing is read', () => {
  expect(toldIn({}, run({n1: 'nonsense\n'}))).toBeUndefined()
})

test.each(['{"time": broken', '{"time":1,"node":"n1"}', '{"node":"n1","event":{"type":"leader"}}', 'null', '[]', '7'])(
  'a line that is no event is quoted: %s',
  (damaged) => {
    const read = () => toldIn(promised, run({n1: `${line(2, 'n1')}${damaged}\n`}))
    expect(read).toThrow(UsageError)
    expect(read).toThrow(`n1.jsonl:2 is no event of a node: ${damaged}`)
  },
)
