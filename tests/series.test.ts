/** Long series of real runs: their record, and what the page says of it. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {type CorrectRun, correctModesSection, tallies} from '../bench/correct-modes-section.ts'
import {addToRecord, readRecord, withSection} from '../bench/record.ts'

const run = (workload: string, outcome: string, reason?: string): CorrectRun => ({
  ...{target: 'etcd', version: 'etcd 3.4', seed: 's', date: '2026-11-29', operations: 10, workload, outcome},
  ...(reason === undefined ? {} : {reason}),
})

test('a record is what was added to it, and nothing before', () => {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-series-'))
  const file = join(directory, 'below', 'record.jsonl')
  expect(readRecord(file)).toEqual([])
  addToRecord(file, run('cas', 'pass'))
  addToRecord(file, run('set', 'accused'))
  expect(readRecord<CorrectRun>(file).map(({outcome}) => outcome)).toEqual(['pass', 'accused'])
  rmSync(directory, {recursive: true})
})

test('runs of one workload are counted by how they ended; reasons without the proof of the single run', () => {
  const why = 'something was really tested: The fault partition was never seen to take effect'
  const all = tallies(
    [
      run('cas', 'pass'),
      run('cas', 'unknown', `${why} (2/2 silent (control 3 ms)).`),
      run('cas', 'unknown', `${why} (0/2 silent (control 4 ms)).`),
      run('set', 'exit 4', 'port taken'),
    ],
    ['etcd'],
  )
  const section = correctModesSection(all, 'a while each').join('\n')
  expect(section).toContain('4 runs, 0 accused')
  expect(section).toContain(`| \`etcd\` | etcd 3.4 | \`cas\` | 3 | 1 | 2 | 0 | 0 | 0 | 30 | ${why}. (2) |`)
  expect(section).toContain('| `etcd` | etcd 3.4 | `set` | 1 | 0 | 0 | 0 | 1 | 0 | 10 | port taken |')
})

test('a section takes the place of its former self, and a new one comes last', () => {
  const page = '# Page\n\ntext\n\n## A\n\nold\n\n## AB\n\nkept\n'
  expect(withSection(page, ['## A', '', 'new'])).toBe('# Page\n\ntext\n\n## A\n\nnew\n\n## AB\n\nkept\n')
  expect(withSection(page, ['## C', '', 'more'])).toBe(`${page}\n## C\n\nmore\n`)
})
