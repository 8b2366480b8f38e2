/** Runs are found by name where they were written; lines that are printed can be pasted; documents have progress beside them. */
import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {delimiter} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {CHAOS, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const RUN = ['run', 'gossip', '--time', '1s', '--rate', '50/s', '--nemesis', 'none', '--seed', 'places']

beforeAll(async () => {
  const {exitCode, stderr} = await place.chaos(...RUN)
  expect([0, 3], stderr).toContain(exitCode)
})

test('from below, by -o, by the configuration', async () => {
  mkdirSync(place.file('below/deeper'), {recursive: true})
  const below = place.file('below/deeper')
  for (const command of [
    ['check', 'latest'],
    ['explain', 'latest'],
    ['report', 'latest'],
    ['list', 'runs'],
  ]) {
    const ended = await place.start(command, {}, below)
    expect([0, 3], String(ended.stderr)).toContain(ended.exitCode)
    expect(String(ended.stdout)).not.toBe('')
  }
  mkdirSync(place.file('other'))
  const kept = await place.start([...RUN, '-o', 'kept'], {}, place.file('other'))
  expect(String(kept.stdout)).toMatch(/kept\/.*report\.html/)
  const told = await place.start(['check', 'latest', '--runs', 'kept'], {}, place.file('other'))
  expect(String(told.stdout)).toContain('kept/latest')
  writeFileSync(place.file('other/chaos.config.json'), JSON.stringify({run: {output: 'kept'}}))
  const configured = await place.start(['explain', 'latest'], {}, place.file('other'))
  expect([0, 3]).toContain(configured.exitCode)
  mkdirSync(place.file('other/deep'))
  const deep = await place.start(['check', 'latest'], {}, place.file('other/deep'))
  expect(String(deep.stdout)).toContain('../kept/latest')
})

test('names that lead nowhere have suggestions', async () => {
  expect((await place.chaos('check', 'lates')).stderr).toContain('Did you mean "latest"?')
  expect((await place.chaos('explain', 'lates')).stderr).toContain('Did you mean "latest"?')
  const none = await place.chaos('explain', 'latest', '--runs', 'nowhere')
  expect(none.stderr).toContain('No such history or run: latest\n')
  expect(none.stderr).toContain('There are no runs yet in nowhere.')
  const bug = await place.chaos('run', 'raft', '--bug', 'sum-merge')
  expect(bug.stderr).toContain('It is a bug of gossip: chaos run gossip --bug sum-merge')
})

test('a line that reproduces begins with what can be called, and keeps -o', async () => {
  const canary = ['run', 'gossip', '--bug', 'sum-merge', '--time', '2s', '--seed', '1', '-o', 'else where']
  const ended = await place.chaos(...canary)
  const line = /Reproduce +(.*)$/m.exec(ended.stdout)?.[1]
  expect(line).toMatch(/^npx chaos run gossip .*--output 'else where'/)
  expect(ended.stdout).toMatch(/Re-check +npx chaos check 'else where\/[^ ]*'$/m)
  expect(ended.stdout).toMatch(/Simulate +npx chaos replay 'else where\/[^ ]*' --sim$/m)

  // With a chaos of ours on the path, no npx is needed, and the line does run.
  mkdirSync(place.file('bin'))
  symlinkSync(CHAOS, place.file('bin/chaos'))
  chmodSync(CHAOS, 0o755)
  const env = {PATH: `${place.file('bin')}${delimiter}${process.env['PATH']}`, NO_COLOR: '1'}
  const again = await place.start(canary, env)
  const pasted = /Reproduce +(.*)$/m.exec(String(again.stdout))?.[1] as string
  expect(pasted).toMatch(/^chaos run gossip /)
  const shell = spawnSync('sh', ['-c', pasted], {cwd: place.directory, encoding: 'utf8', env: {...process.env, ...env}})
  expect(shell.status, shell.stderr).toBe(ended.exitCode)
}, 120_000)

test('--json has progress on standard error and one document on standard output', async () => {
  const ended = await place.chaos(...RUN, '--json')
  expect(JSON.parse(ended.stdout)).toMatchObject({schema: 'chaos.result/1'})
  expect(ended.stderr).toContain('cluster up')
  expect(ended.stderr).toContain('clients and faults')
  expect((await place.chaos(...RUN, '--json', '--quiet')).stderr).toBe('')
})

test('an interrupted run says so, records its heals, and can be checked and looked at', async () => {
  const running = place.start([
    'run',
    'raft',
    '--time',
    '20s',
    '--interval',
    '1s',
    '--nemesis',
    'partition',
    '-o',
    'cut',
    '--json',
  ])
  await struck('cut')
  running.kill('SIGINT')
  const {exitCode} = await running
  expect(exitCode).toBe(130)
  const history = place.read('cut/latest/history.jsonl')
  const count = (word: string) => history.split(word).length
  expect(count('"f":"stop-partition"')).toBeGreaterThan(1)

  const listed = await place.chaos('list', 'runs', '-o', 'cut')
  expect(listed.stdout).toContain('interrupted')
  const checked = await place.chaos('check', 'cut/latest')
  expect(checked.stdout).toContain('the run was interrupted')
  expect(checked.stdout).not.toContain('never healed')
  expect([0, 3], checked.stdout).toContain(checked.exitCode)
  const reported = await place.chaos('report', 'cut/latest')
  expect(reported.exitCode).toBe(0)
  expect(place.read('cut/latest/report.html')).toContain('interrupted')
})

/** Until the first fault has struck, which is once it is in the record. */
async function struck(output: string): Promise<void> {
  for (;;) {
    const file = `${output}/latest/history.jsonl`
    const text = existsSync(place.file(file)) ? place.read(file) : ''
    if (text.includes('"f":"start-partition"') && text.includes('"type":"ok"')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a run that is going on is not judged as if it were over, nor one that was killed', async () => {
  const args = ['--time', '30s', '--interval', '4s', '--nemesis', 'partition', '-o', 'killed']
  const running = place.start(['run', 'raft', ...args])
  await struck('killed')
  const during = await place.chaos('check', 'killed/latest')
  expect(during.stdout).toContain('the run is going on')
  expect((await place.chaos('list', 'runs', '-o', 'killed')).stdout).toContain('running')
  running.kill('SIGKILL')
  await running
  // Twice: what it says does not depend on whether somebody has judged it before.
  for (const _ of ['first', 'second']) {
    const {stdout, exitCode} = await place.chaos('check', 'killed/latest')
    expect(stdout).toContain('the run ended early: Its process was gone before it was over.')
    expect(stdout).not.toMatch(/UNKNOWN +A fault was never healed/)
    expect([0, 3]).toContain(exitCode)
  }
  expect((await place.chaos('report', 'killed/latest')).exitCode).toBe(0)
  expect(place.read('killed/latest/report.html')).toContain('ended early')
}, 60_000)

test('what an interrupted run offers can be done', async () => {
  const running = place.start(['run', 'gossip', '--time', '20s', '--nemesis', 'none', '-o', 'cut2'])
  while (
    !existsSync(place.file('cut2/latest/history.jsonl')) ||
    place.read('cut2/latest/history.jsonl').length < 5000
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  running.kill('SIGINT')
  const {stdout} = await running
  expect(String(stdout)).toMatch(/Check +npx chaos check cut2\//)
  expect(String(stdout)).toMatch(/Report +npx chaos report cut2\//)
})
