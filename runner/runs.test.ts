/** How runs stand, and where they are found. */
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {RunFacts} from './facts.ts'
import {findRun, noteEnded, runNames, runsDirectories, summariesOf} from './runs.ts'

const root = mkdtempSync(join(tmpdir(), 'chaos-runs-'))
const runs = join(root, '.chaos/runs')
afterAll(() => rmSync(root, {recursive: true}))

const facts = (pid: number, startedAt: string) =>
  ({
    ...{format: 'chaos.run/1', id: 'x', startedAt, command: 'chaos run', options: [], timeMs: 1, versions: {}},
    ...{target: 'raft', workload: 'register', claim: 'linearizable', nodes: ['n1'], concurrency: 1, keys: 1},
    ...{ratePerS: 1, functions: [], faults: [], thresholds: [], seed: '1', bugs: [], host: {pid: String(pid)}},
  }) as unknown as RunFacts

function make(name: string, pid: number, startedAt: string, verdict?: object) {
  mkdirSync(join(runs, name), {recursive: true})
  writeFileSync(join(runs, name, 'run.json'), JSON.stringify(facts(pid, startedAt)))
  if (verdict !== undefined) {
    writeFileSync(
      join(runs, name, 'verdict.json'),
      JSON.stringify({format: 'chaos.verdict/1', verdicts: [], ...verdict}),
    )
  }
}

beforeAll(() => {
  make('a-judged', 1, '2026-01-01', {validity: 'invalid', sentence: 'Stale read.'})
  make('b-running', process.pid, '2026-01-02')
  // No process has this id: it is above the limit of every kernel.
  make('c-gone', 2 ** 30, '2026-01-03')
  make('d-interrupted', process.pid, '2026-01-04')
  noteEnded(join(runs, 'd-interrupted'), facts(1, '2026-01-04'), {interrupted: true, reason: 'Interrupted.'})
  mkdirSync(join(runs, 'e-damaged'))
  writeFileSync(join(runs, 'e-damaged', 'run.json'), '{')
  symlinkSync('a-judged', join(runs, 'latest'))
  mkdirSync(join(root, 'deep/er'), {recursive: true})
})

test('running, interrupted, ended early, damaged and judged runs are told apart, the newest first', () => {
  expect(summariesOf(runs).map(({name, state}) => [name, state])).toEqual([
    ['e-damaged', 'damaged'],
    ['d-interrupted', 'interrupted'],
    ['c-gone', 'ended early'],
    ['b-running', 'running'],
    ['a-judged', 'invalid'],
  ])
})

test('runs are found by name and by link, from below the directory where they were made', () => {
  const places = runsDirectories(undefined, join(root, 'deep/er'))
  expect(places).toContain('../../.chaos/runs')
  expect(findRun('latest', [runs])).toBe(join(runs, 'latest'))
  expect(findRun('latest', ['/nowhere', runs])).toBe(join(runs, 'latest'))
  expect(findRun('nothing', [runs])).toBeUndefined()
  expect(runNames([runs])).toContain('c-gone')
  expect(runNames([runs, runs])).toEqual(runNames([runs]))
  expect(runsDirectories('elsewhere', root)).toEqual(['elsewhere'])
})
