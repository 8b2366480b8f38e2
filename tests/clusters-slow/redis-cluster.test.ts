/** Redis Cluster: never accused of what it does not promise, convicted of what people take it for. */
import {expect, test} from 'vitest'
import {canPreload} from '../../hosts/preload/build.ts'
import {convictions, describeTarget, keepsItsPromise} from '../clusters/cluster.ts'

describeTarget('redis-cluster', (target, place) => {
  test.each(['register', 'set', 'counter'])('keeps its promise under %s', async (workload) => {
    await keepsItsPromise(place, 'redis-cluster', workload, '--time', '20s')
  })

  test('slots move from primary to primary and back while clients go on', async () => {
    const run = await keepsItsPromise(place, 'redis-cluster', 'set', '--nemesis', 'membership', '--time', '20s')
    expect(run.proofs.filter(({verified}) => !verified)).toEqual([])
  })

  const able = canPreload()
  test.skipIf(able !== true)(
    `its clocks are moved, which it says itself${able === true ? '' : `: ${able}`}`,
    async () => {
      await keepsItsPromise(place, 'redis-cluster', 'register', '--nemesis', 'clock:bump')
    },
  )

  convictions(place, target)
})
