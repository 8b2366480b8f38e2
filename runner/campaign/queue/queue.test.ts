/** Jobs are named by what they do, a ledger survives being cut anywhere, and a campaign comes to one exit code. */
import {spawnSync} from 'node:child_process'
import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Bug} from '../../../core/target.ts'
import type {JobOutcome} from '../job.ts'
import {packRun, unpackRun} from './carry.ts'
import {parseShard, type QueueJob, type QueueResult, queueJobs, shardOf} from './jobs.ts'
import {campaignsIn, claimCampaign, Ledger} from './ledger.ts'
import {mergeCampaigns} from './merge.ts'
import {summaryOf, trendsOf} from './summary.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'chaos-queue-'))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))
let places = 0
const fresh = () => join(root, `campaign-${places++}`)

const DEFAULTS = {time: '1s', rate: '10/s', thresholds: [], failFast: false, simulated: true}
const CELLS = ['partition', 'kill', 'pause'].map((fault) => ({target: 'raft', workload: 'register', faults: [fault]}))
const bug = {name: 'stale-read', workload: 'register', nemesis: ['partition']} as unknown as Bug
const CANARIES = [{target: 'raft', bug}]

const jobsOf = (seeds = 2, seed = 's') => queueJobs(CELLS, CANARIES, seeds, seed, DEFAULTS)
const ended = (job: QueueJob, outcome: JobOutcome, more: Partial<QueueResult> = {}): QueueResult => ({
  id: job.id,
  outcome,
  sentence: outcome,
  anomalies: [],
  tookMs: 10,
  command: 'chaos run',
  worker: 'here/1',
  endedAt: '2026-11-29T00:00:00.000Z',
  ...more,
})
const begin = (jobs: readonly QueueJob[], startedAt = '2026-11-29T00:00:00.000Z') =>
  Ledger.begin(fresh(), {startedAt, seed: 's', jobs})

test('the same campaign has the same jobs; another seed has others', () => {
  expect(jobsOf()).toEqual(jobsOf())
  const ids = jobsOf().map(({id}) => id)
  expect(new Set(ids).size).toBe(8)
  for (const {id} of jobsOf(2, 'other')) expect(ids).not.toContain(id)
})

test('parts are apart, make the whole, and differ by one job at most', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 9}), fc.integer({min: 1, max: 12}), (seeds, count) => {
      const jobs = jobsOf(seeds)
      const parts = Array.from({length: count}, (_, i) => shardOf(jobs, {index: i + 1, count}))
      expect(
        parts
          .flat()
          .map(({id}) => id)
          .sort(),
      ).toEqual(jobs.map(({id}) => id).sort())
      const sizes = parts.map(({length}) => length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test.each(['0/3', '4/3', '1/0', '1', '1/2/3', '-1/3', 'a/b', ''])('--shard %j is refused', (text) => {
  expect(() => parseShard(text)).toThrow(/is no part of a whole/)
})

test('a result counts once; what was interrupted or failed by the environment may be done again', () => {
  const [first, second] = jobsOf() as [QueueJob, QueueJob]
  const ledger = begin([first, second])
  expect(ledger.add(ended(first, 'interrupted'))).toBe(true)
  expect(ledger.pending).toEqual([first, second])
  expect(ledger.add(ended(first, 'pass'))).toBe(true)
  expect(ledger.add(ended(first, 'violation'))).toBe(false)
  expect(ledger.pending).toEqual([second])
  expect(Ledger.open(ledger.path).results).toEqual([ended(first, 'pass')])
})

test('a ledger that was cut anywhere in a line loses that line only', () => {
  const jobs = jobsOf()
  const whole = begin(jobs)
  for (const job of jobs.slice(0, 3)) whole.add(ended(job, 'pass'))
  const file = join(whole.path, 'results.jsonl')
  const content = readFileSync(file, 'utf8')
  const lines = content.trimEnd().split('\n')
  for (let at = 0; at <= content.length; at++) {
    writeFileSync(file, content.slice(0, at))
    const opened = Ledger.open(whole.path)
    const complete = content.slice(0, at).split('\n').length - 1
    expect(opened.results).toHaveLength(complete)
    // What is written next is whole again.
    opened.add(ended(jobs[3] as QueueJob, 'pass'))
    expect(Ledger.open(whole.path).results).toHaveLength(complete + 1)
  }
  expect(lines).toHaveLength(3)
  appendFileSync(file, 'not JSON\n')
  expect(() => Ledger.open(whole.path)).toThrow(/line \d+ of .* is not JSON/)
})

describe('exit codes', () => {
  const [canary, one, two] = jobsOf(1) as [QueueJob, QueueJob, QueueJob]
  test.each([
    [['violation', 'pass', 'pass'], 0],
    [['pass', 'pass', 'pass'], 1],
    [['violation', 'violation', 'pass'], 1],
    [['violation', 'pass', 'environment'], 4],
    [['violation', 'liveness', 'pass'], 5],
    [['violation', 'unknown', 'pass'], 3],
    [['liveness', 'pass', 'interrupted'], 3],
    [['violation', 'liveness', 'violation'], 1],
    [['interrupted', 'pass', 'pass'], 3],
  ] as [[JobOutcome, JobOutcome, JobOutcome], number][])('canary %j: %i', (outcomes, exitCode) => {
    const jobs = [canary, one, two]
    const ledger = begin(jobs)
    for (const [i, job] of jobs.entries()) ledger.add(ended(job, outcomes[i] as JobOutcome))
    expect(summaryOf(ledger).exitCode).toBe(exitCode)
  })

  test('what was never begun leaves it open', () => {
    const ledger = begin([canary, one, two])
    ledger.add(ended(one, 'pass'))
    expect(summaryOf(ledger)).toMatchObject({exitCode: 3, jobs: 3, ended: 1})
  })
})

test('over the nights: pass rates with intervals, cells that are flaky, the time to find each canary', () => {
  const directory = fresh()
  for (const [night, outcome] of (['pass', 'violation', 'pass'] as const).entries()) {
    const jobs = queueJobs(CELLS.slice(0, 1), CANARIES, 2, `night ${night}`, DEFAULTS)
    const ledger = Ledger.begin(join(directory, `${night}`), {
      startedAt: `2026-11-2${night}T00:00:00.000Z`,
      seed: `${night}`,
      jobs,
    })
    for (const job of jobs)
      ledger.add(job.bug === undefined ? ended(job, outcome) : ended(job, 'violation', {tookMs: 100 * (night + 1)}))
  }
  const [canary, cell] = trendsOf(campaignsIn(directory))
  expect(canary).toMatchObject({name: 'canary raft:stale-read', kind: 'canary', overall: {hits: 6, tries: 6}})
  expect(canary?.nights.map(({foundAfterMs}) => foundAfterMs)).toEqual([100, 200, 300])
  expect(cell).toMatchObject({name: 'raft/register partition', overall: {hits: 4, tries: 6}, flaky: true})
  // Wilson's interval of 4 in 6.
  expect(cell?.overall.low).toBeCloseTo(0.3, 2)
  expect(cell?.overall.high).toBeCloseTo(0.903, 2)
})

test('parts of different campaigns are not put together, and nothing is written then', () => {
  const parts = ['a', 'b'].map((seed) => Ledger.begin(fresh(), {startedAt: '', seed, jobs: jobsOf(1, seed)}).path)
  const output = fresh()
  expect(() => mergeCampaigns(parts, output)).toThrow(/parts of different campaigns/)
  expect(() => Ledger.open(output)).toThrow(/holds no campaign/)
})

test('a campaign is worked off by one process at a time; a claim of one that is gone holds nobody up', () => {
  const {path} = Ledger.begin(fresh(), {startedAt: '', seed: 's', jobs: jobsOf(1)})
  claimCampaign(path)()
  const claim = (pid: number, host = hostname()) => writeFileSync(join(path, 'claim.json'), JSON.stringify({pid, host}))
  // The parent of this process lives as long as it does.
  claim(process.ppid)
  expect(() => claimCampaign(path)).toThrow(`is being worked off by process ${process.ppid}`)
  claim(process.ppid, 'elsewhere')
  claimCampaign(path)()
  const {pid} = spawnSync('true')
  claim(pid)
  claimCampaign(path)()
  writeFileSync(join(path, 'claim.json'), '{')
  claimCampaign(path)()
})

test('who looks at a campaign that is being written leaves the file alone', () => {
  const jobs = jobsOf(1)
  const {path} = Ledger.begin(fresh(), {startedAt: '', seed: 's', jobs})
  const file = join(path, 'results.jsonl')
  const text = `${JSON.stringify(ended(jobs[0]!, 'pass'))}\n{"id": "half`
  writeFileSync(file, text)
  const ledger = Ledger.open(path)
  expect(ledger.results).toHaveLength(1)
  expect(readFileSync(file, 'utf8')).toBe(text)
  ledger.add(ended(jobs[1]!, 'pass'))
  expect(Ledger.open(path).results).toHaveLength(2)
})

test('a whole of which a part is missing says so, and does not pass', () => {
  const all = jobsOf(2)
  const parts = [1, 2, 3].map((index) => {
    const shard = {index, count: 3}
    const part = Ledger.begin(fresh(), {startedAt: '', seed: 's', jobs: shardOf(all, shard), shard})
    for (const job of part.plan.jobs) part.add(ended(job, job.bug === undefined ? 'pass' : 'violation'))
    return part.path
  })
  expect(summaryOf(mergeCampaigns(parts, fresh()))).toMatchObject({missing: [], ended: all.length, exitCode: 0})
  const [first, , third] = parts as [string, string, string]
  const output = fresh()
  expect(summaryOf(mergeCampaigns([third, first], output))).toMatchObject({missing: ['2/3'], exitCode: 3})
  // It is still known when it is opened again.
  expect(summaryOf(Ledger.open(output)).missing).toEqual(['2/3'])
  const other = Ledger.begin(fresh(), {startedAt: '', seed: 's', jobs: all, shard: {index: 1, count: 5}}).path
  expect(() => mergeCampaigns([first, other], fresh())).toThrow(/parts of different wholes/)
})

test('a run travels whole, without the disks of its nodes, and no file leaves its directory', () => {
  const from = begin([]).path
  writeFileSync(join(from, 'run.json'), '{"ü": 1}')
  const packed = packRun(from)
  const to = fresh()
  unpackRun(packed, to)
  expect(readFileSync(join(to, 'run.json'), 'utf8')).toBe('{"ü": 1}')
  expect(() => unpackRun({'../outside': packed['run.json'] as string}, to)).toThrow(/does not belong to its run/)
})
