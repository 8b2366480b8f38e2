/**
 * Checks on all cores: a pool of threads that do units of plain data. This thread makes the units, one by one, and does
 * some itself whenever the others have enough to do.
 */
import {availableParallelism} from 'node:os'
import {setImmediate as turn} from 'node:timers/promises'
import type {Tinypool} from 'tinypool'
import type {Budget, Parallel, Task} from '../../core/checker.ts'
import {type Clock, wallClock} from '../../core/clock.ts'
import {threadPool} from '../threads.ts'

export interface ToThread {
  readonly task: string
  readonly unit: unknown
  /** Not zero: end early. Shared. */
  readonly halt: Int32Array
}

/** Units that wait in a thread while it does another: so that it never waits for us. */
const AHEAD = 2
/** How often the budget is asked on behalf of the threads, ms. */
const ASK_EVERY_MS = 25

export interface CheckPool extends Parallel {
  /** Ends the threads. */
  close(): Promise<void>
}

/** A pool on `cores` cores, this one included; threads are started when there is something to do. */
export function createCheckPool(cores = availableParallelism(), clock: Clock = wallClock()): CheckPool {
  const others = cores - 1
  let pool: Tinypool | undefined
  return {
    async map(task, units, budget) {
      if (others > 0) pool ??= threadPool(import.meta.url, 'check-pool-main', {threads: others, ahead: AHEAD})
      return shareOut(pool, others * AHEAD, task, units, budget, clock)
    },
    async close() {
      await pool?.destroy()
      pool = undefined
    },
  }
}

async function shareOut<Unit, Result>(
  pool: Tinypool | undefined,
  /** How many units threads may have at once. */
  room: number,
  task: Task<Unit, Result>,
  units: Iterable<Unit>,
  budget: Budget,
  clock: Clock,
): Promise<Result[]> {
  const halt = new Int32Array(new SharedArrayBuffer(4))
  const exceeded = (): boolean => {
    if (halt[0] === 0 && budget.exceeded() !== undefined) Atomics.store(halt, 0, 1)
    return halt[0] !== 0
  }
  const results: Result[] = []
  const failures: unknown[] = []
  const sent: Promise<void>[] = []
  let number = 0
  let underWay = 0
  for (const unit of units) {
    const at = number++
    if (pool === undefined || underWay >= room) results[at] = task.run(unit, exceeded)
    else {
      underWay++
      const answer = pool.run({task: task.name, unit, halt} satisfies ToThread)
      sent.push(
        answer.then(
          (result) => {
            underWay--
            results[at] = result as Result
          },
          (error) => {
            underWay--
            failures.push(error)
          },
        ),
      )
    }
    await turn()
  }
  let stop = () => {}
  const ask = () => {
    if (!exceeded()) stop = clock.after(ASK_EVERY_MS, ask)
  }
  ask()
  await Promise.all(sent)
  stop()
  if (failures.length > 0) throw failures[0]
  return results
}
