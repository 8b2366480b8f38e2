/** Where `chaos check` and `chaos convert` come to an end of something: of time, of memory, of patience, of a pipe, of a disk. */
import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, lstatSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {CHAOS, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

/** Runs a line of the shell in the working directory. */
function shell(line: string) {
  const ended = spawnSync('bash', ['-c', line], {
    cwd: place.directory,
    encoding: 'utf8',
    env: {...process.env, NO_COLOR: '1', CHAOS: `${process.execPath} ${CHAOS}`},
  })
  return {exitCode: ended.status, stdout: ended.stdout, stderr: ended.stderr}
}

const line = (fields: object) => `${JSON.stringify(fields)}\n`
const STALE = [
  {type: 'invoke', process: 0, f: 'write', value: 1},
  {type: 'ok', process: 0, f: 'write', value: 1},
  {type: 'invoke', process: 1, f: 'read', value: null},
  {type: 'ok', process: 1, f: 'read', value: null},
]
writeFileSync(place.file('stale.jsonl'), STALE.map(line).join(''))

/** Rounds of 40 concurrent writes to several registers, with values that repeat, and a read of all: no engine ends soon. */
function hard(): string {
  let seed = 1
  const pick = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  const ops: object[] = []
  for (let round = 0; round < 30; round++) {
    const writes = Array.from({length: 40}, (_, process) => ({
      process,
      f: 'txn',
      value: [0, 1].map(() => ['write', `x${pick(6)}`, pick(4)]),
    }))
    ops.push(...writes.map((write) => ({type: 'invoke', ...write})), ...writes.map((write) => ({type: 'ok', ...write})))
    const read = (answer: () => number | null) => [0, 1, 2, 3, 4, 5].map((key) => ['read', `x${key}`, answer()])
    ops.push({type: 'invoke', process: 1000 + round, f: 'txn', value: read(() => null)})
    ops.push({type: 'ok', process: 1000 + round, f: 'txn', value: read(() => pick(4))})
  }
  return ops.map(line).join('')
}
writeFileSync(place.file('hard.jsonl'), hard())

test('out of time: unknown, with how far it came, and not much later', async () => {
  const startedMs = performance.now()
  const {stdout, exitCode} = await place.chaos('check', 'hard.jsonl', '--check-timeout', '500ms')
  expect(stdout).toMatch(/UNKNOWN {2}out of 0\.5 s of time: history explained up to event \d+ of 2460/)
  expect(exitCode).toBe(3)
  // A busy machine takes its time to start; the search itself ends within a second of its budget.
  expect(performance.now() - startedMs).toBeLessThan(20_000)
})

test('out of memory while searching: unknown, and no crash', async () => {
  const {stdout, exitCode} = await place.chaos(
    'check',
    'hard.jsonl',
    '--check-memory',
    '60MB',
    '--check-timeout',
    '60s',
  )
  expect(stdout).toMatch(/UNKNOWN {2}out of 60 MB of memory/)
  expect(exitCode).toBe(3)
})

test('out of memory while reading: unknown, and says how far it came', async () => {
  const {stderr, exitCode} = await place.chaos('check', 'hard.jsonl', '--check-memory', '1MB')
  expect(stderr).toMatch(/hard\.jsonl .*1 MB of memory/)
  expect(exitCode).toBe(3)
})

test('Ctrl-C in mid-search ends it at once', async () => {
  const running = place.start(['check', 'hard.jsonl'])
  // Reading and a first part of the search; whenever the signal comes, the end is the same.
  const asked = new Promise<void>((resolve) => setTimeout(resolve, 2000).unref())
  await Promise.race([asked, running])
  const askedMs = performance.now()
  running.kill('SIGINT')
  const {signal, exitCode} = await running
  expect(signal === 'SIGINT' || exitCode === 130).toBe(true)
  expect(performance.now() - askedMs).toBeLessThan(2000)
})

test('a reader that goes away hides no verdict', () => {
  const {stdout, stderr, exitCode} = shell('set -o pipefail; $CHAOS check --json stale.jsonl | head -c 1')
  expect([stdout, stderr, exitCode]).toEqual(['{', '', 1])
  const converted = shell('set -o pipefail; $CHAOS convert hard.jsonl - --to edn | head -1')
  expect(converted.stdout).toMatch(/^\{:index 0, .*\}\n$/)
  expect([converted.stderr, converted.exitCode]).toEqual(['', 0])
})

test.skipIf(!existsSync('/dev/full'))('a full disk is said, without a stack trace', () => {
  const {stderr, exitCode} = shell('$CHAOS check stale.jsonl > /dev/full')
  expect(stderr).toMatch(/^ › {2}Cannot write to standard output: ENOSPC/)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(exitCode).toBe(4)
  const converted = shell('$CHAOS convert stale.jsonl /dev/full --to edn')
  expect(converted.stderr).toContain('Cannot write /dev/full: the disk is full.')
  expect(converted.exitCode).toBe(4)
  expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
})

test('what is written goes behind links and into pipes, not in their place', () => {
  writeFileSync(place.file('there.edn'), 'before')
  symlinkSync('there.edn', place.file('link.edn'))
  expect(shell('$CHAOS convert stale.jsonl link.edn').stdout).toBe('4 ops written to link.edn\n')
  expect(lstatSync(place.file('link.edn')).isSymbolicLink()).toBe(true)
  expect(place.read('there.edn')).toContain(':f :write')

  execFileSync('mkfifo', [place.file('pipe')])
  const piped = shell('$CHAOS convert stale.jsonl pipe --to edn >&2 & cat pipe; wait')
  expect(piped.stdout.trim().split('\n')).toHaveLength(4)
  expect(lstatSync(place.file('pipe')).isFIFO()).toBe(true)
  expect(readdirSync(place.directory).filter((name) => name.endsWith('.partial'))).toEqual([])
})

test('a zipped file is written where its name says so', async () => {
  expect((await place.chaos('convert', 'stale.jsonl', 'stale.edn.gz')).exitCode).toBe(0)
  const {stdout, exitCode} = await place.chaos('check', 'stale.edn.gz')
  expect(stdout).toContain('2 operations · edn')
  expect(exitCode).toBe(1)
})
