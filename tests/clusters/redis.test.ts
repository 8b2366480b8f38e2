/** Redis with sentinels: never accused of what it does not promise, convicted of what people take it for. */
import {expect, test} from 'vitest'
import {canPreload} from '../../hosts/preload/build.ts'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from './cluster.ts'

describeTarget('redis', (target, place) => {
  test.each([
    ['cas', 'preload', 'preloaded connect()'],
    ['set', 'hosts', 'private hosts files'],
    ['counter', 'hosts', 'private hosts files'],
  ])(
    'keeps its promise under %s, its links dialled by %s',
    async (workload, links, words) => {
      const run = await keepsItsPromise(place, 'redis', workload, '--links', links)
      expect(run.facts['cluster']).toContain(words)
      // What was acknowledged may be lost.
      expect(run.facts['claim']).toBe('convergent')
    },
    PATIENT_MS,
  )
  test(
    'keeps its promise for 20 s under every fault',
    async () => {
      await keepsItsPromise(place, 'redis', 'register', '--time', '20s')
    },
    PATIENT_MS,
  )
  // Takes root and a minute: tests/clusters-slow/disks.test.ts.
  convictions(place, {...target, bugs: target.bugs.filter(({name}) => name !== 'unsynced-appends')})

  const able = canPreload()
  test.skipIf(able !== true)(
    `its clocks are moved, which it says itself${able === true ? '' : `: ${able}`}`,
    async () => {
      await keepsItsPromise(place, 'redis', 'register', '--nemesis', 'clock:bump')
    },
  )
})
