/** What is done to the links or the clock of a node is done to one that runs: nothing could be shown of another. */
import {expect, test} from 'vitest'
import {parseNemeses} from '../nemesis/index.ts'
import {simulate} from '../runner/simulate.ts'
import {gossip} from '../targets/gossip/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

/** How long it takes to prove a fault beside others, from both ends of its window. */
const EDGE_NS = 600e6
const SEEDS = ['1', '2', '3', '4', '5', '6', '7', '8']

async function faultsOf(nemeses: string, seed: string) {
  const {history} = await simulate({
    target: gossip,
    workload: WORKLOADS['set']!,
    nemeses: parseNemeses(nemeses),
    seed,
    timeMs: 30_000,
    intervalMs: 3000,
  })
  return history.faults
}

test('no link of a node that is dead or frozen is spoilt while others run', async () => {
  let beside = 0
  for (const seed of SEEDS) {
    const faults = await faultsOf('kill:minority,pause:one,latency:one', seed)
    const down = faults.filter(({fault}) => fault === 'kill' || fault === 'pause')
    for (const {fault, victims, startNs, verified, proof} of faults) {
      if (fault !== 'latency') continue
      // At the edges of its window a node is still, or again, alive.
      const gone = down.filter((window) => window.startNs + EDGE_NS < startNs && startNs < window.endNs - EDGE_NS)
      if (gone.length > 0) beside++
      for (const window of gone)
        expect(window.victims, `${fault} at ${startNs} in seed ${seed}`).not.toContain(victims[0])
      expect(verified, `${fault}: ${proof}`).toBe(true)
    }
  }
  // Such moments came up at all.
  expect(beside).toBeGreaterThan(5)
})

test('a partition parts nodes that run, while two of them do', async () => {
  let beside = 0
  for (const seed of SEEDS) {
    const faults = await faultsOf('kill:minority,pause:one,partition', seed)
    for (const {fault, description, verified, proof} of faults) {
      if (fault !== 'partition') continue
      if (description.includes('not running')) beside++
      expect(verified, `seed ${seed}, ${description}: ${proof}`).toBe(true)
    }
  }
  expect(beside).toBeGreaterThan(0)
})
