/** What a check may cost, measured by the wall clock and this process's memory. */
import type {Budget} from '../core/checker.ts'
import {wallClock} from '../core/clock.ts'

/** Memory is looked at once in so many questions: asking the system takes longer than most answers matter. */
const ASK_EVERY = 64

/** Exceeded once `timeMs` have passed, the process has grown by `memoryBytes`, or the signal is aborted. */
export function createBudget(timeMs: number, memoryBytes: number, signal?: AbortSignal): Budget {
  const clock = wallClock()
  const before = process.memoryUsage.rss()
  let asked = 0
  let reason: string | undefined
  return {
    exceeded() {
      if (reason !== undefined) return reason
      if (signal?.aborted) reason = 'the run was interrupted'
      else if (clock.nowNs() > timeMs * 1e6) reason = `${timeMs / 1000} s of time`
      else if (asked++ % ASK_EVERY === 0 && process.memoryUsage.rss() - before > memoryBytes) {
        reason = `${(memoryBytes / 1e9).toFixed(1)} GB of memory`
      }
      return reason
    },
  }
}
