/** What a plan that was cut short still does. */
import {expect, test} from 'vitest'
import {writeOp} from '../../core/format/index.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {TARGETS} from '../../targets/index.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import type {Plan} from '../plan.ts'
import {type Simulation, simulate} from '../simulate.ts'
import {endingAt} from './smaller-plans.ts'

const request = {
  target: TARGETS['raft']!,
  workload: WORKLOADS['register']!,
  nemeses: parseNemeses('all'),
  timeMs: 10_000,
  ratePerS: 50,
}
const run = (seed: string, plan?: Plan) => simulate({...request, seed, ...(plan === undefined ? {} : {plan})})

/** What happened while clients had less time than this, ms. */
const until = ({history, startNs}: Simulation, timeMs: number) =>
  history.ops.filter(({timeNs}) => timeNs < startNs + timeMs * 1e6).map(writeOp)

test('up to its new end the run is the same', async () => {
  for (let i = 0; i < 12; i++) {
    const whole = await run(`cut-${i}`)
    for (const share of [0.3, 0.6, 0.8, 0.9, 0.95]) {
      const timeMs = share * request.timeMs
      const cut = await run(`cut-${i}`, endingAt(whole.plan, timeMs))
      expect(until(cut, timeMs), `seed ${i}, cut at ${timeMs} ms`).toEqual(until(whole, timeMs))
    }
  }
})
