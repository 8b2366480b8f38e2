/** `chaos check` for many histories at once, as data, and with a page. */
import {readFileSync, writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'
import {checkIn, edn, FRESH, jsonl, SKEW, STALE} from './histories.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const check = checkIn(place)

test('many: a line each, one exit code, and what cannot be read keeps nobody from being judged', async () => {
  writeFileSync(place.file('good.edn'), edn(...FRESH))
  writeFileSync(place.file('bad.jsonl'), jsonl(...STALE))
  writeFileSync(place.file('broken.json'), '[{]')
  const {stdout, exitCode} = await place.chaos('check', 'good.edn', 'broken.json', 'bad.jsonl', 'nowhere')
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^✔ good\.edn {2}2 operations/)
  expect(lines[1]).toMatch(/^! broken\.json {2}broken\.json:1:3/)
  expect(lines[2]).toMatch(/^✘ bad\.jsonl {2}4 operations/)
  expect(lines[3]).toMatch(/^! nowhere/)
  expect(exitCode).toBe(1)
  expect((await place.chaos('check', 'good.edn', 'broken.json')).exitCode).toBe(2)
  expect((await place.chaos('check', 'good.edn', 'good.edn')).exitCode).toBe(0)

  const told = await place.chaos('check', 'good.edn', 'bad.jsonl', 'broken.json', '--json')
  const documents = JSON.parse(told.stdout) as {history: string; verdict: string | null; exitCode: number}[]
  expect(documents.map(({history, verdict, exitCode}) => [history, verdict, exitCode])).toEqual([
    ['good.edn', 'valid', 0],
    ['bad.jsonl', 'invalid', 1],
    ['broken.json', null, 2],
  ])
})

test('of one whose only line was cut off it is said, among others as well', async () => {
  writeFileSync(place.file('torn.jsonl'), jsonl(...FRESH).slice(0, 20))
  writeFileSync(place.file('fresh.edn'), edn(...FRESH))
  const {stdout, exitCode} = await place.chaos('check', 'torn.jsonl', 'fresh.edn')
  expect(stdout.split('\n')[0]).toContain('(line 1 was cut off and is left out; it is empty)')
  expect(exitCode).toBe(3)
})

test('many large ones are judged in threads, with the same lines in the same order', async () => {
  const lines = Array.from({length: 12_000}, (_, i) => [`${i % 2} write ${i}`, `${i % 2} ok write ${i}`]).flat()
  const names = ['large-a.jsonl', 'large-b.jsonl', 'large-c.jsonl', 'large-d.jsonl', 'broken.json']
  const content = jsonl(...lines)
  expect(4 * content.length).toBeGreaterThan(4_000_000)
  for (const name of names.slice(0, 4)) writeFileSync(place.file(name), content)
  writeFileSync(place.file('large-b.jsonl'), content + jsonl('0 read -', '0 ok read 0'))
  writeFileSync(place.file('broken.json'), '[{]')
  const {stdout, exitCode} = await place.chaos('check', ...names)
  const marks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ', 2).join(' '))
  expect(marks).toEqual(['✔ large-a.jsonl', '✘ large-b.jsonl', '✔ large-c.jsonl', '✔ large-d.jsonl', '! broken.json'])
  expect(exitCode).toBe(1)
})

test('one as JSON', async () => {
  const {stdout} = await check(jsonl(...STALE), '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'chaos.check/1',
    format: 'jsonl',
    exitCode: 1,
    verdict: 'invalid',
    operations: 4,
    guess: 'taken for linearizable register: its operations are write, read',
  })
})

test('a page in the same go, of one history', async () => {
  const bad = await check(edn(...SKEW), '--report', 'page.html')
  expect(bad.exitCode).toBe(1)
  expect(bad.stdout).toMatch(/Report {2,}page\.html/)
  const page = readFileSync(place.file('page.html'), 'utf8')
  expect(page).toMatch(/<strong>FAIL<\/strong> G2-item/)

  const same = await place.chaos('report', 'history', '--checker', 'list-append', '-o', 'again.html')
  expect([same.exitCode, same.stdout.trim()]).toEqual([0, 'again.html'])
  expect(readFileSync(place.file('again.html'), 'utf8')).toContain('<strong>FAIL</strong> G2-item')

  const weaker = ['--checker', 'list-append', '--consistency-models', 'read-committed']
  await place.chaos('report', 'history', ...weaker, '-o', 'weaker.html')
  expect(readFileSync(place.file('weaker.html'), 'utf8')).toContain('<strong>PASS</strong>')

  const two = await place.chaos('check', 'history', 'history', '--report', 'page.html')
  expect(two.exitCode).toBe(2)
  expect(two.stderr).toContain('--report writes the page of one history. Got 2 of them.')
})
