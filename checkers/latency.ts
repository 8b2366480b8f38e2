/**
 * How long operations took, without coordinated omission (Gil Tene): where the schedule says when an operation was *due*
 * (`extra.dueNs` of its invocation), the time that it had to wait for a free client counts as well.
 */
import type {Op, Operation} from '../core/op.ts'

/** When a user would say that the operation began. */
export function dueNs(operation: Operation): number {
  return dueOf(operation.invoke.extra, operation.startNs)
}

/** The same from an invocation's further fields and its time. */
export function dueOf(extra: Op['extra'], startNs: number): number {
  const due = extra?.['dueNs']
  return typeof due === 'number' && due < startNs ? due : startNs
}

/** Sorted durations, for exact quantiles (nearest rank): in one run, or in several. */
export class Latencies {
  readonly #sortedNs: readonly Float64Array[]
  readonly count: number

  private constructor(sortedNs: readonly Float64Array[]) {
    this.#sortedNs = sortedNs
    this.count = sortedNs.reduce((sum, {length}) => sum + length, 0)
  }

  /** The durations of those operations that succeeded. */
  static of(operations: Iterable<Operation>): Latencies {
    const durations = new Durations()
    for (const operation of operations) {
      if (operation.outcome === 'ok') durations.push(operation.endNs - dueNs(operation))
    }
    return new Latencies([durations.sorted()])
  }

  /** These durations, in any order. */
  static ofNs(durations: Durations): Latencies {
    return new Latencies([durations.sorted()])
  }

  /** All of these together. */
  static together(all: readonly Latencies[]): Latencies {
    return new Latencies(all.flatMap((each) => each.#sortedNs))
  }

  /** The duration that this share (0 to 1) of the operations did not exceed, ms; NaN where there are none. */
  quantileMs(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.count))
    if (rank > this.count) return Number.NaN
    let least = Number.POSITIVE_INFINITY
    // In each run, the first that has enough before it; the least of these is the one.
    for (const run of this.#sortedNs) {
      const at = firstWhere(run, (ns) => this.#notAbove(ns) >= rank)
      if (at < run.length) least = Math.min(least, run[at]!)
    }
    return least / 1e6
  }

  #notAbove(ns: number): number {
    return this.#sortedNs.reduce((sum, run) => sum + firstWhere(run, (other) => other > ns), 0)
  }

  get maxMs(): number {
    return this.quantileMs(1)
  }

  get meanMs(): number {
    let sum = 0
    for (const run of this.#sortedNs) for (const ns of run) sum += ns
    return sum / this.count / 1e6
  }
}

/** The first place in a sorted run at which this holds, and from which on it always does; its length where it never does. */
function firstWhere(run: Float64Array, holds: (ns: number) => boolean): number {
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(run[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/** A growing list of durations, ns. */
export class Durations {
  #items = new Float64Array(1024)
  #length = 0

  push(ns: number): void {
    if (this.#length === this.#items.length) {
      const wider = new Float64Array(2 * this.#length)
      wider.set(this.#items)
      this.#items = wider
    }
    this.#items[this.#length++] = ns
  }

  /** All of them in ascending order, in place. */
  sorted(): Float64Array {
    return this.#items.subarray(0, this.#length).sort()
  }
}

/** A number of ms with as many digits as matter. */
export function roundMs(ms: number): number {
  return Number(ms.toPrecision(ms >= 100 ? Math.ceil(Math.log10(ms)) + 1 : 3))
}
