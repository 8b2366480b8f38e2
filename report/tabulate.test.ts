import {expect, test} from 'vitest'
import type {Op} from '../core/op.ts'
import {OPEN, OUTCOME} from './payload.ts'
import {pairLeniently, tabulate} from './tabulate.ts'

/** `0 invoke 10` is an op of process 0 at 10 ns. */
function ops(...lines: string[]): Op[] {
  return lines.map((line, index) => {
    const [process, type, time] = line.split(' ') as [string, Op['type'], string]
    const id = /^\d+$/.test(process) ? Number(process) : process
    return {index, timeNs: Number(time), type, process: id, f: 'read', value: null}
  })
}

const pairs = (...lines: string[]) =>
  pairLeniently(ops(...lines)).map(({invoke, completion}) => [invoke.index, completion?.index])

test('an invocation is completed by the next op of its process', () => {
  expect(pairs('0 invoke 1', '1 invoke 2', '0 ok 3', '1 fail 4')).toEqual([
    [0, 2],
    [1, 3],
  ])
})

test('nemesis ops are no operations', () =>
  expect(pairs('nemesis:kill info 1', '0 invoke 2')).toEqual([[1, undefined]]))

test('what breaks the pairing rule still has its row', () => {
  expect(pairs('0 ok 1', '0 invoke 2', '0 invoke 3', '0 ok 4')).toEqual([
    [1, undefined],
    [2, 3],
  ])
})

test('rows are by time even where the ops are not', () => {
  expect(pairs('0 invoke 9', '1 invoke 3')).toEqual([
    [1, undefined],
    [0, undefined],
  ])
})

test('outcomes, open operations and finals', () => {
  const [invoke, ...rest] = ops(
    '0 invoke 1',
    '0 ok 2',
    '1 invoke 3',
    '1 fail 4',
    '2 invoke 5',
    '2 info 6',
    '3 invoke 7',
  )
  const {columns, facts} = tabulate(pairLeniently([{...(invoke as Op), final: true}, ...rest]), 100)
  expect([...columns.outcome]).toEqual([OUTCOME.ok + 4, OUTCOME.fail, OUTCOME.info, OUTCOME.info])
  expect([...columns.duration]).toEqual([1, 1, 1, OPEN])
  expect(facts.unitNs).toBe(1)
})

test.each([
  [4e9, 1],
  [5e9, 1e3],
  [3600e9, 1e3],
  [5000e9, 1e6],
])('a run with a gap of %d ns is in units of %d ns, and its times fit', (gapNs, unitNs) => {
  const {columns, facts} = tabulate(
    pairLeniently(ops('0 invoke 0', '0 ok 1', `0 invoke ${gapNs}`, `0 ok ${gapNs + 5}`)),
    100,
  )
  expect(facts.unitNs).toBe(unitNs)
  expect(columns.start[1]! * facts.unitNs).toBe(gapNs)
})

test('an error keeps its words, whatever it is', () => {
  const [invoke, fail] = ops('0 invoke 1', '0 fail 2') as [Op, Op]
  const wordsOf = (error: unknown) => {
    const table = tabulate(pairLeniently([invoke, {...fail, error}]), 100)
    return table.columns.error[0] === 0 ? undefined : table.texts[table.columns.error[0]! - 1]
  }
  expect(wordsOf('no leader')).toBe('no leader')
  expect(wordsOf({code: 11, n: 2n})).toBe('{"code":11,"n":"2"}')
  expect(wordsOf(new Error('torn'))).toBe('torn')
  expect(wordsOf(undefined)).toBeUndefined()
})
