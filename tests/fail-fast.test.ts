/**
 * `--fail-fast` in simulated time: planted bugs end a run early, within a second of the op that proves them, and the check of
 * the whole record agrees; a correct target is never stopped, and does not even notice that it is watched.
 */
import {describe, expect, test} from 'vitest'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {judgeStopped} from '../runner/stopped.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {hashOf, hunt, judged} from './simulated.ts'

const SEEDS = Math.ceil(Number(process.env['CHAOS_SEEDS'] ?? 20) / 10)
const TIMEOUT_MS = 300_000

/** Those that are wrong by design are stopped, and rightly so. */
const HONEST = Object.entries(BUNDLED).filter(([, {flaw}]: readonly [string, Target]) => flaw === undefined)

describe.each(HONEST)('%s', (_, target: Target) => {
  test.each(Object.keys(target.claims))(
    'a correct one goes on to the end under %s, the same as unwatched',
    async (workload) => {
      for (let i = 0; i < SEEDS; i++) {
        const request = {target, workload: WORKLOADS[workload]!, nemeses: parseNemeses('all'), seed: `watched-${i}`}
        const watched = (await judged({...request, failFast: true})).simulation
        expect(watched.stopped, `seed ${request.seed}`).toBe(undefined)
        expect(hashOf(watched.history)).toBe(hashOf((await judged(request)).simulation.history))
      }
    },
    TIMEOUT_MS,
  )
})

/** Bugs whose workload is watched for what they break. */
const PLANTED = [
  ['raft', 'stale-read'],
  ['raft', 'ack-before-quorum'],
  ['gossip', 'sum-merge'],
] as const

test.each(PLANTED)(
  '%s with %s is stopped early',
  async (name, planted) => {
    const target = BUNDLED[name]! as Target
    const bug = target.bugs.find((known) => known.name === planted)!
    let stops = 0
    for (let i = 0; stops < 3; i++) {
      expect(i, 'seeds without a proof').toBeLessThan(60)
      const request = {...hunt(target, bug, `early-${i}`), timeMs: 20_000}
      const {simulation, verdicts} = await judged({...request, failFast: true})
      const {stopped, history} = simulation
      if (stopped === undefined) continue
      stops++
      expect(judgeStopped(verdicts, stopped)).toMatchObject({validity: 'invalid', exitCode: 1})
      expect(stopped.afterMs).toBeLessThan(20_000)
      expect(stopped.proofAgeMs).toBeGreaterThanOrEqual(0)
      expect(stopped.proofAgeMs).toBeLessThan(1000)
      expect(history.ops.some(({final}) => final === true)).toBe(false)
      // Until then nothing is different.
      const whole = (await judged({...request, failFast: false})).simulation.history
      const until = history.ops.filter(({index}) => index <= stopped.index)
      expect(until).toEqual(whole.ops.slice(0, until.length))
      expect(whole.length).toBeGreaterThan(history.length)
    }
  },
  TIMEOUT_MS,
)
