/**
 * What the harness itself costs: operations per second through the scheduler, into and out of a plan, through the real
 * driver against clients that answer at once, and through a simulated cluster.
 *
 *     node --import tsx bench/scheduler.ts [operations]
 *
 * Best of three, by this process's own CPU time: other load on the machine does not count. (tsx names every closure when it
 * is made, which costs a third; the built package does not.)
 */
import {EVERYTHING} from '../core/capabilities.ts'
import {wallClock} from '../core/clock.ts'
import {clients, fn, limit, mix, unfold} from '../core/generators.ts'
import {createRandom} from '../core/random.ts'
import {driveReal} from '../runner/drive-real.ts'
import {makePlan} from '../runner/plan.ts'
import {planGenerator} from '../runner/plan-generator.ts'
import {Scheduler} from '../runner/scheduler.ts'
import {simulate} from '../runner/simulate.ts'
import {primaryTarget} from '../tests/fixtures/primary.ts'
import {register} from '../workloads/register.ts'

const OPERATIONS = Number(process.argv[2] ?? 200_000)
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']
const CONCURRENCY = 10

const workload = unfold(0, (value, {random}) => [
  random.chance(0.5) ? {f: 'read', key: `x${random.int(5)}`} : {f: 'write', key: `x${random.int(5)}`, value},
  value + 1,
])

function plan(ratePerS: number, operations?: number) {
  return makePlan({
    seed: '1',
    random: createRandom(1),
    generator: workload,
    nodes: NODES,
    concurrency: CONCURRENCY,
    timeMs: 3_600_000,
    ratePerS,
    ...(operations === undefined ? undefined : {operations}),
    nemeses: [],
    capabilities: EVERYTHING,
    intervalMs: 5000,
  })
}

/** Runs a scheduler dry, in virtual time; every operation is answered at once. */
function exhaust(scheduler: Scheduler): number {
  let count = 0
  for (let nowNs = 0; ; ) {
    const action = scheduler.step(nowNs)
    if (action.kind === 'invoke') {
      scheduler.complete(action.thread, {type: 'ok', value: null}, nowNs)
      count++
    } else if (action.kind === 'wait') {
      nowNs = action.untilNs
    } else {
      return count
    }
  }
}

function scheduler(generator: ConstructorParameters<typeof Scheduler>[0]['generator']): Scheduler {
  return new Scheduler({generator, concurrency: CONCURRENCY, nodes: NODES, random: createRandom(1)})
}

async function measure(what: string, run: () => number | Promise<number>): Promise<void> {
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    const operations = await run()
    const {user, system} = process.cpuUsage(before)
    rates.push(operations / ((user + system) / 1e6))
  }
  const {heapUsed} = process.memoryUsage()
  console.log(
    `${what.padEnd(44)} ${Math.round(Math.max(...rates))
      .toLocaleString('en')
      .padStart(11)} /s   heap ${Math.round(heapUsed / 1e6)} MB`,
  )
}

const made = plan(10_000, OPERATIONS)
const unpaced = plan(Number.POSITIVE_INFINITY, OPERATIONS)
await measure('scheduler, a mix of two functions', () =>
  exhaust(
    scheduler(
      limit(
        OPERATIONS,
        clients(
          mix(
            fn(() => ({f: 'read'})),
            fn(() => ({f: 'write'})),
          ),
        ),
      ),
    ),
  ),
)
await measure('making a plan', () => plan(10_000, OPERATIONS).plan.operations.length)
await measure('scheduler, replaying a plan', () => exhaust(scheduler(planGenerator(made.plan, 0, made.operations))))
await measure('real driver, recorded, clients answer at once', async () => {
  let count = 0
  await driveReal({
    clock: wallClock(),
    scheduler: scheduler(planGenerator(unpaced.plan, 0, unpaced.operations)),
    recording: {record: ({type}) => void (type === 'ok' && count++)},
    invoker: {
      invoke: (_thread, _process, _node, {value}, done) => queueMicrotask(() => done({type: 'ok', value})),
    },
  })
  return count
})
await measure('simulated cluster of three, all of a run', async () => {
  const {history} = await simulate({target: primaryTarget, workload: register, seed: 1, ratePerS: 1000, timeMs: 10_000})
  return history.operations.length
})
