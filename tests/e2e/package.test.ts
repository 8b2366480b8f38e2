/** The package as npm makes it: its types resolve, it installs in silence, and it is not built anew under a running command. */
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {ROOT} from '../sources.ts'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)
let tarball: string

beforeAll(() => {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', place.directory], {cwd: ROOT, stdio: 'ignore'})
  tarball = place.file(readdirSync(place.directory).find((name) => name.endsWith('.tgz')) as string)
})

test('publint has nothing to say', () => {
  const {status, stdout, stderr} = spawnSync(bin('publint'), [tarball, '--strict'], {encoding: 'utf8'})
  expect(stdout + stderr).toContain('All good!')
  expect(status).toBe(0)
})

// As a publisher asks, with what `.attw.json` says: it is made of ES modules, and resolutions that cannot import those are not
// asked. (attw before 0.18.3 kept only the last piece of what it unpacked, and failed on packages of several pieces, as this.)
test('the types of every entry resolve', () => {
  const {status, stdout, stderr} = spawnSync(bin('attw'), [tarball, '--no-emoji'], {cwd: ROOT, encoding: 'utf8'})
  expect(status, stdout + stderr).toBe(0)
  const {exports} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {exports: object}
  for (const entry of Object.keys(exports)) expect(stdout).toContain(`"${join('chaos', entry)}"`)
})

test('holds what is run and read, and no tests', () => {
  const files = execFileSync('tar', ['-tzf', tarball], {encoding: 'utf8'}).split('\n')
  for (const name of [
    'bin/chaos.js',
    'dist/cli/main.js',
    'dist/report/app.js',
    'docs/explain/stale-read.md',
    // What `chaos doctor` tells users of Kafka to give to Maven.
    'targets/kafka/pom.xml',
    'README.md',
  ]) {
    expect(files).toContain(`package/${name}`)
  }
  expect(files.filter((name) => /\.(test|fixture)\./.test(name) || name.startsWith('package/tests/'))).toEqual([])
})

const online = spawnSync('npm', ['ping', '--fetch-timeout', '5000', '--fetch-retries', '0']).status === 0
if (!online) console.warn('SKIPPED installing the package: no registry answers, and its dependencies come from one')

test.skipIf(!online)('installs in an empty directory without a warning, and runs', () => {
  mkdirSync(place.file('user'))
  writeFileSync(place.file('user/package.json'), '{"name": "user", "version": "1.0.0", "private": true}')
  const options = {cwd: place.file('user'), encoding: 'utf8'} as const
  const installed = spawnSync('npm', ['install', tarball, '--no-audit', '--no-fund'], options)
  expect(installed.status, installed.stderr).toBe(0)
  expect(installed.stdout + installed.stderr).not.toMatch(/warn/i)
  const version = spawnSync('npx', ['chaos', '--version'], options)
  expect(version.stdout, version.stderr).toMatch(/^chaos\//)
})

test('preparing a checkout that is built builds nothing', () => {
  const built = () => statSync(join(ROOT, 'dist/cli/main.js')).mtimeMs
  const before = built()
  execFileSync(process.execPath, [join(ROOT, 'scripts/prepack.mjs')], {cwd: ROOT})
  expect(built()).toBe(before)
})
