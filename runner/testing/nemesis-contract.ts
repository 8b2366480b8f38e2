/** What every nemesis has to keep: a plan that is data and follows from the seed, and faults that prove themselves. */
import {deepStrictEqual, ok, strictEqual, throws} from 'node:assert/strict'
import {EVERYTHING} from '../../core/capabilities.ts'
import {UsageError} from '../../core/error.ts'
import type {Nemesis, PlanContext} from '../../core/nemesis.ts'
import {createRandom} from '../../core/random.ts'
import type {Target} from '../../core/target.ts'
import type {Workload} from '../../core/workload.ts'
import {gossip} from '../../targets/gossip/index.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {simulate} from '../simulate.ts'
import type {Contract} from './contract.ts'

const PLANNED_MS = 60_000

export interface StruckCluster {
  /** The simulated target that it strikes; `gossip` by default. */
  readonly target?: Parameters<typeof simulate>[0]['target']
  readonly workload?: Workload
}

export function nemesisContract(nemesis: Nemesis, {target = gossip, workload}: StruckCluster = {}): Contract {
  const context = (seed: string): PlanContext => ({
    nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
    random: createRandom(seed),
    timeMs: PLANNED_MS,
    intervalMs: 5000,
    capabilities: EVERYTHING,
  })
  return [
    {
      name: 'says what it is, and that a cluster which can do everything can suffer it',
      check() {
        ok(nemesis.name.length > 0 && nemesis.description.length > 0)
        strictEqual(nemesis.missing(EVERYTHING), undefined)
      },
    },
    {
      name: 'plans the same faults from the same seed, in order, without overlap, within the time',
      check() {
        const plan = nemesis.plan(context('a'))
        ok(plan.length > 0, 'it plans nothing in a minute')
        deepStrictEqual(nemesis.plan(context('a')), plan)
        let free = 0
        for (const {startMs, stopMs, spec} of plan) {
          ok(startMs >= free && stopMs > startMs && stopMs <= PLANNED_MS, `${startMs} to ${stopMs} ms`)
          strictEqual(spec.fault, nemesis.name)
          free = stopMs
        }
      },
    },
    {
      name: 'reads its own specs back from JSON, and refuses those of others',
      check() {
        for (const {spec} of nemesis.plan(context('a'))) {
          deepStrictEqual(nemesis.parse(JSON.parse(JSON.stringify(spec))), spec)
        }
        throws(() => nemesis.parse({fault: 'something else'}), UsageError)
      },
    },
    {
      name: 'strikes a simulated cluster, proves that it did, and is undone',
      async check() {
        const [first = ''] = Object.keys((target as Target).claims)
        const chosen = workload ?? WORKLOADS[first]
        ok(chosen !== undefined, `the target speaks no bundled workload: ${first}`)
        const {history} = await simulate({
          target,
          workload: chosen,
          nemeses: [nemesis],
          seed: 'contract',
          timeMs: 30_000,
        })
        const faults = history.faults.filter(({fault}) => fault === nemesis.name)
        ok(faults.length > 0, 'it never struck')
        for (const {description, verified, proof, endNs} of faults) {
          ok(verified, `${description}: ${proof}`)
          ok(Number.isFinite(endNs), `${description} was never undone`)
        }
      },
    },
  ]
}
