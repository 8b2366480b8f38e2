/** Plug-ins of third parties: one of each kind from a fixture, as a module of the configuration and as a package. */
import {cpSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {ROOT} from '../sources.ts'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const FIXTURE = join(ROOT, 'tests/fixtures/echo-plugin.mjs')

beforeAll(() => {
  cpSync(FIXTURE, place.file('echo.mjs'))
  writeFileSync(place.file('chaos.config.json'), JSON.stringify({plugins: ['./echo.mjs']}))
})

test('its target runs under its workload and its fault, and is judged by its checker', async () => {
  const args = ['run', 'parrot', '--nemesis', 'nap', '--time', '5s', '--interval', '2s', '--seed', 'p']
  const {stdout, stderr, exitCode} = await place.chaos(...args)
  expect(exitCode, stdout + stderr).toBe(0)
  expect(stdout).toContain('echoes are true')
  expect(stdout).toMatch(/under \d verified fault/)

  const again = await place.chaos('check', 'latest')
  expect(again.exitCode, again.stdout + again.stderr).toBe(0)
  const named = await place.chaos('check', 'latest', '--checker', 'echoes')
  expect(named.stdout).toContain('echoes are true')
})

test('its violation is told, and leads to the report', async () => {
  const running = place.start(['run', 'parrot', '--nemesis', 'none', '--time', '1s', '-o', 'deaf'], {DEAF: '1'})
  const {stdout, exitCode} = await running
  expect(exitCode, String(stdout)).toBe(1)
  expect(String(stdout)).toMatch(/Process \d+ called \d+ and heard \d+\./)
})

test('all four are listed', async () => {
  for (const [list, name] of [
    ['targets', 'parrot'],
    ['workloads', 'parroting'],
    ['faults', 'nap'],
    ['checkers', 'echoes'],
  ] as const) {
    expect((await place.chaos('list', list)).stdout).toMatch(new RegExp(`^${name} `, 'm'))
  }
})

test('a module with a command and a client is a target by its path', async () => {
  const target = (fields: string) =>
    `const done = async () => null
    export default {command: 'node -e "net.createServer().listen({port})"', nodes: 1, ${fields}}`
  const claims = `claims: {register: 'linearizable'}, functions: ['read', 'write']`
  writeFileSync(
    place.file('my own.mjs'),
    target(`${claims}, client: () => ({operations: {read: done, write: done}, close: done})`),
  )
  await place.chaos('run', './my own.mjs', '--time', '1s', '--nemesis', 'none', '-o', 'own')
  expect(JSON.parse(place.read('own/latest/history.jsonl').split('\n')[0] as string)).toMatchObject({target: 'my own'})
  writeFileSync(place.file('half.mjs'), target(claims))
  const half = await place.chaos('run', './half.mjs')
  expect(half.exitCode).toBe(2)
  expect(half.stderr).toContain('a target with a command also has client')
})

test.each([
  ['throws in a timer', "setTimeout(() => { throw new Error('late') })", 2, 'Thrown where nobody waited for it: late'],
  ['leaves a promise', "Promise.reject(new Error('left'))", 2, 'Thrown where nobody waited for it: left'],
  ['ends the process', 'process.exit(0)', 4, 'The process ended before its command was done'],
])('a client that %s breaks no promise, and passes nothing', async (_, deed, code, words) => {
  writeFileSync(
    place.file('stray.mjs'),
    `export default {
      command: 'node -e "net.createServer().listen({port})"',
      nodes: 1,
      claims: {register: 'linearizable'},
      functions: ['read', 'write'],
      client: () => ({operations: {read: async () => null, write: async () => { ${deed} }}}),
    }`,
  )
  const {stderr, exitCode} = await place.chaos('run', './stray.mjs', '--time', '3s', '--nemesis', 'none', '-o', 'stray')
  expect(stderr).toContain(words)
  expect(exitCode).toBe(code)
})

test('an interrupt ends the wait for a cluster that does not come up', async () => {
  writeFileSync(
    place.file('mute.mjs'),
    `export default {command: 'node -e "setInterval(Date, 1000, {port})"', nodes: 1, claims: {register: 'linearizable'}, client: () => ({operations: {}})}`,
  )
  const running = place.start(['run', './mute.mjs', '--nemesis', 'none', '-o', 'mute'])
  await new Promise<void>((resolve) => {
    running.stderr.on('data', (chunk) => String(chunk).includes('mute ×1') && resolve())
  })
  running.kill('SIGINT')
  const started = performance.now()
  expect((await running).exitCode).toBe(130)
  expect((await place.chaos('list', 'runs', '-o', 'mute')).stdout).toMatch(
    /mute-register-\S+ +interrupted +Interrupted/,
  )
  // It would be a minute.
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('a package is a plug-in by its name', async () => {
  const folder = place.file('other/node_modules/chaos-plugin-echo')
  mkdirSync(folder, {recursive: true})
  cpSync(FIXTURE, join(folder, 'index.mjs'))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({name: 'chaos-plugin-echo', type: 'module', exports: './index.mjs'}),
  )
  writeFileSync(place.file('other/chaos.config.json'), JSON.stringify({plugins: ['chaos-plugin-echo']}))
  const listed = await place.start(['list', 'workloads'], {}, place.file('other'))
  expect(String(listed.stdout) + String(listed.stderr)).toMatch(/^parroting /m)
})

test.each<[string, string, ...string[]]>([
  ['no such module', `export default {plugins: ['./nowhere.mjs']}`, 'No such plugin module: ./nowhere.mjs'],
  [
    'a workload without a generator',
    `export default {workloads: {half: {name: 'half', description: 'x', checkers: () => []}}}`,
    'the workload "half" has no generator.',
    'A workload has: name, description, generator, checkers',
  ],
  ['a name that is taken', `export default {nemeses: {kill: {}}}`, 'there is a bundled fault named "kill"'],
  [
    'a name of its own',
    `export default {workloads: {a: {name: 'b', description: 'x', generator() {}, checkers() {}}}}`,
    'the workload "a" calls itself "b"',
  ],
])('refused: %s', async (_, config, ...words) => {
  writeFileSync(place.file('bad.config.mjs'), config)
  const {stderr, exitCode} = await place.chaos('run', '--config', 'bad.config.mjs')
  for (const word of words) expect(stderr).toContain(word)
  expect(exitCode).toBe(2)
})
