import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {afterRun, type KeptSeed, readKeptSeeds, writeKeptSeeds} from './kept-seeds.ts'

const run = (seed: string, tookMs = 1000) => ({
  target: 'raft',
  workload: 'register',
  faults: ['partition'],
  seed,
  sentence: 'Stale read.',
  tookMs,
})

test('a failing seed is kept, a passing one is not', () => {
  expect(afterRun([], run('a'), true).map(({seed}) => seed)).toEqual(['a'])
  expect(afterRun([], run('a'), false)).toEqual([])
})

test('those that failed fastest are preferred', () => {
  let kept: KeptSeed[] = []
  for (let i = 0; i < 8; i++) kept = afterRun(kept, run(`s${i}`, 1000 - i), true)
  expect(kept.map(({seed}) => seed)).toEqual(['s7', 's6', 's5', 's4', 's3'])
})

test('a kept seed goes after five passes in a row, and a failure starts the count again', () => {
  let kept = afterRun([], run('a'), true)
  for (let i = 0; i < 4; i++) kept = afterRun(kept, run('a'), false)
  kept = afterRun(kept, run('a'), true)
  for (let i = 0; i < 4; i++) kept = afterRun(kept, run('a'), false)
  expect(kept).toHaveLength(1)
  expect(afterRun(kept, run('a'), false)).toEqual([])
})

test('they are kept in a directory that need not be there yet', () => {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-seeds-'))
  const file = join(directory, 'not', 'yet', 'seeds.json')
  writeKeptSeeds(file, [{...run('a'), passes: 2}])
  expect(readKeptSeeds(file)).toEqual([{...run('a'), passes: 2}])
  expect(readKeptSeeds(join(directory, 'none.json'))).toEqual([])
  writeFileSync(file, '{}')
  expect(() => readKeptSeeds(file)).toThrow('expected format "chaos.seeds/1"')
  rmSync(directory, {recursive: true})
})
