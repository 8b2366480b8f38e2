import {expect, test} from 'vitest'
import {failRun} from '../../runs.fixture.ts'
import {pairLeniently} from '../../tabulate.ts'
import {search} from './search.ts'
import {tableOf} from './table.fixture.ts'

const input = failRun({operations: 2000, seconds: 30})
const pairs = pairLeniently(input.ops)

test('every operation comes back from the page as it was in the history', async () => {
  const table = await tableOf(input.ops, 10)
  expect(table.rows).toBe(pairs.length)
  for (const [row, {invoke, completion}] of pairs.entries()) {
    expect(table.index[row]).toBe(invoke.index)
    expect(table.completion(row)).toBe(completion?.index)
    expect(Math.abs(table.startNs[row]! - invoke.timeNs)).toBeLessThanOrEqual(500)
    expect(table.process(row)).toBe(String(invoke.process))
    expect(table.node(row)).toBe(invoke.node)
    expect(table.key(row)).toBe(invoke.key)
    expect(table.f(row)).toBe(invoke.f)
    expect(['ok', 'fail', 'info'][table.outcome(row)]).toBe(completion?.type ?? 'info')
    expect(table.input(row)).toBe(invoke.value === null ? '' : String(invoke.value))
    if (completion?.type === 'ok')
      expect(table.output(row)).toBe(completion.value === null ? '' : String(completion.value))
    expect(table.error(row)).toBe(completion?.error ?? '')
    expect(table.rowOf(invoke.index)).toBe(row)
    if (completion !== undefined) expect(table.rowOf(completion.index)).toBe(row)
  }
})

test('a worker keeps its lane when its process is retired', async () => {
  const table = await tableOf(input.ops, 10)
  expect(table.lanes.map((lane) => lane.label)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'])
  for (const [at, lane] of table.lanes.entries()) {
    for (const [place, row] of lane.rows.entries()) {
      expect(Number(table.process(row)) % 10).toBe(at)
      expect(table.place[row]).toBe(place)
    }
  }
})

test('without a concurrency every process has its own', async () => {
  const table = await tableOf(input.ops, 0)
  expect(table.lanes.length).toBe(new Set(pairs.map(({invoke}) => invoke.process)).size)
})

test('search finds what it is asked for, and only that', async () => {
  const table = await tableOf(input.ops, 10)
  const found = (query: string) => [...(search(table, query) ?? [])].map((row) => table.words(row, true))
  const stale = pairs.findIndex(({invoke}) => invoke.process === 204)
  expect([...(search(table, `#${table.index[stale]}`) ?? [])]).toEqual([stale])
  expect(found('p204')).toEqual(['read x3 → 3'])
  expect(found('write x3 7')).toEqual(['write x3 7'])
  expect(new Set(found('x3 write'))).toEqual(new Set(['write x3 3', 'write x3 7', 'write x3 9']))
  expect(found('x3 info')).toEqual(['write x3 9'])
  expect(found('nothing-of-the-sort')).toEqual([])
  expect(search(table, '  ')).toBeUndefined()
  expect(search(table, 'n1')!.length).toBe(pairs.filter(({invoke}) => invoke.node === 'n1').length)
  expect(search(table, 'timeout')!.length).toBe(
    pairs.filter(({completion}) => String(completion?.error).includes('timeout')).length,
  )
})
