/** Every anomaly that a bundled bug is expected to show, and every one that a checker can report, has its page. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {CYCLES, TITLES} from '../../../checkers/elle/anomalies.ts'
import {CHECKERS} from '../../../checkers/library.ts'
import {MODELS} from '../../../checkers/linearizable/index.ts'
import {packageRoot} from '../../../core/package.ts'
import {TARGETS} from '../../../targets/index.ts'
import {explanationOf, explanations} from './pages.ts'

const pages = new Set(explanations().map(({name}) => name))

test('every anomaly that a planted bug may show is explained', () => {
  const expected = new Set(Object.values(TARGETS).flatMap(({bugs}) => bugs.flatMap(({anomalies}) => anomalies)))
  expect([...expected].filter((type) => explanationOf(type) === undefined)).toEqual([])
})

test('every page has a heading that names it, and a sentence', () => {
  for (const {name, title, text} of explanations()) {
    expect(text.startsWith(`# ${name}: `), name).toBe(true)
    expect(title.length, name).toBeGreaterThan(20)
  }
})

/**
 * How checkers name what they report: as a type, as what they tell, or as one of two. Checkers and models look alike. Those of
 * linearizability say so outright, and their engines have other words of this form.
 */
const OUTRIGHT = /\btype: '([a-z]+(?:-[a-z]+)+)'/g
const REPORTED =
  /(?:type: |reported\(\s*|[tT]old\(\s*|[tT]ell\(\s*|anomaly\(\s*|[?:] )'([a-z]+(?:-[a-z]+)+|diverged|threshold)'/g

test('every page that a checker refers to exists', () => {
  const folder = new URL('checkers/', packageRoot).pathname
  const sources = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(
    (file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file) && !file.startsWith('elle/'),
  )
  const reported = sources.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(file.startsWith('linearizable/') ? OUTRIGHT : REPORTED)].map(
      ([, type]) => type as string,
    ),
  )
  const named = (type: string) => Object.hasOwn(CHECKERS, type) || Object.hasOwn(MODELS, type)
  expect(new Set(reported).size).toBeGreaterThan(50)
  expect([...new Set(reported)].filter((type) => !pages.has(type) && !named(type))).toEqual([])
})

test('every anomaly of transactions is explained, cycles in each variant by the page of their kind', () => {
  const variants = CYCLES.flatMap((cycle) => [cycle, `${cycle}-process`, `${cycle}-realtime`])
  for (const type of [...Object.keys(TITLES), ...variants]) expect(explanationOf(type)?.name, type).toBeDefined()
  const pageOf = (type: string) => explanationOf(type)?.name
  expect(pageOf('G1c-realtime')).toBe('G1c')
  expect(pageOf('G-single-item-process')).toBe('G-single')
  expect(pageOf('g2')).toBe('G2')
  expect(pageOf('g2-item-realtime')).toBe('G2-item')
  expect(pageOf('stale-read')).toBe('stale-read')
  expect(pageOf('stale-reed')).toBeUndefined()
})
