/** The order of a campaign's jobs, what they ask of their runs, and what they come to. */
import {describe, expect, test} from 'vitest'
import type {Clock} from '../../core/clock.ts'
import {EXIT} from '../../core/error.ts'
import {createRandom} from '../../core/random.ts'
import type {Bug} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {resolveRun} from '../settings/resolve.ts'
import {layerOf} from '../settings/run-settings.ts'
import {type CampaignRequest, campaign} from './campaign.ts'
import {type CompletedJob, type Job, type JobOutcome, jobName} from './job.ts'
import {requestOf} from './perform.ts'
import {campaignExitCode, countOf, missedCanaries} from './result.ts'

const bug = (name: string): Bug => ({name, change: '', workload: 'register', nemesis: ['kill'], anomalies: []}) as never

function completed(outcome: JobOutcome, job: Partial<Job> = {}): CompletedJob {
  const whole: Job = {kind: 'fresh', target: 'raft', workload: 'register', faults: ['kill'], seed: '1', ...job}
  return {job: whole, outcome, sentence: '', tookMs: 1, command: 'chaos run'}
}

const canary = (name: string, outcome: JobOutcome) => completed(outcome, {kind: 'canary', bug: bug(name)})

describe('the exit code of a campaign', () => {
  test.each<[string, CompletedJob[], number]>([
    ['all passed', [completed('pass'), canary('stale-read', 'violation')], EXIT.pass],
    ['a violation', [completed('pass'), completed('violation')], EXIT.violation],
    ['a missed canary is as bad', [completed('pass'), canary('stale-read', 'pass')], EXIT.violation],
    ['caught at the second seed', [canary('a', 'pass'), canary('a', 'liveness'), completed('pass')], EXIT.pass],
    ['the environment failed', [completed('environment'), completed('unknown')], EXIT.environment],
    ['one inconclusive run', [completed('unknown'), completed('pass')], EXIT.inconclusive],
    ['nothing was run', [], EXIT.inconclusive],
    ['canaries alone', [canary('a', 'violation')], EXIT.inconclusive],
  ])('%s', (_, jobs, exitCode) => {
    expect(campaignExitCode(jobs)).toBe(exitCode)
  })

  test('canaries are counted apart', () => {
    const jobs = [completed('pass'), canary('a', 'pass'), canary('b', 'violation')]
    expect(missedCanaries(jobs)).toEqual(['raft:a'])
    expect(countOf(jobs, 'pass')).toBe(1)
    expect(countOf(jobs, 'violation')).toBe(0)
  })
})

describe('a job', () => {
  const defaults = {time: '20s', rate: '100/s', thresholds: ['ok_rate>0.5'], failFast: false, output: 'runs'}
  const resolve = (job: Job) => {
    const {layer, bugs, thresholds} = requestOf(job, defaults)
    return resolveRun({
      layers: [layer, layerOf('file', {concurrency: '3', time: '1s'})],
      bugs,
      thresholds,
      targetArgs: [],
      freshSeed: 'fresh',
      findTarget: async (name) => TARGETS[name]!,
    })
  }

  test('decides its target, workload, faults and seed; the rest comes from the campaign, then the configuration', async () => {
    const options = await resolve(completed('pass', {seed: 'abc'}).job)
    expect(options).toMatchObject({seed: 'abc', timeMs: 20_000, ratePerS: 100, concurrency: 3, directory: 'runs'})
    expect(options.nemeses.map(({name}) => name)).toEqual(['kill'])
    expect(options.thresholds).toEqual(['ok_rate>0.5'])
    expect(options.failFast).toBe(false)
    expect(options.command).toContain('--seed abc')
  })

  test('a canary ends as soon as it is caught, at a time and rate of its own', async () => {
    const stale = TARGETS['raft']!.bugs.find(({name}) => name === 'stale-read')!
    const options = await resolve(completed('pass', {kind: 'canary', bug: stale}).job)
    expect(options).toMatchObject({failFast: true, bugs: ['stale-read'], thresholds: []})
    expect(options.origins).not.toContainEqual({name: 'time', value: '20s', origin: 'campaign'})
  })
})

/** A clock that moves when it is told to. */
class SteppedClock implements Clock {
  #ms = 0
  #timers: {readonly atMs: number; wake(): void}[] = []
  nowNs = () => this.#ms * 1e6
  after = (delayMs: number, wake: () => void) => {
    const timer = {atMs: this.#ms + delayMs, wake}
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }
  pass(ms: number): void {
    this.#ms += ms
    for (const {atMs, wake} of this.#timers) if (atMs <= this.#ms) wake()
  }
}

describe('the budget is a promise', () => {
  const cells = Array.from({length: 30}, (_, i) => ({target: `t${i}`, workload: 'register', faults: ['kill']}))
  const seconds = (count: number) => count * 1000

  /** Runs that take `tookMs` each; resolves to what was done and how long it took. */
  async function run(request: Partial<CampaignRequest>, tookMs: number, outcome: JobOutcome = 'pass') {
    const clock = new SteppedClock()
    const done: string[] = []
    const whole = {
      ...{cells, canaries: [], kept: [], budgetMs: seconds(60), timeMs: seconds(5), random: createRandom('c'), clock},
      ...{bail: false, environmentRetries: 1, signal: new AbortController().signal, ...request},
    }
    const result = await campaign(whole, async (job, signal) => {
      done.push(jobName(job))
      clock.pass(tookMs)
      return {...completed(signal.aborted ? 'interrupted' : outcome, job), tookMs}
    })
    return {...result, done, tookMs: clock.nowNs() / 1e6}
  }

  test('a matrix that does not fit is not run whole, and what was not reached is named', async () => {
    const {done, notReached, tookMs} = await run({}, seconds(10))
    expect(tookMs).toBeLessThanOrEqual(seconds(60))
    expect(tookMs).toBeGreaterThan(seconds(45))
    expect(done).toEqual(cells.slice(0, done.length).map(({target}) => `${target}/register kill`))
    expect(notReached).toEqual(cells.slice(done.length).map(({target}) => `${target}/register kill`))
  })

  test('runs that take longer than the first was expected to are fewer', async () => {
    const {done, tookMs} = await run({}, seconds(25))
    expect(done).toHaveLength(2)
    expect(tookMs).toBeLessThanOrEqual(seconds(60))
  })

  test('a run that goes on when the time is up is interrupted: neither pass nor failure, and not reached', async () => {
    const {completed: ended, notReached} = await run({budgetMs: seconds(20)}, seconds(30))
    expect(ended.map(({outcome}) => outcome)).toEqual(['interrupted'])
    expect(notReached).toHaveLength(cells.length)
    expect(campaignExitCode(ended)).toBe(EXIT.inconclusive)
    expect(missedCanaries([canary('a', 'interrupted')])).toEqual([])
  })

  test('what is left goes to further seeds, which nobody waits for', async () => {
    const {done, notReached} = await run({cells: cells.slice(0, 2)}, seconds(6))
    expect(done.length).toBeGreaterThan(6)
    expect(notReached).toEqual([])
  })

  test('canaries come first, then kept seeds', async () => {
    const kept = [{target: 'k', workload: 'set', faults: ['pause'], seed: '9', sentence: '', tookMs: 1, passes: 0}]
    const {done} = await run({kept, canaries: [{target: 'raft', bug: bug('b')}]}, seconds(6), 'violation')
    expect(done.slice(0, 3)).toEqual(['canary raft:b', 'k/set pause seed 9', 't0/register kill'])
  })

  test('canaries leave room for a run of what is to be tested', async () => {
    const canaries = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({target: 'raft', bug: bug(name)}))
    const {done, notReached} = await run({canaries}, seconds(7), 'violation')
    // A canary may take 38 s and a run 13 s: after the second canary both do not fit into what is left.
    expect(done.slice(0, 3)).toEqual(['canary raft:a', 'canary raft:b', 't0/register kill'])
    expect(notReached).toContain('canary raft:h')
    const alone = await run({canaries, cells: []}, seconds(7), 'violation')
    expect(alone.done.length).toBeGreaterThan(3)
  })

  test('a budget that cannot hold one run is refused with what it would take', async () => {
    await expect(run({budgetMs: seconds(1)}, 1)).rejects.toMatchObject({
      message: 'A budget of 1.0s cannot hold one run.',
      exitCode: EXIT.usage,
      hints: [expect.stringContaining('5.0s of clients'), expect.stringContaining('--budget 13s')],
    })
  })

  test('a cell that the environment failed is tried once more', async () => {
    const {done, notReached} = await run({cells: cells.slice(0, 1), budgetMs: seconds(14)}, seconds(1), 'environment')
    expect(done.slice(0, 2)).toEqual(['t0/register kill', 't0/register kill'])
    expect(notReached).toEqual([])
  })
})
