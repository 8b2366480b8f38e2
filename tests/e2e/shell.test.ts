/** What a shell needs: completions of the tab key; and what the author of a target needs: a run again on every change. */
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {processesOf, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

test('completions know every command and its flags', async () => {
  const env = {XDG_CACHE_HOME: place.file('cache'), XDG_DATA_HOME: place.file('data'), SHELL: '/bin/bash'}
  const {stdout, stderr, exitCode} = await place.start(['autocomplete', 'bash'], env)
  expect(exitCode, String(stderr)).toBe(0)
  expect(String(stdout)).toContain('autocomplete script bash')
  const cache = place.file('cache', 'chaos', 'autocomplete')
  const texts = readdirSync(cache, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    .join('\n')
  for (const word of ['run', 'compare', '--fail-fast', '--consistency-models']) expect(texts).toContain(word)
})

test('run --watch runs again when a file changes, and ends with Ctrl-C', async () => {
  mkdirSync(place.file('watched/src'), {recursive: true})
  writeFileSync(place.file('watched/src/target.mjs'), '')
  const args = [
    'run',
    'gossip',
    '--watch',
    '--time',
    '1s',
    '--rate',
    '50/s',
    '--nemesis',
    'none',
    '--reporter',
    'minimal',
  ]
  const running = place.start(args, {}, place.file('watched'))
  let told = ''
  const waiting = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => told.split('waiting for a file to change').length > count && resolve()
      running.stderr?.on('data', (text: Buffer) => {
        told += String(text)
        look()
      })
    })
  await waiting(1)
  const again = waiting(2)
  writeFileSync(place.file('watched/src/target.mjs'), '// changed')
  await again
  expect(told).toContain('src/target.mjs changed')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  expect(readdirSync(place.file('watched/.chaos/runs')).filter((name) => name.includes('gossip'))).toHaveLength(2)
  expect(processesOf(place.file('watched'))).toEqual([])
})
