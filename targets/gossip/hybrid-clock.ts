/**
 * A hybrid logical clock: stamps that stay close to the wall clock and still respect causality, however skewed the wall
 * clocks are. Kulkarni, Demirbas, Madappa, Avva, Leone: "Logical Physical Clocks" (OPODIS 2014), figure 5.
 */

/** Compared by `wall`, then `count`, then (between nodes) the node's name. */
export interface Stamp {
  /** The greatest wall-clock time heard of, ms: the paper's l. */
  readonly wall: number
  /** Orders events within one `wall`: the paper's c. */
  readonly count: number
}

export class HybridClock {
  readonly #wallMs: () => number
  #wall = 0
  #count = 0

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs
  }

  /** A local event: a stamp greater than every stamp given or observed before. */
  tick(): Stamp {
    const before = this.#wall
    this.#wall = Math.max(before, Math.floor(this.#wallMs()))
    this.#count = this.#wall === before ? this.#count + 1 : 0
    return {wall: this.#wall, count: this.#count}
  }

  /** A stamp was received, from a peer or from our own disk: never fall behind it. */
  observe(stamp: Stamp): void {
    const before = this.#wall
    this.#wall = Math.max(before, stamp.wall, Math.floor(this.#wallMs()))
    if (this.#wall === before && this.#wall === stamp.wall) this.#count = Math.max(this.#count, stamp.count) + 1
    else if (this.#wall === before) this.#count++
    else if (this.#wall === stamp.wall) this.#count = stamp.count + 1
    else this.#count = 0
  }
}
