/** What a target cannot be asked: the messages say what it accepts instead. */
import {expect, test} from 'vitest'
import {UsageError} from '../../core/error.ts'
import {TARGETS} from '../../targets/index.ts'
import {resolveRun} from './resolve.ts'
import {layerOf} from './run-settings.ts'

const ask = (target: string, {bugs = [], ...values}: {bugs?: string[]; nodes?: string; workload?: string} = {}) =>
  resolveRun({
    layers: [layerOf('flag', {target, ...values})],
    bugs,
    targetArgs: [],
    thresholds: [],
    freshSeed: '1',
    findTarget: async (name) => TARGETS[name]!,
  })

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'accepted',
    (error: unknown) => {
      expect(error).toBeInstanceOf(UsageError)
      const {message, hints} = error as UsageError
      return [message, ...hints].join(' ')
    },
  )

test('bugs that do not exist, or exclude each other', async () => {
  expect(await refusal(ask('zab', {bugs: ['skip-snyc']}))).toContain('skip-sync')
  const both = ask('primary-backup', {bugs: ['async-as-sync', 'ack-then-write']})
  expect(await refusal(both)).toContain('exclude each other')
  expect(await refusal(ask('primary-backup', {bugs: ['ack-then-write']}))).toBe('accepted')
})

test('fewer nodes than the design needs', async () => {
  expect(await refusal(ask('registry', {nodes: '2'}))).toContain('at least 3 nodes')
  expect(await refusal(ask('registry', {nodes: '3'}))).toBe('accepted')
})

test('a workload that it does not claim', async () => {
  expect(await refusal(ask('zab', {workload: 'counter'}))).toContain('cas, register, set, lock, append')
})

test('a design that is wrong in itself is run so that it shows', async () => {
  const options = await ask('naive-2pc')
  expect(options.workload.name).toBe('set')
  expect(options.nemeses.map(({name}) => name)).toEqual(['kill', 'partition'])
})
