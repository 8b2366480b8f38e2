/**
 * What was done and how it went, per function: counts of ok, fail and info, rates, and latency quantiles.
 *
 * Proves: nothing about safety. A function that was tried and never succeeded makes the run *unknown* (kind `exercise`):
 * properties that depend on it were not tested (Jepsen's stats calls it invalid). Latencies are those of successful
 * operations, from when they were due (`latency.ts`). Cannot see: how long operations took that failed or were given up.
 */
import type {Checker} from '../core/checker.ts'
import type {Operation} from '../core/op.ts'
import {counted, verdictOf} from './finding.ts'
import {Latencies, roundMs} from './latency.ts'

/** Figures of one function. */
export interface FunctionStats {
  readonly f: string
  readonly ok: number
  readonly fail: number
  readonly info: number
  /** Share of ok among all, 0 to 1. */
  readonly okRate: number
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  readonly maxMs: number | null
}

export function stats(): Checker {
  return {
    name: 'stats',
    description: 'counts, rates and latencies per function; unknown where a function never succeeded',
    check(history) {
      const {operations} = history
      const byFunction = functionStats(operations)
      const total = statsOf('all', operations)
      const never = byFunction.filter(({ok}) => ok === 0).map(({f}) => f)
      const seconds = history.endNs / 1e9
      return verdictOf({
        checker: 'stats',
        property: 'every operation succeeded at least once',
        kind: 'exercise',
        summary: `${counted(operations.length, 'operation')}: ${total.ok} ok, ${total.fail} failed, ${total.info} unknown`,
        reason: reasonOf(operations.length, never),
        measures: {
          operations: operations.length,
          ok: total.ok,
          fail: total.fail,
          info: total.info,
          okRate: Number(total.okRate.toFixed(4)),
          ...(seconds > 0 ? {ratePerS: Number((operations.length / seconds).toFixed(1))} : {}),
          ...(total.p50Ms === null ? {} : {p50Ms: total.p50Ms, p99Ms: total.p99Ms ?? 0, maxMs: total.maxMs ?? 0}),
        },
        detail: {functions: byFunction},
      })
    },
  }
}

function reasonOf(operations: number, never: readonly string[]): string | undefined {
  if (operations === 0) return 'There are no operations.'
  if (never.length === 0) return undefined
  return `No ${never.join(' and no ')} ever succeeded, so what depends on it was not tested.`
}

/** Figures of every function, by name. */
export function functionStats(operations: readonly Operation[]): FunctionStats[] {
  const groups = new Map<string, Operation[]>()
  for (const operation of operations) {
    const group = groups.get(operation.f)
    if (group === undefined) groups.set(operation.f, [operation])
    else group.push(operation)
  }
  return [...groups.keys()].sort().map((f) => statsOf(f, groups.get(f) as Operation[]))
}

function statsOf(f: string, operations: readonly Operation[]): FunctionStats {
  const counts = {ok: 0, fail: 0, info: 0}
  for (const {outcome} of operations) counts[outcome]++
  const latencies = new Latencies(operations)
  const at = (share: number) => (latencies.count === 0 ? null : roundMs(latencies.quantileMs(share)))
  return {
    f,
    ...counts,
    okRate: operations.length === 0 ? 0 : counts.ok / operations.length,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  }
}
