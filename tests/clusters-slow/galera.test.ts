/** MariaDB with Galera: what is left of its promises is kept, what people take it for is convicted. */

import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise} from '../clusters/cluster.ts'

const MINUTES = 4 * 60_000

describeTarget('mariadb-galera', (target, place) => {
  test.each([
    ['register', 'linearizable'],
    ['append', 'read-committed'],
    ['rw-register', 'read-committed'],
    ['bank', 'read-committed'],
  ])(
    'keeps its promise under %s, which is no more than %s',
    async (workload, claim) => {
      const run = await keepsItsPromise(place, 'mariadb-galera', workload)
      expect(run.facts['claim']).toBe(claim)
      expect(run.facts['cluster']).toContain('preloaded connect()')
    },
    MINUTES,
  )

  convictions(place, target)
})
