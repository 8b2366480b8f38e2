import {expect, test} from 'vitest'
import {ENTRIES} from '../commands/index.ts'
import {brokenLine, columnsOf} from './columns.ts'
import {rootHelp} from './root-help.ts'

test('a command line is broken between words, and stays one for a shell', () => {
  const line = "  $ chaos ci --targets raft --faults 'partition;kill, pause' --canaries raft:stale-read"
  expect(brokenLine(line, 200)).toEqual([line])
  expect(brokenLine(line, 50)).toEqual([
    '  $ chaos ci --targets raft \\',
    "      --faults 'partition;kill, pause' \\",
    '      --canaries raft:stale-read',
  ])
  for (let columns = 40; columns < 90; columns++) {
    const lines = brokenLine(line, columns)
    expect(lines.map((one) => one.replace(/ \\$/, '').trim()).join(' ')).toBe(line.trim())
    for (const one of lines) expect(one.length).toBeLessThanOrEqual(columns)
  }
})

test('columns are those of the terminal, or what COLUMNS says where there is none', () => {
  expect(columnsOf({isTTY: true, columns: 132})).toBe(132)
  expect(columnsOf({isTTY: true, columns: 0})).toBe(80)
  expect(columnsOf({isTTY: true, columns: 12})).toBe(40)
})

test.each([50, 60, 80, 100, 200])('chaos --help fits into %d columns', (columns) => {
  const lines = rootHelp('1.2.3', columns).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.min(columns, 100))
  for (const name of Object.keys(ENTRIES))
    expect(
      lines.some((line) => line.startsWith(`  ${name} `)),
      name,
    ).toBe(true)
})
