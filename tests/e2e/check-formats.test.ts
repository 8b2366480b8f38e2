/** `chaos check` reads every format, zipped or piped, whole or cut off. */
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {gzipSync} from 'node:zlib'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {checkIn, edn, FRESH, json, jsonl, log, opOf, STALE} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const check = checkIn(place)

test.each([
  ['JSON Lines', jsonl],
  ['EDN', edn],
  ["elle-cli's JSON", json],
  ["Jepsen's log", log],
])('%s: valid, violated, cut off', async (_, write) => {
  const good = await check(write(...FRESH))
  expect(good.stdout).toContain('PASS')
  expect(good.stdout).toContain('taken for linearizable register: its operations are write, read')
  expect(good.exitCode).toBe(0)

  const bad = await check(write(...STALE))
  expect(bad.stdout).toContain('FAIL')
  expect(bad.stdout).toContain('Process 2 read 1, but only 2 was possible')
  expect(bad.stdout).toContain('chaos explain stale-read')
  expect(bad.exitCode).toBe(1)

  // What was never answered may have happened.
  const open = await check(write('0 write 1', '1 read -', '1 ok read 1'))
  expect(open.exitCode).toBe(0)
})

test('a foreign history is not held to what its runner may not have exercised', async () => {
  // No compare-and-set ever succeeded: of our own runs that would be unknown.
  const ended = await check(edn(...FRESH, '0 cas [5, 6]', '0 fail cas [5, 6]'))
  expect(ended.exitCode).toBe(0)
})

test('latencies are not made up where there are no times', async () => {
  expect((await check(log(...FRESH))).stdout).not.toContain('p50')
  const timed = FRESH.map((line, i) => JSON.stringify({...opOf(line), time: i * 3_000_000}))
  expect((await check(`${timed.join('\n')}\n`)).stdout).toMatch(/p50 3(\.\d+)? ?ms/)
})

test('a header that only names the workload is a hint', async () => {
  const header = (fields: object) => `${JSON.stringify({format: 'chaos.history/1', ...fields})}\n`
  expect((await check(header({workload: 'register'}) + jsonl(...STALE))).exitCode).toBe(1)
  expect((await check(header({workload: 'register', claim: 'eventual'}) + jsonl(...FRESH))).exitCode).toBe(3)
  const wrong = await check(header({workload: 'register', nodes: 3}) + jsonl(...STALE))
  expect(wrong.stderr).toContain('history:1:1  the header: "nodes" must be a list of names, found 3.')
  expect(wrong.exitCode).toBe(2)
})

test('zipped, from standard input, from a directory of Jepsen’s store', async () => {
  const zipped = gzipSync(edn(...STALE))
  writeFileSync(place.file('stale.gz'), zipped)
  expect((await place.chaos('check', 'stale.gz')).stdout).toContain('Process 2 read 1, but only 2 was possible')
  const piped = await place.start(['check', '-'], {}, place.directory, zipped)
  expect(piped.exitCode).toBe(1)
  writeFileSync(place.file('cut.gz'), zipped.subarray(0, zipped.length - 12))
  const cut = await place.chaos('check', 'cut.gz')
  expect(cut.stderr).toContain('cut.gz: its gzip data is damaged')
  expect(cut.exitCode).toBe(2)

  mkdirSync(place.file('store/etcd/20200101'), {recursive: true})
  writeFileSync(place.file('store/etcd/20200101/history.edn'), edn(...FRESH))
  symlinkSync('20200101', place.file('store/etcd/latest'))
  expect((await place.chaos('check', 'store/etcd/latest')).exitCode).toBe(0)
  const bare = await place.chaos('check', 'store/etcd')
  expect(bare.stderr).toContain('store/etcd holds no history.')
  expect(bare.stderr).toContain('history.jsonl, history.edn')
  expect(bare.exitCode).toBe(2)
})

test('a last line that lost its end is left out, and that is said', async () => {
  const {stdout, exitCode} = await check(log(...FRESH).replace(/1\n$/, ''))
  expect(stdout).toContain('the last line (4) was cut off')
  expect(exitCode).toBe(0)
  const ours = await check(jsonl(...STALE).slice(0, -9))
  expect(ours.stdout).toContain('the last line (8) was cut off')
  expect(ours.exitCode).toBe(0)
  const foreign = await check(edn(...STALE).slice(0, -9))
  expect(foreign.stderr).toContain('history:8:1  this op has no end')
  expect(foreign.exitCode).toBe(2)
})

test('pairs of keys and values are taken apart', async () => {
  const ended = await check(edn('0 write [1, 5]', '0 ok write [1, 5]', '0 read [2, null]', '0 ok read [2, null]'))
  expect(ended.stdout).toContain('every value is a pair')
  expect(ended.exitCode).toBe(0)
})

test('an empty history is unknown', async () => {
  for (const content of ['', '[]\n', jsonl('0 read -', '0 fail read -')]) {
    const {stdout, exitCode} = await check(content)
    expect(stdout).toContain('UNKNOWN')
    expect(exitCode).toBe(3)
  }
  expect((await check('', '--unknown', 'pass')).exitCode).toBe(0)
})
