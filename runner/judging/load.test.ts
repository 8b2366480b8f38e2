import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, it} from 'vitest'
import {UNLIMITED} from '../../core/checker.ts'
import {ChaosError} from '../../core/error.ts'
import {parseHistory, writeHistory} from '../../core/format/index.ts'
import type {Op} from '../../core/op.ts'
import {MemoryLimit} from './budget.ts'
import {judgeLoaded, notesOf} from './judge-loaded.ts'
import {load} from './load.ts'

const directory = mkdtempSync(join(tmpdir(), 'chaos-load-'))
afterAll(() => rmSync(directory, {recursive: true}))

const OPS = Array.from({length: 30_000}, (_, index): Op => {
  const common = {index, timeNs: index * 1000, process: (index >> 1) % 5, node: 'n1'}
  if (index % 6 < 2) return {...common, type: index % 2 ? 'ok' : 'invoke', f: 'write', key: 'x', value: index >> 1}
  return {
    ...common,
    type: index % 2 ? 'ok' : 'invoke',
    f: 'read',
    key: 'x',
    value: index % 2 ? (index - (index % 6)) >> 1 : null,
  }
})

function fileOf(name: string, text: string): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}

it.each(['jsonl', 'json', 'edn'] as const)('holds every op of a file: %s', async (format) => {
  const text = [...writeHistory(OPS, format)].join('')
  const {history, lifted, format: found} = await load(fileOf(`all.${format}`, text))
  expect([...history.ops]).toStrictEqual(parseHistory(text, {file: 'all'}).ops)
  expect([lifted, found]).toEqual([false, format])
})

it('takes an answer without a key for one about the key that was asked for, and says so', async () => {
  const text = `
{:type :invoke, :process 0, :f :write, :value ["x" 1]}
{:type :ok, :process 0, :f :write, :value ["x" 1]}
{:type :invoke, :process 1, :f :read, :value ["y" nil]}
{:type :ok, :process 1, :f :read, :value nil}
`
  const loaded = await load(fileOf('bare.edn', text))
  expect(loaded).toMatchObject({lifted: true, bare: {count: 1, first: 3}})
  expect(loaded.history.operations.map(({key, output}) => [key, output])).toEqual([
    ['x', 1],
    ['y', null],
  ])
  const judged = await judgeLoaded(loaded, {model: 'register', thresholds: []}, UNLIMITED)
  expect(judged.judgement.validity).toBe('valid')
  expect(notesOf(loaded, judged).join('\n')).toContain('1 answer without a key, the first at op #3')
  const other = load(fileOf('other.edn', text.replace(':value nil}', ':value ["z" nil]}')))
  await expect(other).rejects.toThrow('op #3 answers [z nil], but process 1 asked about another key')
})

it.each(['a,b', '["a", "b"]', '[:a :b]', '["a" "b"]', '[a b]', '("a" "b")', '#{"a" "b"}'])(
  'reads --option accounts=%s',
  async (accounts) => {
    for (const name of ['"a"', ':a']) {
      const text = `
{:type :invoke, :process 0, :f :read, :value nil}
{:type :ok, :process 0, :f :read, :value {${name} 4, ${name.replace('a', 'b')} 6}}
`
      const loaded = await load(fileOf('bank.edn', text))
      const judging = {checker: 'bank', thresholds: [], options: [`accounts=${accounts}`]}
      expect((await judgeLoaded(loaded, judging, UNLIMITED)).judgement.validity).toBe('valid')
      const missing = {...judging, options: [`accounts=${accounts.replace('a', 'c')}`]}
      expect((await judgeLoaded(loaded, missing, UNLIMITED)).judgement.validity).toBe('invalid')
    }
  },
)

it('takes values apart that are all pairs of a key and a value', async () => {
  const pairs = OPS.map(({key, ...op}) => ({...op, value: [key, op.value]}))
  const {history, lifted} = await load(fileOf('pairs.edn', [...writeHistory(pairs, 'edn')].join('')))
  expect(lifted).toBe(true)
  expect([...history.ops]).toEqual(OPS)
})

it('is inconclusive where there is not even memory for reading', async () => {
  const file = fileOf('large.jsonl', [...writeHistory(OPS, 'jsonl')].join(''))
  // Far below nothing: a process may also shrink while it reads.
  const refused = await load(file, undefined, new MemoryLimit(-1e12)).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ChaosError)
  expect(refused).toMatchObject({exitCode: 3})
  expect((refused as ChaosError).message).toMatch(/was not judged: out of .* of memory after reading [\d\u202f]+ ops/)
})
