/**
 * Availability: what share of operations succeeded, overall, in each fault window and on each node, and when nobody could
 * get anything done.
 *
 * Mostly measurements, judged by thresholds. One thing is broken in any case: *unavailable*, a stretch of at least `limitMs` in
 * which no fault was in force, something was asked for, and nothing succeeded. Proves: liveness was lost for that long. An operation counts for every fault that was in force at
 * some moment while it ran. An *unavailable* stretch is one of at least `gapMs` without a success, between two successes (or
 * the ends of the record), in which something was asked for. Final reads are not counted: they come after everything healed.
 */
import type {Checker} from '../core/checker.ts'
import type {FaultWindow, History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, verdictOf, witnessOf} from './finding.ts'

export interface AvailabilityOptions {
  /** The shortest stretch without success that is worth telling, ms. */
  readonly gapMs?: number
  /** How long nothing may succeed while no fault is in force, ms. */
  readonly limitMs?: number
}

/** How it went in some part of a run. */
export interface Share {
  readonly ok: number
  readonly fail: number
  readonly info: number
  /** ok / all, 0 to 1; NaN where there was nothing. */
  readonly okRate: number
}

/** A stretch of time in which nothing succeeded. */
export interface Outage {
  readonly startNs: number
  readonly endNs: number
}

export function availability(options: AvailabilityOptions = {}): Checker {
  const gapNs = (options.gapMs ?? 1000) * 1e6
  const limitNs = (options.limitMs ?? 10_000) * 1e6
  return {
    name: 'availability',
    description: 'success rate overall, per fault and per node, and stretches in which nothing succeeded',
    check(history) {
      const operations = history.operations.filter(({final}) => !final)
      const overall = shareOf(operations)
      const outages = outagesOf(history, gapNs)
      const unexcused = outagesOf(history, Math.min(gapNs, limitNs)).flatMap((outage) =>
        withoutFaults(outage, history.faults),
      )
      const longestMs = Math.max(0, ...outages.map(({startNs, endNs}) => (endNs - startNs) / 1e6))
      return verdictOf({
        checker: 'availability',
        property: 'availability',
        kind: 'liveness',
        summary: `${percent(overall.okRate)} of ${counted(operations.length, 'operation')} succeeded`,
        anomalies: unexcused
          .filter(({startNs, endNs}) => endNs - startNs >= limitNs)
          .map((stretch) => unavailable(history, stretch)),
        reason: operations.length === 0 ? 'There are no operations.' : undefined,
        measures: {
          ...(operations.length === 0 ? {} : {okRate: Number(overall.okRate.toFixed(4))}),
          outages: outages.length,
          longestOutageMs: Math.round(longestMs),
        },
        detail: {
          overall,
          faults: history.faults.map((fault) => ({
            ...fault,
            endNs: Math.min(fault.endNs, history.endNs),
            ...shareOf(during(operations, fault)),
          })),
          nodes: byNode(operations),
          outages,
        },
      })
    },
  }
}

/** Outcomes of these operations. */
export function shareOf(operations: Iterable<Operation>): Share {
  const counts = {ok: 0, fail: 0, info: 0}
  for (const {outcome} of operations) counts[outcome]++
  return withRate(counts)
}

function withRate(counts: Omit<Share, 'okRate'>): Share {
  return {...counts, okRate: counts.ok / (counts.ok + counts.fail + counts.info)}
}

/** Those that ran, at least in part, while the fault was in force. */
export function during(operations: Sequence<Operation>, fault: FaultWindow): Sequence<Operation> {
  return operations.filter(
    ({startNs, endNs, completion}) => startNs <= fault.endNs && (completion?.timeNs ?? endNs) >= fault.startNs,
  )
}

function byNode(operations: Iterable<Operation>): Record<string, Share> {
  const counts = new Map<string, {ok: number; fail: number; info: number}>()
  for (const {node, outcome} of operations) {
    if (node === undefined) continue
    let share = counts.get(node)
    if (share === undefined) counts.set(node, (share = {ok: 0, fail: 0, info: 0}))
    share[outcome]++
  }
  return Object.fromEntries([...counts.keys()].sort().map((node) => [node, withRate(counts.get(node)!)]))
}

/** Stretches of at least `gapNs` without a success in which something was asked for, in order. */
export function outagesOf(history: History, gapNs: number): Outage[] {
  const operations = history.operations
  const successes = operations.filter(({outcome}) => outcome === 'ok').map(({endNs}) => endNs)
  successes.sort((left, right) => left - right)
  const first = operations.at(0)
  if (first === undefined) return []
  const asked = operations.map(({startNs}) => startNs)
  const ends = [...successes, operations.at(-1)?.startNs ?? 0]
  const outages: Outage[] = []
  let start = first.startNs
  let cursor = 0
  for (const end of ends) {
    if (end - start >= gapNs) {
      while (cursor < asked.length && (asked[cursor] as number) <= start) cursor++
      // The outage begins with the first request that it left waiting.
      const from = asked[cursor]
      if (from !== undefined && end - from >= gapNs) outages.push({startNs: from, endNs: end})
    }
    start = Math.max(start, end)
  }
  return outages
}

/** The parts of an outage in which no fault was in force. */
function withoutFaults(outage: Outage, faults: readonly FaultWindow[]): Outage[] {
  const parts: Outage[] = []
  let startNs = outage.startNs
  for (const fault of faults) {
    if (fault.endNs <= startNs || fault.startNs >= outage.endNs) continue
    if (fault.startNs > startNs) parts.push({startNs, endNs: fault.startNs})
    startNs = Math.max(startNs, fault.endNs)
  }
  if (startNs < outage.endNs) parts.push({startNs, endNs: outage.endNs})
  return parts
}

function unavailable(history: History, {startNs, endNs}: Outage): Anomaly {
  const waiting = history.operations.filter((operation) => operation.startNs >= startNs && operation.startNs < endNs)
  const seconds = (ns: number) => (ns / 1e9).toFixed(1)
  return {
    type: 'unavailable',
    sentence: `Nothing succeeded for ${seconds(endNs - startNs)} s (from ${seconds(startNs)} s on), although no fault was in force: ${counted(waiting.length, 'attempt')}.`,
    witness: witnessOf(...waiting.slice(0, 4), waiting.at(-1)),
  }
}

/** `95.7 %`, or `none` where there was nothing. */
export function percent(share: number): string {
  return Number.isNaN(share) ? 'none' : `${Number((share * 100).toFixed(1))} %`
}
