import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {asFileName, createRunDirectory, pointTo, stamp, writeWhole} from './store.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-store-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

test('two runs of one second have directories of their own', () => {
  const first = createRunDirectory(join(directory, 'runs'), 'a')
  const second = createRunDirectory(join(directory, 'runs'), 'a')
  expect([first.name, second.name]).toEqual(['a', 'a-2'])
  expect(existsSync(second.logs)).toBe(true)
})

test('latest points at the newest', () => {
  pointTo(createRunDirectory(directory, 'a'), 'latest')
  pointTo(createRunDirectory(directory, 'b'), 'latest')
  expect(readlinkSync(join(directory, 'latest'))).toBe('b')
})

test('a file is written whole or not at all', () => {
  const file = join(directory, 'verdict.json')
  writeWhole(file, 'old')
  expect(() => writeWhole(join(directory, 'nowhere', 'x'), 'new')).toThrow(/Cannot write .*nowhere/)
  writeWhole(file, 'new')
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(readdirSync(directory)).toEqual(['verdict.json'])
})

test('a place where no directory can be made is named', () => {
  writeFileSync(join(directory, 'file'), '')
  expect(() => createRunDirectory(join(directory, 'file', 'runs'), 'a')).toThrow(/Cannot create the run directory in/)
  if (process.getuid?.() === 0) return
  chmodSync(directory, 0o500)
  expect(() => createRunDirectory(join(directory, 'runs'), 'a')).toThrow(/permission denied/)
})

test('times in names are UTC, to the second', () => {
  expect(stamp(new Date('2026-11-20T20:15:04.567Z'))).toBe('20261120-201504')
})

test('a name that somebody chose leads nowhere else, and is not too long', () => {
  expect(asFileName('../a b/c')).toBe('.._a_b_c')
  expect(asFileName('n'.repeat(300))).toHaveLength(60)
})
