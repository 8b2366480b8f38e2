/** Replication modes: what sync keeps, async loses on failover, and says so. */
import {expect, test} from 'vitest'
import {setFull} from '../../checkers/sets/set-full.ts'
import {UsageError} from '../../core/error.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {simulate} from '../../runner/simulate.ts'
import {set} from '../../workloads/set.ts'
import {primaryBackup} from './index.ts'
import {settingsOf} from './settings.ts'

/** How many of some seeds lose what was acknowledged. */
async function losses(mode: string, nodes: number): Promise<number> {
  let lost = 0
  for (let i = 0; i < 6; i++) {
    const args = {mode, snapshotEntries: '50', retainedEntries: '10'}
    const request = {target: primaryBackup, workload: set, nemeses: parseNemeses('partition:leader'), args, nodes}
    const {history} = await simulate({...request, seed: `${mode} ${i}`, intervalMs: 1500})
    if ((await setFull({claim: 'linearizable'}).check(history)).validity === 'invalid') lost++
  }
  return lost
}

test('sync loses nothing, nor does semi-sync where two are a majority; async does', async () => {
  expect(await losses('sync', 5)).toBe(0)
  expect(await losses('semi-sync', 3)).toBe(0)
  expect(await losses('async', 3)).toBeGreaterThanOrEqual(5)
})

test('a mode that is none is refused with those there are', () => {
  expect(() => settingsOf({mode: 'eventually'})).toThrow(UsageError)
  expect(() => settingsOf({mode: 'eventually'})).toThrow('mode=eventually')
})
