/** Tries plans of a run in simulation on all cores, so that whoever asked stays able to hear of Ctrl-C. */
import {availableParallelism} from 'node:os'
import type {Attempt} from '../../runner/lab/attempt.ts'
import type {Plan} from '../../runner/plan.ts'
import {SIMULATING, threadPool} from '../../runner/threads.ts'
import type {PlanJob} from './plan-thread.ts'

export interface PlanThreads {
  readonly threads: number
  /** `wanted`: see `PlanJob`. */
  attempt(plan: Plan, seed: string, wanted?: readonly string[]): Promise<Attempt>
  /** Ends the threads, whatever they are doing. */
  close(): Promise<void>
}

/** `directory`: of the run that the plans come from. */
export function planThreads(directory: string, config: string | undefined): PlanThreads {
  const threads = availableParallelism()
  const pool = threadPool(import.meta.url, 'plan-thread', {threads, ...SIMULATING})
  return {
    threads,
    attempt(plan, seed, wanted) {
      const job: PlanJob = {directory, config, plan, seed, ...(wanted === undefined ? {} : {wanted})}
      return pool.run(job) as Promise<Attempt>
    },
    close: () => pool.destroy(),
  }
}
