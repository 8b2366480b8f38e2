import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {Bug} from '../../core/target.ts'
import {afterRun, type KeptSeed, leastRecentFirst, readMemory, remember, writeMemory} from './kept-seeds.ts'

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
  const memory = {seeds: [{...run('a'), passes: 2}], tested: {'raft/register partition': '2026-01-01T00:00:00.000Z'}}
  writeMemory(file, memory)
  expect(readMemory(file)).toEqual(memory)
  expect(readMemory(join(directory, 'none.json'))).toEqual({seeds: [], tested: {}})
  writeFileSync(file, JSON.stringify({format: 'chaos.seeds/1', seeds: memory.seeds}))
  expect(readMemory(file)).toEqual({...memory, tested: {}})
  writeFileSync(file, '{}')
  expect(() => readMemory(file)).toThrow('expected format "chaos.seeds/1"')
  rmSync(directory, {recursive: true})
})

test('the cell that was tested least recently is the first of the next campaign', () => {
  const cells = ['a', 'b', 'c'].map((target) => ({target, workload: 'register', faults: ['kill']}))
  const ended = (target: string, outcome: 'pass' | 'interrupted' | 'environment') => ({
    ...{job: {kind: 'fresh' as const, target, workload: 'register', faults: ['kill'], seed: '1'}, outcome},
    ...{sentence: '', tookMs: 1, command: ''},
  })
  let memory = remember({seeds: [], tested: {}}, ended('a', 'pass'), new Date('2026-01-02'))
  memory = remember(memory, ended('b', 'pass'), new Date('2026-01-01'))
  // What did not come to its end was not tested.
  memory = remember(memory, ended('c', 'interrupted'), new Date('2026-01-03'))
  memory = remember(memory, ended('c', 'environment'), new Date('2026-01-03'))
  expect(leastRecentFirst(cells, memory).map(({target}) => target)).toEqual(['c', 'b', 'a'])
})

test('so is the canary', () => {
  const bug = {name: 'x', change: '', workload: 'register', nemesis: [], anomalies: []} as unknown as Bug
  const canaries = ['a', 'b'].map((target) => ({target, bug}))
  const job = {kind: 'canary' as const, target: 'a', workload: 'register', faults: [], seed: '1', bug}
  const ended = {job, outcome: 'violation' as const, sentence: '', tookMs: 1, command: ''}
  const memory = remember({seeds: [], tested: {}}, ended, new Date('2026-01-02'))
  expect(memory.seeds).toEqual([])
  expect(leastRecentFirst(canaries, memory).map(({target}) => target)).toEqual(['b', 'a'])
})
