/**
 * Availability: what share of operations succeeded, overall, in each fault window and on each node, and when nobody could
 * get anything done.
 *
 * Definition. An *outage* is a stretch of at least `gapMs` without a success, from the first request that it left waiting to the
 * next success (or the last request). Shares and outages are measured, and judged by thresholds. One thing is broken in any
 * case: *unavailable*, an outage of which at least `limitMs` in one piece were free of faults, and in which somebody asked all
 * the time, with pauses of at most twice `gapMs`. For the share of a fault, an operation counts when the fault was in force at some
 * moment while it ran. Final reads count for outages, not for shares:
 * they come after everything healed. Once a node has answered all of its own, only others are asked, and their silence is
 * theirs alone (`recovery` tells of it).
 *
 * Proves: liveness was lost for that long. Cannot see: whether what succeeded was right, clients that gave up and asked for
 * nothing, and an outage shorter than the pause between two requests.
 */

import type {Checker} from '../../core/checker.ts'
import type {FaultWindow, History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted, percent} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import type {Anomaly} from '../../core/verdict.ts'
import type {Share} from '../../core/verdict-detail.ts'
import {firstPlace, verdictOf, witnessOf} from '../findings/finding.ts'

export interface AvailabilityOptions {
  /** The shortest stretch without success that is worth telling, ms. */
  readonly gapMs?: number
  /** How long nothing may succeed while no fault is in force, ms. */
  readonly limitMs?: number
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
      const asked = askedOfAll(history.operations)
      const outages = outagesOf(asked, gapNs)
      const unexcused = outagesOf(asked, Math.min(gapNs, limitNs)).flatMap((outage) =>
        withoutFaults(outage, history.faults)
          .filter(({startNs, endNs}) => endNs - startNs >= limitNs)
          .flatMap((part) => whileAsked(part, asked, 2 * gapNs)),
      )
      const during = new Timetable(operations)
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
          longestOutageMs: Math.round(longestMs(outages)),
        },
        detail: {
          overall,
          faults: history.faults.map((fault) => ({
            ...fault,
            endNs: Math.min(fault.endNs, history.endNs),
            ...during.share(fault),
          })),
          nodes: byNode(operations),
          outages,
        },
      })
    },
  }
}

/** Without the final reads that were made once a node had answered all of its own. Final reads are the last of a history. */
export function askedOfAll(operations: Sequence<Operation>): Sequence<Operation> {
  let first = operations.length
  while (first > 0 && operations.at(first - 1)?.final === true) first--
  const last = new Map<string, Operation>()
  for (const read of operations.slice(first)) if (read.node !== undefined) last.set(read.node, read)
  const finishedNs = Math.min(...[...last.values()].map(({outcome, endNs}) => (outcome === 'ok' ? endNs : Infinity)))
  if (finishedNs === Number.POSITIVE_INFINITY) return operations
  return operations.slice(
    0,
    firstPlace(operations.length, (place) => (operations.at(place) as Operation).startNs > finishedNs),
  )
}

/** Outcomes of these operations. */
export function shareOf(operations: Sequence<Operation>): Share {
  const counts = {ok: 0, fail: 0, info: 0}
  for (const {outcome} of operations) counts[outcome]++
  return {...counts, okRate: counts.ok / operations.length}
}

/** When operations of one outcome began and were over, each sorted: tells how many ran in a window without looking at all. */
class Times {
  readonly #startsNs: Float64Array
  readonly #endsNs: Float64Array

  constructor(operations: Sequence<Operation>) {
    this.#startsNs = Float64Array.from(operations, ({startNs}) => startNs).sort()
    // The client of an unknown operation knows when it gave up.
    this.#endsNs = Float64Array.from(operations, ({endNs, completion}) => completion?.timeNs ?? endNs).sort()
  }

  /** Those that began by the end of the window, but for those that were over before it began. */
  during({startNs, endNs}: FaultWindow): number {
    const [starts, ends] = [this.#startsNs, this.#endsNs]
    const begun = firstPlace(starts.length, (place) => (starts[place] as number) > endNs)
    return begun - firstPlace(ends.length, (place) => (ends[place] as number) >= startNs)
  }
}

/** How operations fared that ran, at least in part, while a fault was in force. */
export class Timetable {
  readonly #ok: Times
  readonly #fail: Times
  readonly #info: Times

  constructor(operations: Sequence<Operation>) {
    const of = (wanted: Operation['outcome']) => new Times(operations.filter(({outcome}) => outcome === wanted))
    this.#ok = of('ok')
    this.#fail = of('fail')
    this.#info = of('info')
  }

  share(fault: FaultWindow): Share {
    const [ok, fail, info] = [this.#ok.during(fault), this.#fail.during(fault), this.#info.during(fault)]
    return {ok, fail, info, okRate: ok / (ok + fail + info)}
  }
}

function byNode(operations: Sequence<Operation>): Record<string, Share> {
  const groups = new Map<string, Operation[]>()
  for (const operation of operations) {
    if (operation.node === undefined) continue
    const group = groups.get(operation.node)
    if (group === undefined) groups.set(operation.node, [operation])
    else group.push(operation)
  }
  return Object.fromEntries([...groups.keys()].sort().map((node) => [node, shareOf(groups.get(node) as Operation[])]))
}

/** The longest of these, ms; 0 where there is none. */
export function longestMs(outages: readonly Outage[]): number {
  return outages.reduce((longest, {startNs, endNs}) => Math.max(longest, (endNs - startNs) / 1e6), 0)
}

/** Stretches of at least `gapNs` without a success in which something was asked for, in order. */
export function outagesOf(operations: Sequence<Operation>, gapNs: number): Outage[] {
  const successes = operations.filter(({outcome}) => outcome === 'ok').map(({endNs}) => endNs)
  successes.sort((left, right) => left - right)
  const first = operations.at(0)
  if (first === undefined) return []
  const asked = operations.map(({startNs}) => startNs)
  const ends = [...successes, operations.at(-1)?.startNs ?? 0]
  const outages: Outage[] = []
  // The first request of all waits, too.
  let start = Number.NEGATIVE_INFINITY
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

/** The parts of an outage in which no fault can have been in force: one may be from when it was asked for, and before it is proved. */
function withoutFaults(outage: Outage, faults: readonly FaultWindow[]): Outage[] {
  const parts: Outage[] = []
  let startNs = outage.startNs
  const inOrder = faults.toSorted((left, right) => left.askedNs - right.askedNs)
  for (const fault of inOrder) {
    if (fault.endNs <= startNs || fault.askedNs >= outage.endNs) continue
    if (fault.askedNs > startNs) parts.push({startNs, endNs: fault.askedNs})
    startNs = Math.max(startNs, fault.endNs)
  }
  if (startNs < outage.endNs) parts.push({startNs, endNs: outage.endNs})
  return parts
}

/** The parts of a stretch in which somebody was waiting, or had been so no longer ago than this: silence that nobody hears is none. */
function whileAsked({startNs, endNs}: Outage, operations: Sequence<Operation>, pauseNs: number): Outage[] {
  const parts: {startNs: number; endNs: number}[] = []
  for (const {invoke, completion} of operations) {
    const toNs = Math.min(endNs, completion?.timeNs ?? endNs)
    const fromNs = Math.max(startNs, invoke.timeNs)
    if (fromNs > toNs) continue
    const last = parts.at(-1)
    if (last !== undefined && fromNs - last.endNs <= pauseNs) last.endNs = Math.max(last.endNs, toNs)
    else parts.push({startNs: fromNs, endNs: toNs})
  }
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
