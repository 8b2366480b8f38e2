/** `chaos diff` as it is typed: runs of one seed, of another, and what it refuses. */
import {rmSync} from 'node:fs'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {showDuration} from '../../core/quantities.ts'
import {Workplace} from './cli.ts'

const at = new Workplace()
afterAll(() => at.dispose())

const simulate = (seed: string, output: string) =>
  at.chaos('sim', 'raft', '--bug', 'stale-read', '--seed', seed, '--time', '6s', '-o', at.file(output))

beforeAll(async () => {
  for (const [seed, output] of [
    ['d-1', 'a'],
    ['d-1', 'b'],
    ['d-2', 'c'],
  ] as const)
    await simulate(seed, output)
})

test('runs of one seed are the same', async () => {
  const {exitCode, stdout} = await at.chaos('diff', 'a/latest', 'b/latest')
  expect(stdout).toContain('operations: the same')
  expect(stdout).toContain('the same, op for op')
  expect(stdout).not.toContain('SETTINGS THAT DIFFER')
  expect(exitCode).toBe(0)
})
test('of another seed it says where plan and history part', async () => {
  const {exitCode, stdout} = await at.chaos('diff', 'a/latest', 'c/latest', '--json')
  const {plan, operations, latencyMs, schema} = JSON.parse(stdout) as {
    plan: {operations: {equal: number; entries: string[]}}
    operations: {equal: number; entries: string[]}
    latencyMs: {p50: [number, number]}
    schema: string
  }
  expect(schema).toBe('chaos.difference/1')
  expect(plan.operations.entries[0]).not.toBe(plan.operations.entries[1])
  expect(operations.entries[0]).not.toBe(operations.entries[1])
  expect(latencyMs.p50.every((ms) => ms > 0)).toBe(true)
  expect(exitCode).toBe(0)
})
test('latencies are those that the runs tell of themselves', async () => {
  const {stdout} = await at.chaos('diff', 'a/latest', 'c/latest')
  const {verdicts} = JSON.parse(at.read('a', 'latest', 'verdict.json')) as {
    verdicts: {checker: string; measures?: {p50Ms: number; p99Ms: number; maxMs: number}}[]
  }
  const {p50Ms, p99Ms, maxMs} = verdicts.find(({checker}) => checker === 'stats')!.measures!
  for (const [name, ms] of Object.entries({p50: p50Ms, p99: p99Ms, max: maxMs}))
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +${showDuration(ms)} →`, 'm'))
})
test('settings that differ are told before what follows from them', async () => {
  const {stdout} = await at.chaos('diff', 'a/latest', 'c/latest')
  expect(stdout).toMatch(/SETTINGS THAT DIFFER\n {2}seed +d-1 +d-2\n\nPLAN\n/)
})
test('what is no judged run is bad input', async () => {
  const none = await at.chaos('diff', 'a/latest', 'nowhere')
  expect(none.stderr).toContain('nowhere')
  expect(none.exitCode).toBe(2)
  rmSync(at.file('c/latest/verdict.json'))
  const unjudged = await at.chaos('diff', 'a/latest', 'c/latest')
  expect(unjudged.stderr).toContain('was not judged')
  expect(unjudged.exitCode).toBe(2)
})
