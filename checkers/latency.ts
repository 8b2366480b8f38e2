/**
 * How long operations took, without coordinated omission (Gil Tene): where the schedule says when an operation was *due*
 * (`extra.dueNs` of its invocation), the time that it had to wait for a free client counts as well.
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
