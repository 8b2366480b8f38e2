/** MariaDB with Galera: what is left of its promises is kept, what people take it for is convicted. */

import {expect, test} from 'vitest'
import {sleep} from '../../core/clock.ts'
import {convictions, describeTarget, keepsItsPromise} from '../clusters/cluster.ts'
import {clock, startTarget} from '../clusters/started.ts'

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

  test(
    'all of its nodes killed, it comes back by itself: each knows from its own files how far it had come',
    async () => {
      const cluster = await startTarget(target, place.file('killed'), {workload: 'register'})
      try {
        await Promise.all(cluster.nodes.map((node) => cluster.process?.kill(node)))
        await Promise.all(cluster.nodes.map((node) => cluster.process?.restart(node)))
        const ready = async (node: string) =>
          ((await cluster.observe?.status(node)) as {ready?: boolean})?.ready === true
        while (!(await Promise.all(cluster.nodes.map(ready))).every(Boolean)) await sleep(clock, 200)
        const logs = cluster.nodes.map((node) => place.read('killed', 'logs', `${node}.log`))
        for (const log of logs) expect(log).toMatch(/.*Loading provider .*initial position: (?!0{8})[0-9a-f-]{36}:\d+/)
      } finally {
        await cluster.stop()
      }
    },
    MINUTES,
  )

  convictions(place, target)
})
