/**
 * Times of ops. Whoever writes a history with the clock of the machine (`time.time_ns()`, `UnixNano()`) has nanoseconds since 1970,
 * beyond what a number holds exactly: such times count from the first op, to the nanosecond.
 */

/** Times of one history, in order. */
export class Times {
  /** What the first time was, where it was no number; zero where it was one. */
  #since: bigint | undefined

  /** In ns; undefined for what is no time. */
  of(given: unknown): number | undefined {
    if (typeof given === 'bigint') {
      this.#since ??= given
      return Number(given - this.#since)
    }
    if (typeof given !== 'number' || !Number.isFinite(given)) return undefined
    this.#since ??= 0n
    return this.#since === 0n ? given : given - Number(this.#since)
  }
}
