/** Maelstrom's nodes, as their authors test them: right ones pass, wrong ones are convicted, broken ones are named. */

import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, test} from 'vitest'
import {CHAOS, processesOf, Workplace} from './cli.ts'

const places: Workplace[] = []
afterAll(() => {
  for (const place of places) place.dispose()
})

/** A folder of its own for each test: they wait more than they work, so they go on at the same time. */
function newPlace(): Workplace {
  const place = new Workplace()
  places.push(place)
  return place
}

const BIN = fileURLToPath(new URL('../fixtures/maelstrom-node.mjs', import.meta.url))

/** `chaos maelstrom test` of the node in this folder. `as` tells it which of the workloads with the same words it is. */
async function maelstrom(workload: string, flags: readonly string[], as: string, bug?: string) {
  const usual = ['--node-count', '3', '--time-limit', '3', '--recovery', '1s', '--seed', 'e2e']
  const words = ['--as', as, ...(bug === undefined ? [] : ['--bug', bug])]
  const typed = ['maelstrom', 'test', '-w', workload, '--bin', BIN, ...usual, ...flags, '--', ...words]
  const place = newPlace()
  // Nodes run in the folder for temporary files: so they are found, should one be left.
  const {exitCode, stdout, stderr} = await place.start(typed, {TMPDIR: place.directory})
  return {exitCode, stdout: String(stdout), stderr: String(stderr), left: processesOf(place.directory)}
}

const PARTITION = ['--nemesis', 'partition', '--nemesis-interval', '1']

/** By workload: flags, as what, a bug and what it is found out by. */
const CASES: Readonly<Record<string, readonly [flags: readonly string[], as: string, bug: string, anomaly: RegExp]>> = {
  echo: [[], '', 'wrong-echo', /reply-mismatch/],
  'unique-ids': [['--rate', '300', ...PARTITION, '--availability', 'total'], '', 'repeats', /duplicate-id/],
  broadcast: [['--rate', '50', ...PARTITION], '', 'no-retry', /lost-element|diverged/],
  'g-set': [['--rate', '50'], 'g-set', 'keeps-to-itself', /lost-element|diverged/],
  'g-counter': [['--rate', '50', ...PARTITION], 'counter', 'doubles', /counter-wrong-final|counter-out-of-bounds/],
  'pn-counter': [['--rate', '50', '--latency', '5'], 'counter', 'doubles', /counter-wrong-final|counter-out-of-bounds/],
  'lin-kv': [
    ['--rate', '100', '--concurrency', '4n', '--key-count', '2', ...PARTITION],
    '',
    'weak-store',
    /stale-read/,
  ],
  'txn-list-append': [['--rate', '50', '--concurrency', '2n', '--latency', '5'], 'append', 'blind-write', /Models/],
  'txn-rw-register': [
    ['--rate', '100', '--concurrency', '4n', '--latency', '10', '--key-count', '3'],
    'w',
    'blind-write',
    /lost-update|cyclic-versions/,
  ],
  kafka: [['--rate', '100', '--concurrency', '2n'], '', 'own-logs', /inconsistent-offsets|lost-record/],
}

describe.concurrent.each(Object.entries(CASES))('%s', (workload, [flags, as, bug, anomaly]) => {
  test('a right node passes', async () => {
    const {exitCode, stdout, stderr, left} = await maelstrom(workload, flags, as)
    expect(exitCode, stdout + stderr).toBe(0)
    expect(stdout).toMatch(/PASS {2}No violation found in [\d\u202f]+ operations/)
    expect(left).toEqual([])
  })

  test('a wrong one is convicted', async () => {
    const {exitCode, stdout, stderr} = await maelstrom(workload, flags, as, bug)
    expect(exitCode, stdout + stderr).toBe(1)
    expect(stdout).toMatch(anomaly)
    expect(stdout).toContain(`chaos maelstrom test -w ${workload} --bin ${BIN}`)
  })
})

test.concurrent('a bundled node runs as a Maelstrom node', async () => {
  const place = newPlace()
  const flags = ['--node-count', '3', '--time-limit', '4', '--concurrency', '2n', '--rate', '60', '--seed', 'e2e']
  const typed = ['maelstrom', 'test', '-w', 'lin-kv', '--bin', CHAOS, ...flags, ...PARTITION]
  const {exitCode, stdout, stderr} = await place.chaos(...typed, '--', 'maelstrom', 'node', 'raft')
  expect(exitCode, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/:servers \{:send-count \d+, .*:msgs-per-op [\d.]+\}/)
  expect(stdout).toContain(':valid? true')
  const wrong = await place.chaos('maelstrom', 'node', 'raft', '-w', 'kafka')
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('lin-kv')
})

test.concurrent('the queue is a kafka node', async () => {
  const place = newPlace()
  const flags = ['--node-count', '3', '--time-limit', '4', '--concurrency', '2n', '--rate', '60', '--seed', 'e2e']
  const typed = ['maelstrom', 'test', '-w', 'kafka', '--bin', CHAOS, '--recovery', '2s', ...flags, ...PARTITION]
  const {exitCode, stdout, stderr} = await place.chaos(...typed, '--', 'maelstrom', 'node', 'queue')
  // On a busy machine a fault may not be provable.
  expect([0, 3], stdout + stderr).toContain(exitCode)
  expect(stdout).toMatch(/:poll \{:count \d+, :ok-count [1-9]/)
})

test.concurrent('broadcasts cost what the topology says', async () => {
  const place = newPlace()
  const flags = ['--node-count', '9', '--time-limit', '3', '--rate', '40', '--recovery', '1s', '--seed', 'e2e']
  const typed = ['maelstrom', 'test', '-w', 'broadcast', '--bin', BIN, ...flags]
  const {exitCode, stdout, stderr} = await place.chaos(...typed, '--', '--patient')
  expect(exitCode, stdout + stderr).toBe(0)
  // A flood passes each of the 12 edges of the grid twice, but for those on which it came; each message is acknowledged.
  const broadcasts = Number(/:attempt-count (\d+)/.exec(stdout)?.[1])
  expect(stdout).toContain(`:servers {:send-count ${broadcasts * 2 * (2 * 12 - 8)}, `)
  const judged = await place.chaos(
    ...typed,
    '--threshold',
    'msgs_per_op<3',
    '--threshold',
    'stable_max<20s',
    '--',
    '--patient',
  )
  expect(judged.exitCode, judged.stdout).toBe(5)
  expect(judged.stdout).toContain('but msgs_per_op<3 was demanded')
})

/** Ways to break the protocol, and what is said of them. */
const BREACHES: Readonly<Record<string, readonly string[]>> = {
  prints: ['printed a line that is not JSON', 'It printed: got a message', 'a log belongs on standard error'],
  exits: ['ended with exit code 7, and nobody had asked it to.'],
  'wrong-type': ['answered echo with the type "okay" instead of "echo_ok".', 'Expected as body: {"type": "echo_ok"'],
  'unknown-reply': ['answered a message 4711 of c3, which has sent 1 to 1.'],
  'no-reply-to': ['sent c3 a message without "in_reply_to".'],
  'extra-key': ['sent a message with the field "type" beside src, dest and body.', '"type" belongs into "body".'],
  'wrong-init': ['answered init with "init".'],
}

test.concurrent.each(Object.entries(BREACHES))('a node that is broken is quoted: %s', async (bug, words) => {
  const {exitCode, stderr, left} = await maelstrom('echo', ['--rate', '20'], '', bug)
  expect(exitCode, stderr).toBe(4)
  for (const word of words) expect(stderr).toContain(word)
  expect(left).toEqual([])
})

test.concurrent('a field that Maelstrom does not know is told of, or refused', async () => {
  const told = await maelstrom('echo', [], '', 'extra-field')
  expect(told.exitCode).toBe(0)
  expect(told.stderr).toContain('answered echo with the field "x", which Maelstrom does not know')
  const refused = await maelstrom('echo', ['--strict'], '', 'extra-field')
  expect(refused.exitCode).toBe(4)
})

test.concurrent.each([
  [['--bin', './nope'], 4, 'There is no program ./nope.'],
  [['--bin', BIN, '--latency-dist', 'uni'], 2, 'constant, uniform, exponential'],
  [['--bin', BIN, '-w', 'ecko'], 2, 'Did you mean "echo"?'],
  [['--bin', BIN, '--nodes', 'a,b', '--node-count', '2'], 2, 'give one of them'],
  [['--bin', BIN, '--nemesis', 'clock'], 2, 'cannot suffer "clock"'],
  [['--bin', BIN, '-w', 'txn-list-append', '--consistency-models', 'seriable'], 2, 'serializable'],
  [[], 2, 'Give --bin PATH.'],
])('%j is refused', async (flags, expected, words) => {
  const place = newPlace()
  const {exitCode, stderr} = await place.chaos('maelstrom', 'test', '-o', 'refused', ...flags)
  expect(exitCode, stderr).toBe(expected)
  expect(stderr).toContain(words)
  expect(existsSync(place.file('refused'))).toBe(false)
})

test.concurrent('the same node through chaos run, again by its seed', async () => {
  const place = newPlace()
  const flags = ['-w', 'broadcast', '--time', '2s', '--rate', '40/s', '--target-arg', 'recovery=500ms', '--seed', 's']
  const {exitCode, stdout, stderr} = await place.chaos('run', BIN, '--protocol', 'maelstrom', ...flags, '-o', 'run')
  expect(exitCode, stdout + stderr).toBe(0)
  const again = await place.chaos('replay', 'run/latest', '--times', '1')
  expect(again.exitCode, again.stdout + again.stderr).toBe(0)
})
