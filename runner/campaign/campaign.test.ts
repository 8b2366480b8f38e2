/** The order of a campaign's jobs, what they ask of their runs, and what they come to. */
import {describe, expect, test} from 'vitest'
import {EXIT} from '../../core/error.ts'
import type {Bug} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {resolveRun} from '../settings/resolve.ts'
import {layerOf} from '../settings/run-settings.ts'
import type {CompletedJob, Job, JobOutcome} from './job.ts'
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
