/**
 * How long operations took, without coordinated omission (Tene, "How NOT to measure latency", 2013): a client that is kept
 * waiting by a slow answer asks its next question late, and would then time only the question, not the wait.
 *
 * Used are three times of the record. *Due*: `extra.dueNs` of the invocation, when the planned schedule meant the operation to
 * begin; the runner notes it wherever it began 2 ms or more after that. *Begun*: `timeNs` of the invocation. *Answered*:
 * `timeNs` of the completion. A latency is answered − due, or answered − begun where nothing says that it was due earlier.
 *
 * What that leaves out: a run without a rate (as fast as answered) and a history from elsewhere have no schedule, so nothing
 * was due and waits do not count; operations that failed or whose outcome is unknown have no latency, so quantiles speak of
 * those that succeeded, beside `okRate`.
 */
import type {Operation} from '../core/op.ts'

/** When a user would say that the operation began. */
export function dueNs(operation: Operation): number {
  const due = operation.invoke.extra?.['dueNs']
  return typeof due === 'number' && due < operation.startNs ? due : operation.startNs
}

/** The value that this share (0 to 1) of the sorted ones does not exceed (nearest rank); NaN where there are none. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN
}

/** Sorted durations, for exact quantiles (nearest rank). */
export class Latencies {
  readonly #sortedNs: Float64Array

  /** The durations of those operations that succeeded. */
  constructor(operations: Iterable<Operation>) {
    const durations: number[] = []
    for (const operation of operations) {
      if (operation.outcome === 'ok') durations.push(operation.endNs - dueNs(operation))
    }
    this.#sortedNs = Float64Array.from(durations).sort()
  }

  get count(): number {
    return this.#sortedNs.length
  }

  /** The duration that this share (0 to 1) of the operations did not exceed, ms; NaN where there are none. */
  quantileMs(share: number): number {
    return quantile(this.#sortedNs, share) / 1e6
  }

  get maxMs(): number {
    return this.quantileMs(1)
  }

  get meanMs(): number {
    return this.#sortedNs.reduce((sum, ns) => sum + ns, 0) / this.#sortedNs.length / 1e6
  }
}

/** A number of ms with as many digits as matter. */
export function roundMs(ms: number): number {
  return Number(ms.toPrecision(ms >= 100 ? Math.ceil(Math.log10(ms)) + 1 : 3))
}
