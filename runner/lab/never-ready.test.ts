/** A cluster that never serves, with nothing done to it, is a finding of a search and an error for everybody else. */
import {expect, test} from 'vitest'
import {EnvironmentError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {resolveRun} from '../settings/resolve.ts'
import {layerOf} from '../settings/run-settings.ts'
import {drawnPlan, simulate} from '../simulate.ts'
import {followingPlan} from './again.ts'
import {attempt, isFinding, NEVER_READY, requestOf} from './attempt.ts'
import {hunt} from './hunt.ts'
import {isNeverReady} from './never-ready.ts'
import {shrink} from './shrink.ts'

// Two of seven proposers that take the same ballots keep each other from leading for ever.
const options = () =>
  resolveRun({
    layers: [layerOf('test', {target: 'paxos', workload: 'register', nemesis: 'none', time: '200ms', nodes: '7'})],
    bugs: ['reuse-ballot'],
    targetArgs: [],
    thresholds: [],
    freshSeed: 'b13',
    findTarget: async () => TARGETS['paxos'] as Target,
  })

test('a search finds that it never became ready', async () => {
  const tried = await attempt(await options())
  expect(isFinding(tried)).toBe(true)
  expect(tried).toMatchObject({validity: 'invalid', crashes: []})
  expect(tried.anomalies).toContain(NEVER_READY)
  expect(tried.unready).toMatch(/paxos was not ready 30 s after boot: /)
})

test('others are told that the environment failed', async () => {
  const {crashes: _, ...request} = requestOf(await options())
  await expect(simulate(request)).rejects.toThrow(EnvironmentError)
})

test('it shrinks to fewer nodes that nobody asks anything', async () => {
  const run = await options()
  const plan = drawnPlan(requestOf(run))
  expect(plan.operations.length).toBeGreaterThan(10)
  expect(await isNeverReady(run, plan)).toBe(true)
  expect(await isNeverReady({...run, bugs: []}, plan)).toBe(false)
  const {signal} = new AbortController()
  const wanted = [NEVER_READY]
  const smallest = await shrink({
    start: {plan, seed: run.seed},
    trial: (smaller, _, seed) =>
      hunt({
        plan: smaller,
        wanted,
        seeds: [seed],
        threads: 1,
        signal,
        attempt: (tried, under) => attempt(followingPlan(run, tried, under), tried),
      }),
    worlds: {first: 1, most: 1},
    minNodes: 3,
    signal,
    onProgress() {},
    onFailure(error) {
      throw error
    },
  })
  expect(smallest.plan.operations.length).toBeLessThanOrEqual(1)
  expect(smallest.plan.faults).toEqual([])
  expect(await isNeverReady(followingPlan(run, smallest.plan, smallest.seed), smallest.plan)).toBe(true)
})
