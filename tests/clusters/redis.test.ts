/** Redis with sentinels: never accused of what it does not promise, convicted of what people take it for. */
import {expect, test} from 'vitest'
import {canPreload} from '../../hosts/preload/build.ts'
import {convictions, describeTarget, keepsItsPromise} from './cluster.ts'

describeTarget('redis', (target, place) => {
  test.each([
    ['register', 'hosts', 'private hosts files'],
    ['cas', 'preload', 'preloaded connect()'],
  ])('keeps its promise under %s, its links dialled by %s', async (workload, links, words) => {
    const run = await keepsItsPromise(place, 'redis', workload, '--links', links)
    expect(run.facts['cluster']).toContain(words)
  })
  convictions(place, target)

  const able = canPreload()
  test.skipIf(able !== true)(
    `its clocks are moved, which it says itself${able === true ? '' : `: ${able}`}`,
    async () => {
      await keepsItsPromise(place, 'redis', 'register', '--nemesis', 'clock:bump')
    },
  )

  test('nothing is claimed of sets: what was acknowledged may be lost', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'redis', '-w', 'set')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('It supports: register, cas')
  })
})
