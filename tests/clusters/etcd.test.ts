/** etcd: never accused of what it promises, convicted of what it does not. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from './cluster.ts'

describeTarget('etcd', (target, place) => {
  test.each(['cas', 'set', 'append', 'rw-register', 'lock', 'watch'])(
    'keeps its promise under %s',
    async (workload) => {
      const run = await keepsItsPromise(place, 'etcd', workload)
      expect(run.facts['cluster']).toMatch(/^etcd 3\.\d+\.\d+.*, private hosts files$/)
    },
  )
  test(
    'keeps its promise for 20 s under every fault',
    async () => {
      await keepsItsPromise(place, 'etcd', 'register', '--time', '20s')
    },
    PATIENT_MS,
  )
  test(
    'keeps its promise while members are removed and added',
    async () => {
      await keepsItsPromise(place, 'etcd', 'cas', '--nemesis', 'membership')
    },
    PATIENT_MS,
  )
  convictions(place, target)

  test('with serializable reads nothing more is claimed than it keeps', async () => {
    const run = await keepsItsPromise(
      place,
      'etcd',
      'register',
      '--target-arg',
      'reads=serializable',
      '--nemesis',
      'partition:leader',
    )
    expect(run.facts['claim']).toBe('sequential')
  })
})
