/**
 * Designs that are unsafe by their own admission are accused of what they admit, and of nothing else: three-phase commit of
 * totals that are wrong once the network splits, and of nothing while nodes only crash; asynchronous replication of losing
 * what it acknowledged before a failover, and of nothing without one; the sketches of articles of what their entries say.
 */
import {describe, expect, test} from 'vitest'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {hunt, judged} from './simulated.ts'

const SEEDS = 4
const seeds = Array.from({length: SEEDS}, (_, i) => `admitted-${i}`)

interface Asked {
  readonly workload: string
  readonly nemesis: string
  readonly args: Readonly<Record<string, string>>
}

/** Anomaly types of broken safety over these runs. */
async function accusedOf(target: Target, {workload, nemesis, args}: Asked): Promise<string[]> {
  const runs = seeds.map((seed) => ({
    ...{target, seed, args, workload: WORKLOADS[workload]!, nemeses: parseNemeses(nemesis)},
    ...{timeMs: 10_000, intervalMs: 1500, ratePerS: 400},
  }))
  const found = new Set<string>()
  for (const request of runs) for (const type of safetyOf(await judged(request))) found.add(type)
  return [...found].sort()
}

function safetyOf({verdicts}: Awaited<ReturnType<typeof judged>>): string[] {
  return verdicts.filter(({kind}) => kind === 'safety').flatMap(({anomalies}) => anomalies.map(({type}) => type))
}

describe('three-phase commit', () => {
  /** The timers of the bug's recipe: what it is accused of has to come from the partition, not from them. */
  const impatient = {mode: '3pc', voteMs: '200', doubtMs: '100', askMs: '50'}

  test.each([
    // One at a time: after a crash of all, nobody knows who failed last.
    ['kill:one', {mode: '3pc'}, []],
    ['kill:one', impatient, []],
    ['none', impatient, []],
    ['partition', impatient, ['wrong-total']],
  ])('under %s', async (nemesis, args, types) => {
    expect(await accusedOf(BUNDLED['commit']!, {workload: 'bank', nemesis, args})).toEqual(types)
  })
})

describe('asynchronous replication', () => {
  const admitted = ['lost-element', 'resurrected-element', 'stale-read', 'unexpected-element']

  test.each([
    ['none', false],
    ['partition:leader', true],
  ])('under %s', async (nemesis, accused) => {
    const types = await accusedOf(BUNDLED['primary-backup']!, {workload: 'set', nemesis, args: {mode: 'async'}})
    expect(types.length > 0).toBe(accused)
    expect(admitted).toEqual(expect.arrayContaining(types))
  })
})

const naive = Object.entries(BUNDLED).filter(([, {flaw}]) => flaw !== undefined)

test.each(naive)('%s', async (_, target) => {
  const flaw = target.flaw!
  const found = new Set<string>()
  for (const seed of seeds) {
    for (const type of safetyOf(await judged({...hunt(target, flaw, seed), bugs: [], failFast: false}))) found.add(type)
  }
  expect(found.size).toBeGreaterThan(0)
  expect(flaw.anomalies).toEqual(expect.arrayContaining([...found]))
})
