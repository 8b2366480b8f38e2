/** `chaos ci`: canaries, the matrix, and a budget that is kept. */
import {existsSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const GOSSIP = ['ci', '--targets', 'gossip', '--workloads', 'set', '--seed', 'ci']

test('runs the matrix, catches its canaries and keeps score as it goes', async () => {
  const running = place.start(
    [
      ...[...GOSSIP, '--budget', '40s', '--faults', 'partition;kill', '--time', '6s', '-o', 'ci'],
      ...['--canaries', 'gossip:sum-merge', '--junit', 'ci.xml', '--bail'],
    ],
    {GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: place.file('summary.md')},
  )
  // Both files are there as soon as the first line of a run is.
  let early: string | undefined
  running.stdout?.on('data', (text: Buffer) => {
    if (early === undefined && /^[✔✘?] /m.test(String(text))) {
      early = existsSync(place.file('summary.md')) && existsSync(place.file('ci.xml')) ? 'written' : 'missing'
    }
  })
  const startMs = performance.now()
  const {exitCode, stdout} = await running
  // The budget, and the time to start and to heal what was going on.
  expect((performance.now() - startMs) / 1000).toBeLessThan(60)
  // In so short a run a fault may not have struck.
  expect([0, 3], String(stdout)).toContain(exitCode)
  expect(String(stdout)).toMatch(/\d (pass|unknown) .*· 1\/1 canaries caught/)
  expect(place.read('ci.xml').match(/<testsuite /g)?.length).toBeGreaterThanOrEqual(2)
  expect(place.read('summary.md')).toContain('| canary | gossip/counter | sum-merge |')
  expect(JSON.parse(place.read('.chaos/seeds.json')).tested).toHaveProperty(['gossip/set partition'])
}, 120_000)

test('a budget that cannot hold one run is refused', async () => {
  const {exitCode, stderr} = await place.chaos(...GOSSIP, '--budget', '2s', '--time', '10s', '--canaries', 'none')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('A budget of 2.0s cannot hold one run.')
  expect(stderr).toContain('--budget 18s')
})

test('what was not reached is listed, and is exit 3 only if that is asked for', async () => {
  const args = [
    ...GOSSIP,
    '--budget',
    '13s',
    '--time',
    '4s',
    '--faults',
    'none;partition;kill;pause',
    '--canaries',
    'none',
  ]
  const ended = await place.chaos(...args, '--require-all', '-o', 'few')
  expect(ended.stdout).toMatch(/about 1 of these 4 fit/)
  expect(ended.stdout).toMatch(/not reached within the budget: [1-3]/)
  expect(ended.exitCode, ended.stdout).toBe(3)
}, 90_000)
