/** Help is short, grouped in the order in which flags are thought of, true, and there at once. */
import {afterAll, expect, test} from 'vitest'
import {COMMANDS, ENTRIES, idOf, importCommands} from '../../cli/commands/index.ts'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

test('chaos --help lists every command with its own summary', async () => {
  await importCommands(Object.keys(ENTRIES))
  const {stdout, exitCode} = await place.chaos('--help')
  expect(exitCode).toBe(0)
  for (const [name, {summary}] of Object.entries(ENTRIES)) {
    // The command of a plug-in has the plug-in's own summary.
    if (name !== 'autocomplete') expect(COMMANDS[idOf(name)]!.summary, name).toBe(summary)
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  }
  expect((await place.chaos()).stdout).toBe(stdout)
  expect((await place.chaos('help')).stdout).toBe(stdout)
})

/** The module of the command, as the build names it. */
const RUN = /\/run-\w+\.js/

test('chaos --help needs neither oclif nor a command', async () => {
  // What is not imported takes no time, on however busy a machine.
  const traced = await place.start(['--help'], {NODE_DEBUG: 'esm'})
  expect(traced.exitCode).toBe(0)
  expect(String(traced.stderr)).toMatch(/\/root-help-\w+\.js/)
  expect(String(traced.stderr)).not.toContain('@oclif')
  expect(String(traced.stderr)).not.toMatch(RUN)
  expect(String((await place.start(['run', '--help'], {NODE_DEBUG: 'esm'})).stderr)).toMatch(RUN)
})

test.each([[[]], [['run', '--help']], [['ci', '--help']], [['campaign', '--help']]])(
  '%j fits into a narrow terminal',
  async (words) => {
    const {stdout} = await place.start(words, {COLUMNS: '60'})
    const lines = String(stdout).split('\n')
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => line.length > 60)).toEqual([])
  },
)

test('run --help is short and grouped; --all has every flag', async () => {
  const {stdout} = await place.chaos('run', '--help')
  const groups = [...stdout.matchAll(/^([A-Z]+) FLAGS$/gm)].map(([, group]) => group)
  expect(groups.slice(0, 5)).toEqual(['TARGET', 'FAULTS', 'WORKLOAD', 'CHECK', 'OUTPUT'])
  expect(stdout.split('\n').length).toBeLessThan(75)
  expect(stdout).not.toContain('--check-memory')
  expect(stdout).toContain('chaos run --help --all')
  const all = await place.chaos('run', '--help', '--all')
  await importCommands(['run'])
  for (const name of Object.keys(COMMANDS['run']!.flags)) {
    expect(all.stdout).toMatch(new RegExp(`--(\\[no-\\])?${name}\\b`))
  }
  expect((await place.chaos('help', 'run')).stdout).toBe(stdout)
})
