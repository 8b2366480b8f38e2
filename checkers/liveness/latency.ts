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
import type {Op, Operation} from '../../core/op.ts'

/** When a user would say that the operation began. */
export function dueNs(operation: Operation): number {
  return dueOf(operation.invoke.extra, operation.startNs)
}

/** The same from an invocation's further fields and its time. */
export function dueOf(extra: Op['extra'], startNs: number): number {
  const due = extra?.['dueNs']
  return typeof due === 'number' && due < startNs ? due : startNs
}

/** The value that this share (0 to 1) of the sorted ones does not exceed (nearest rank); NaN where there are none. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN
}

/**
 * Durations, for exact quantiles (nearest rank). Few are sorted. Many are counted by their leading bits, in linear time, and
 * only those that share them with the one that is asked for are sorted.
 */
export class Latencies {
  readonly count: number
  readonly #runs: readonly Float64Array[]
  /** How many begin with these bits, or all of them in one. */
  #counts: Uint32Array | undefined

  private constructor(runs: readonly Float64Array[]) {
    this.#runs = runs
    this.count = runs.reduce((sum, {length}) => sum + length, 0)
  }

  /** The durations of those operations that succeeded. */
  static of(operations: Iterable<Operation>): Latencies {
    const durations = new Durations()
    for (const operation of operations) {
      if (operation.outcome === 'ok') durations.push(operation.endNs - dueNs(operation))
    }
    return Latencies.ofNs(durations)
  }

  /** These durations. */
  static ofNs(durations: Durations): Latencies {
    return new Latencies([durations.view()])
  }

  /** All of these together. */
  static together(all: readonly Latencies[]): Latencies {
    return new Latencies(all.flatMap((each) => each.#runs))
  }

  /** The duration that this share (0 to 1) of the operations did not exceed, ms; NaN where there are none. */
  quantileMs(share: number): number {
    let rank = Math.max(1, Math.ceil(share * this.count))
    if (rank > this.count) return Number.NaN
    this.#counts ??= this.#counted()
    let bucket = 0
    for (; rank > this.#counts[bucket]!; bucket++) rank -= this.#counts[bucket]!
    return this.#sorted(bucket, this.#counts[bucket]!)[rank - 1]! / 1e6
  }

  #counted(): Uint32Array {
    if (this.count <= MANY) return Uint32Array.of(this.count)
    const counts = new Uint32Array(BUCKETS)
    for (const run of this.#runs) for (let i = 0; i < run.length; i++) counts[bucketOf(run[i]!)]!++
    return counts
  }

  #sorted(bucket: number, count: number): Float64Array {
    const sorted = new Float64Array(count)
    const all = count === this.count
    let length = 0
    for (const run of this.#runs) {
      for (let i = 0; i < run.length; i++) if (all || bucketOf(run[i]!) === bucket) sorted[length++] = run[i]!
    }
    return sorted.sort()
  }

  get maxMs(): number {
    return this.quantileMs(1)
  }

  get meanMs(): number {
    let sum = 0
    for (const run of this.#runs) for (let i = 0; i < run.length; i++) sum += run[i]!
    return sum / this.count / 1e6
  }
}

/** More than these are counted first. */
const MANY = 1 << 14

/** Sign, exponent and four bits of the mantissa of a double: they ascend with the number, of those that are positive. */
const BUCKETS = 1 << 15
const asNumber = new Float64Array(1)
const asBits = new Uint16Array(asNumber.buffer)
/** Which half of a half of a double comes first depends on the machine. */
const TOP = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 3 : 0

function bucketOf(ns: number): number {
  if (!(ns > 0)) return 0
  asNumber[0] = ns
  return asBits[TOP]!
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

  view(): Float64Array {
    return this.#items.subarray(0, this.#length)
  }
}

/** A number of ms with as many digits as matter. */
export function roundMs(ms: number): number {
  return Number(ms.toPrecision(ms >= 100 ? Math.ceil(Math.log10(ms)) + 1 : 3))
}
