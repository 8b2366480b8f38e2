/** What a check may cost, measured by the wall clock and this process's memory. */
import {getHeapStatistics} from 'node:v8'
import {type Budget, BudgetSpent} from '../../core/checker.ts'
import {wallClock} from '../../core/clock.ts'
import {showSize} from '../../core/quantities.ts'

/** Memory is looked at this often at most: to ask the system once takes longer than to decide a small history. */
const LOOK_EVERY_MS = 10
const LOOK_EVERY = 32
/** The engine ends the process when its objects reach its limit; we have to give up before. */
const HEAP_SHARE = 0.8

/** A limit on how much this process may grow, from now on. */
export class MemoryLimit {
  readonly #bytes: number
  readonly #before = process.memoryUsage.rss()

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** Undefined while there is some left; otherwise what ran out, in words. */
  exceeded(): string | undefined {
    if (process.memoryUsage.rss() - this.#before > this.#bytes) return `${showSize(this.#bytes)} of memory`
    return heapExceeded()
  }

  #looks = 0
  #lifted = false

  /** Throws BudgetSpent where there is no more. Made to be called often: it looks at the whole process only now and then. */
  readonly look = (): void => {
    if (this.#lifted) return
    const what = this.#looks++ % LOOK_EVERY === 0 ? this.exceeded() : heapExceeded()
    if (what !== undefined) throw new BudgetSpent(what)
  }

  /** Ends it: what is still to come must not fail. */
  lift(): void {
    this.#lifted = true
  }
}

/** The limit is that of Node.js, not ours: it can be moved. */
function heapExceeded(): string | undefined {
  const {used_heap_size: used, heap_size_limit: limit} = getHeapStatistics()
  return used > HEAP_SHARE * limit
    ? `${showSize(limit)} of heap (NODE_OPTIONS=--max-old-space-size=8000 allows 8 GB)`
    : undefined
}

/** Exceeded once `timeMs` have passed, there is no memory left, or the signal is aborted. */
export function createBudget(timeMs: number, memory: number | MemoryLimit, signal?: AbortSignal): Budget {
  const clock = wallClock()
  // A number counts from the first look on: a simulation is judged in less time than it takes to ask the system.
  let limit = memory
  let lookAtNs = LOOK_EVERY_MS * 1e6
  let reason: string | undefined
  return {
    exceeded() {
      if (reason !== undefined) return reason
      const nowNs = clock.nowNs()
      if (signal?.aborted) reason = 'the run was interrupted'
      else if (nowNs > timeMs * 1e6) reason = `${timeMs / 1000} s of time`
      else if (nowNs >= lookAtNs) {
        if (typeof limit === 'number') limit = new MemoryLimit(limit)
        reason = limit.exceeded()
        lookAtNs = clock.nowNs() + LOOK_EVERY_MS * 1e6
      }
      return reason
    },
  }
}
