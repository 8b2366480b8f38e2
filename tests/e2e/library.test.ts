/**
 * The library as its users have it: the examples of docs/checkers.md are compiled and run against what was built, and print
 * what the page says they print; its tables name what there is.
 */
import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {CHECKERS} from '../../checkers/library.ts'
import {MODELS} from '../../checkers/linearizable/index.ts'
import type {Checker} from '../../core/checker.ts'
import {OPTIONS} from '../../runner/judging/checker-options.ts'
import {ROOT} from '../sources.ts'
import {Workplace} from './cli.ts'

const PAGE = readFileSync(join(ROOT, 'docs/checkers.md'), 'utf8')
const examples = PAGE.split(/^##+ /m).flatMap((section) => {
  const [title = ''] = section.split('\n', 1)
  return [...section.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => ({title, code: code as string}))
})
const {resolve} = createRequire(import.meta.url)
const place = new Workplace()

beforeAll(() => {
  mkdirSync(place.file('node_modules'))
  symlinkSync(ROOT, place.file('node_modules/chaos'))
  symlinkSync(join(ROOT, 'node_modules/@types'), place.file('node_modules/@types'))
  writeFileSync(place.file('package.json'), '{"type": "module"}')
  for (const [i, {code}] of examples.entries()) writeFileSync(place.file(`example-${i}.ts`), code)
})
afterAll(() => place.dispose())

test('the page has examples, and each of them shows what it prints', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5)
  for (const {title, code} of examples) expect(code, title).toContain('// → ')
})

test('the examples compile against the published types', () => {
  const strict = ['--strict', '--noEmit', '--target', 'es2023', '--module', 'nodenext', '--types', 'node']
  const files = examples.map((_, i) => `example-${i}.ts`)
  const tsc = resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc')
  let complaints = ''
  try {
    execFileSync(process.execPath, [tsc, ...strict, ...files], {cwd: place.directory, encoding: 'utf8'})
  } catch (error) {
    complaints = (error as {stdout: string}).stdout
  }
  expect(complaints).toBe('')
})

test.each(examples.map(({title, code}, i) => ({title, code, i})))('$title', ({code, i}) => {
  const tsx = pathToFileURL(resolve('tsx')).href
  const printed = execFileSync(process.execPath, ['--import', tsx, `example-${i}.ts`], {
    cwd: place.directory,
    encoding: 'utf8',
  })
  expect(printed.trim().split('\n')).toEqual([...code.matchAll(/\/\/ → (.*)$/gm)].map(([, shown]) => shown))
})

test('the tables list every checker, every model and every option', () => {
  const checkers = Object.entries(CHECKERS as Readonly<Record<string, () => Checker>>)
  const rows = [
    ...checkers.map(([name, make]) => `| \`${name}\` | ${make().description} |`),
    ...Object.entries(MODELS).map(
      ([name, {description, functions}]) => `| \`${name}\` | ${description} | ${functions.join(', ')} |`,
    ),
    ...Object.entries(OPTIONS).flatMap(([checker, options]) =>
      Object.entries(options).map(([name, {description}]) => `| \`${checker}\` | \`${name}\` | ${description} |`),
    ),
  ]
  const [, section = ''] = PAGE.split('\n## What there is\n')
  const listed = section.split('\n').filter((line) => line.startsWith('| `'))
  // The order of a module's exports is the bundler's business.
  expect(listed.sort()).toEqual(rows.sort())
})
