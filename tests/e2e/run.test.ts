/** The main job, as a stranger does it: the real command line, real processes, real faults. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {ROOT} from '../sources.ts'
import {processesOf, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

/** The only run kept in this directory. */
function runIn(directory: string): string {
  const [name] = readdirSync(place.file(directory)).filter((entry) => !entry.startsWith('latest'))
  return join(directory, name as string)
}

describe.each(['raft', 'paxos', 'gossip'])('%s under real faults', (target) => {
  const output = `runs-${target}`

  test('keeps its promise, and says so in one sentence', async () => {
    const {exitCode, stdout, stderr} = await place.chaos(
      ...['run', target, '--time', '8s', '--interval', '2s', '--seed', 'e2e', '-o', output],
    )
    expect(exitCode, stdout + stderr).toBe(0)
    expect(stdout).toMatch(/PASS {2}No violation found in [\d\u202f]+ operations under \d+ verified faults\./)
    expect(stderr).toContain('cluster up')
    expect(place.read(runIn(output), 'verdict.json')).toMatch(/\d invariants?, [1-9]\d* node events?/)
    expect(processesOf(place.directory)).toEqual([])
  })

  test('leaves a run that can be judged and reported again, with the same verdict', async () => {
    const run = runIn(output)
    const files = ['events', 'history.jsonl', 'logs', 'plan.json', 'report.html', 'run.json', 'verdict.json']
    expect(readdirSync(place.file(run)).sort()).toEqual(files)
    const checked = await place.chaos('check', run, '--json')
    expect(checked.exitCode).toBe(0)
    expect(JSON.parse(checked.stdout)).toMatchObject({schema: 'chaos.check/1', verdict: 'valid', format: 'jsonl'})
    const again = await place.chaos('report', run, '-o', 'again.html')
    expect(again.exitCode).toBe(0)
    expect(place.read('again.html')).toContain('No violation found')
  })
})

test('the same seed gives the same plan, byte for byte; another seed another', async () => {
  const plan = async (directory: string, seed: string) => {
    await place.chaos('run', 'gossip', '--time', '2s', '--interval', '1s', '--seed', seed, '-o', directory)
    return place.read(runIn(directory), 'plan.json')
  }
  const first = await plan('plan-a', 'same')
  expect(await plan('plan-b', 'same')).toBe(first)
  expect(await plan('plan-c', 'other')).not.toBe(first)
})

describe('a planted bug', () => {
  test('is convicted, drawn, explained, and comes with the command that brings it back', async () => {
    let ended = await place.chaos('run', 'raft', '--bug', 'stale-read', '--time', '15s', '--seed', 'b0', '-o', 'bug')
    // Real processes are not deterministic: a seed may have to be tried twice.
    for (let i = 1; ended.exitCode !== 1 && i < 4; i++) {
      ended = await place.chaos('run', 'raft', '--bug', 'stale-read', '--time', '15s', '--seed', `b${i}`, '-o', 'bug')
    }
    const {exitCode, stdout} = ended
    expect(exitCode, stdout).toBe(1)
    expect(stdout).toMatch(/FAIL {2}Process \d+ read x\d+ = \d+/)
    expect(stdout).toContain('✘ no order explains this')
    expect(stdout).toMatch(/Why {5}/)
    expect(stdout).toMatch(/Reproduce {3}(npx )?chaos run raft .*--bug stale-read .*--seed b\d/)
    expect(existsSync(place.file('bug', 'latest-failure', 'report.html'))).toBe(true)
    const explained = await place.chaos('explain', 'bug/latest-failure')
    expect(explained.stdout).toContain('FAIL')
  })

  test('makes a canary pass', async () => {
    const {exitCode, stdout} = await place.chaos(
      ...[
        'run',
        'gossip',
        '--bug',
        'sum-merge',
        '--time',
        '8s',
        '--interval',
        '2s',
        '--expect',
        'violation',
        '-o',
        'canary',
      ],
    )
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toContain('FAIL')
  })
})

test('a run whose faults never struck is unknown, unless one says otherwise', async () => {
  // The first kill would come after a second.
  const short = ['run', 'gossip', '--nemesis', 'kill', '--time', '400ms', '--interval', '5s', '-o', 'short']
  const {exitCode, stdout} = await place.chaos(...short)
  expect(stdout).toContain('UNKNOWN')
  // Said, and said once.
  expect(stdout.split('The fault kill was asked for but never struck.')).toHaveLength(2)
  expect(exitCode).toBe(3)
  expect((await place.chaos(...short, '--unknown', 'pass')).exitCode).toBe(0)
  expect((await place.chaos(...short, '--unknown', 'fail')).exitCode).toBe(1)
})

test('a threshold that is not kept is exit 5, and safety held', async () => {
  const {exitCode, stdout} = await place.chaos(
    ...['run', 'gossip', '--nemesis', 'none', '--time', '2s', '--threshold', 'p50<1us', '-o', 'slow'],
  )
  expect(exitCode, stdout).toBe(5)
  expect(stdout).toContain('p50<1us was demanded')
})

test('reporters write what they promise, each where it was told to', async () => {
  const {exitCode, stdout} = await place.chaos(
    ...['run', 'gossip', '--nemesis', 'none', '--time', '2s', '-o', 'reported'],
    ...['--reporter', 'json', '--reporter', 'junit=junit.xml', '--reporter', 'ndjson=events.ndjson'],
  )
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({schema: 'chaos.result/1', exitCode: 0, verdict: 'valid'})
  expect(place.read('junit.xml')).toMatch(/<testsuite name="gossip\/set" tests="\d+" failures="0" errors="0"/)
  const events = place
    .read('events.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as {event: string})
  expect(events[0]?.event).toBe('started')
  expect(events.at(-1)?.event).toBe('ended')
  expect(events.filter(({event}) => event === 'op').length).toBeGreaterThan(100)
})

test('on GitHub Actions a violation becomes an annotation and a summary', async () => {
  const running = place.start(
    ['run', 'gossip', '--bug', 'sum-merge', '--time', '8s', '--interval', '2s', '-o', 'github'],
    {GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: place.file('summary.md')},
  )
  const {exitCode, stdout} = await running
  expect(exitCode, String(stdout)).toBe(1)
  expect(String(stdout)).toMatch(/^::error title=gossip\/counter%3A [a-z-]+::/m)
  expect(place.read('summary.md')).toContain('### ❌ gossip / counter')
})

test('--print-config says who set what', async () => {
  const {stdout} = await place.start(['run', '--rate', '50/s', '--print-config'], {CHAOS_KEYS: '3'})
  expect(stdout).toMatch(/^target +raft +default$/m)
  expect(stdout).toMatch(/^rate +50\/s +flag$/m)
  expect(stdout).toMatch(/^keys +3 +env CHAOS_KEYS$/m)
})

test('the README tells the truth about the commands', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const named = [...readme.matchAll(/^\| `chaos (\w+)/gm)].map(([, name]) => name)
  const {stdout} = await place.chaos('--help')
  for (const name of named) expect(stdout).toContain(`  ${name} `)
})
