/**
 * The gate that every bundled target passes, in simulated time: with all faults it is never accused; every bug that can be
 * planted in it is convicted, with an anomaly that it is expected to show; a seed is a history. A design that is wrong in
 * itself is convicted instead. `CHAOS_SEEDS` says how many seeds a target is given (1000 before a release) and
 * `CHAOS_BUG_SEEDS` how many a bug: of 20, at least 19 must convict it.
 */
import {describe, expect, test} from 'vitest'
import {reconfigurable} from '../core/membership.ts'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {anomaliesOf, hashOf, hunt, judged} from './simulated.ts'

const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 40)
/** Seeds with which a planted bug is hunted; one in twenty may miss it. */
const BUG_SEEDS = Number(process.env['CHAOS_BUG_SEEDS'] ?? 5)
const TIMEOUT_MS = 600_000

const targets = Object.entries(BUNDLED)

/** Everything that a target is expected to stand. */
const faultsFor = ({protocol, defaultNodes}: Target, workload: string) => {
  const nodes = Array.from({length: defaultNodes}, (_, i) => `n${i + 1}`)
  const changeable = protocol !== undefined && reconfigurable(protocol, {nodes, bugs: [], args: {workload}}) === true
  return parseNemeses(changeable ? 'all,membership' : 'all')
}

describe.each(targets)('%s', (_, target: Target) => {
  const workloads = Object.keys(target.claims)
  const seedsEach = Math.ceil(SEEDS / workloads.length)

  test.skipIf(target.flaw !== undefined).each(workloads)(
    `keeps its promise under %s, ${seedsEach} seeds with all faults`,
    async (workload) => {
      let verified = 0
      for (let i = 0; i < seedsEach; i++) {
        const seed = `${workload}-${i}`
        const run = await judged({target, workload: WORKLOADS[workload]!, nemeses: faultsFor(target, workload), seed})
        const broken = run.verdicts.filter(({validity}) => validity === 'invalid')
        expect(
          broken.map(({anomalies}) => anomalies[0]?.sentence),
          `seed ${seed}`,
        ).toEqual([])
        expect(run.simulation.recovered, `seed ${seed} recovers`).toBe(true)
        verified += run.simulation.history.faults.filter((fault) => fault.verified).length
      }
      // Never accused is worth nothing unless something really happened to it.
      expect(verified).toBeGreaterThan(seedsEach * 5)
    },
    TIMEOUT_MS,
  )

  test('the history of a seed is the same every time', async () => {
    const [workload] = workloads as [string]
    const request = {target, workload: WORKLOADS[workload]!, nemeses: faultsFor(target, workload), seed: 'again'}
    const first = hashOf((await judged(request)).simulation.history)
    expect(hashOf((await judged(request)).simulation.history)).toBe(first)
    expect(hashOf((await judged({...request, seed: 'other'})).simulation.history)).not.toBe(first)
  })

  test('has bugs to plant', () => {
    if (target.flaw === undefined) expect(target.bugs.length).toBeGreaterThanOrEqual(2)
    expect(new Set(target.bugs.map(({name}) => name)).size).toBe(target.bugs.length)
    for (const bug of target.bugs) expect(workloads, bug.name).toContain(bug.workload)
  })

  const suspects = [...target.bugs, ...(target.flaw === undefined ? [] : [target.flaw])]
  test.each(suspects.map((bug) => [bug.name, bug] as const))(
    'with %s it is convicted',
    async (name, bug) => {
      const seen: string[] = []
      let convicted = 0
      for (let i = 0; i < BUG_SEEDS; i++) {
        const found = anomaliesOf(await judged(hunt(target, bug, `${bug.name}-${i}`)))
        if (found.some((type) => bug.anomalies.includes(type))) convicted++
        else seen.push(`seed ${bug.name}-${i}: ${found.join(', ') || 'nothing'}`)
      }
      const missable = Math.max(1, Math.floor(BUG_SEEDS / 20))
      expect(convicted, `${name}, expected ${bug.anomalies.join(' or ')}; ${seen.join('; ')}`).toBeGreaterThanOrEqual(
        BUG_SEEDS - missable,
      )
    },
    TIMEOUT_MS,
  )
})
