/** PostgreSQL: never accused of what it promises, convicted of what it is set up or taken for. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise} from './cluster.ts'

/** A failover and a node made anew take their time on a busy machine. */
const LIMIT_MS = 150_000

describeTarget('postgres', (target, place) => {
  test.each(['register', 'append', 'bank'])(
    'keeps its promise under %s',
    async (workload) => {
      const run = await keepsItsPromise(place, 'postgres', workload)
      expect(run.facts['cluster']).toMatch(/^postgres \d+\.\d+.*, 6 proxied links, clients direct/)
    },
    LIMIT_MS,
  )

  test(
    'repeatable read is snapshot isolation, and not accused of more',
    async () => {
      const level = ['--target-arg', 'isolation=repeatable-read', '--keys', '4']
      const run = await keepsItsPromise(place, 'postgres', 'append', ...level, '--nemesis', 'kill:leader')
      expect(run.facts['claim']).toBe('snapshot-isolation')
    },
    LIMIT_MS,
  )

  convictions(place, target)
})
