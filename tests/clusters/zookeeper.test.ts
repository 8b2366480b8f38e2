/** ZooKeeper: its reads are sequentially consistent, never accused of more, and convicted when more is expected. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from './cluster.ts'

describeTarget('zookeeper', (target, place) => {
  test.each(['cas', 'set', 'lock', 'watch'])(
    'keeps its promise under %s',
    async (workload) => {
      await keepsItsPromise(place, 'zookeeper', workload)
    },
    PATIENT_MS,
  )
  test(
    'keeps its promise for 20 s under every fault',
    async () => {
      await keepsItsPromise(place, 'zookeeper', 'register', '--time', '20s')
    },
    PATIENT_MS,
  )
  convictions(place, target)

  test('local reads are sequentially consistent', async () => {
    const run = await keepsItsPromise(
      place,
      'zookeeper',
      'register',
      '--target-arg',
      'reads=local',
      '--nemesis',
      'partition',
    )
    expect(run.facts['claim']).toBe('sequential')
  })
})
