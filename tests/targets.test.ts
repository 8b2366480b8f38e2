/**
 * The gate that every bundled target passes, in simulated time: hundreds of seeds with all faults and it is never accused;
 * every bug that can be planted in it is convicted, with an anomaly that it is expected to show; a seed is a history.
 */
import {describe, expect, test} from 'vitest'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {anomaliesOf, hashOf, hunt, judged} from './simulated.ts'

const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 300)
/** Seeds within which a planted bug must be convicted. */
const HUNT_SEEDS = 300
const TIMEOUT_MS = 600_000

const targets = Object.entries(BUNDLED)

describe.each(targets)('%s', (_, target: Target) => {
  const workloads = Object.keys(target.claims)
  const seedsEach = Math.ceil(SEEDS / workloads.length)

  test.each(workloads)(
    `keeps its promise under %s, ${seedsEach} seeds with all faults`,
    async (workload) => {
      let verified = 0
      for (let i = 0; i < seedsEach; i++) {
        const seed = `${workload}-${i}`
        const run = await judged({target, workload: WORKLOADS[workload]!, nemeses: parseNemeses('all'), seed})
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
    const request = {target, workload: WORKLOADS[workloads[0]!]!, nemeses: parseNemeses('all'), seed: 'again'}
    const first = hashOf((await judged(request)).simulation.history)
    expect(hashOf((await judged(request)).simulation.history)).toBe(first)
    expect(hashOf((await judged({...request, seed: 'other'})).simulation.history)).not.toBe(first)
  })

  test('has bugs to plant', () => {
    expect(target.bugs.length).toBeGreaterThanOrEqual(3)
    expect(new Set(target.bugs.map(({name}) => name)).size).toBe(target.bugs.length)
    for (const bug of target.bugs) expect(workloads, bug.name).toContain(bug.workload)
  })

  test.each(target.bugs.map((bug) => [bug.name, bug] as const))(
    'with %s it is convicted',
    async (_name, bug) => {
      const seen = new Set<string>()
      for (let i = 0; i < HUNT_SEEDS; i++) {
        const run = await judged(hunt(target, bug, `${bug.name}-${i}`))
        const found = anomaliesOf(run)
        for (const type of found) seen.add(type)
        if (found.some((type) => bug.anomalies.includes(type))) return
      }
      expect.fail(
        `not convicted in ${HUNT_SEEDS} seeds; expected ${bug.anomalies.join(' or ')}, saw ${[...seen].join(', ') || 'nothing'}`,
      )
    },
    TIMEOUT_MS,
  )
})
