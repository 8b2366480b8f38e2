/** A cluster that never serves, with nothing done to it, is a finding of a search and an error for everybody else. */
import {expect, test} from 'vitest'
import {EnvironmentError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {resolveRun} from '../settings/resolve.ts'
import {layerOf} from '../settings/run-settings.ts'
import {simulate} from '../simulate.ts'
import {attempt, isFinding, NEVER_READY, requestOf} from './attempt.ts'

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
