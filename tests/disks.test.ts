/** Harmed disks, in simulation: honest systems survive them, and what does without syncs or checksums is convicted. */
import {expect, test} from 'vitest'
import type {Target} from '../core/target.ts'
import {DISK_KINDS} from '../nemesis/disk-kinds.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {anomaliesOf, hunt, judged} from './simulated.ts'

const HONEST = Object.values(BUNDLED).filter(({flaw}) => flaw === undefined)

const run = (target: Target, fault: string, seed: string, more: {checksums?: boolean} = {}) => {
  const workload = WORKLOADS[Object.keys(target.claims)[0]!]!
  const nemeses = parseNemeses(fault)
  return judged({target, workload, nemeses, seed, timeMs: 4000, intervalMs: 1200, keys: 4, crashes: 'keep', ...more})
}

test.each(HONEST.map((target) => [target.name, target] as const))(
  '%s survives every fault of disks',
  async (_, target) => {
    for (const kind of DISK_KINDS) {
      const outcome = await run(target, `disk:${kind}`, `survives ${kind}`)
      expect(outcome.simulation.crashes, kind).toEqual([])
      expect(
        outcome.verdicts.filter(({validity}) => validity === 'invalid'),
        kind,
      ).toEqual([])
      expect(outcome.simulation.recovered, kind).toBe(true)
    }
  },
)

test.each([
  ['kv', 'no-sync', ['disk:power-cut']],
  ['kv', 'cut-before-checkpoint', ['disk:torn']],
  ['raft', 'forget-vote', ['jitter:all', 'disk:power-cut']],
])('%s with %s is convicted under %s', async (name, bugName, nemesis) => {
  const target = BUNDLED[name]!
  const bug = target.bugs.find((each) => each.name === bugName)!
  for (let seed = 0; seed < 5; seed++) {
    const found = anomaliesOf(
      await judged(
        hunt(
          target,
          {...bug, nemesis, budget: {simulatedS: Math.max(30, bug.budget.simulatedS), realS: 30}},
          `${seed}`,
        ),
      ),
    )
    if (found.some((anomaly) => bug.anomalies.includes(anomaly))) return
  }
  expect.fail('not convicted in 5 runs')
})

test('a flipped bit that no checksum catches is served, and found', async () => {
  const found = new Set<string>()
  for (let seed = 0; seed < 10; seed++) {
    const outcome = await run(BUNDLED['kv']!, 'disk:bit-flip', `unchecked ${seed}`, {checksums: false})
    for (const anomaly of anomaliesOf(outcome)) found.add(anomaly)
  }
  expect([...found]).not.toEqual([])
})
