/** A machine's clock: how far it is off, and how much too fast it runs. Timers of that machine run by it too. */
import type {World} from './world.ts'

/** Nodes take the time to be some day in 2026; it only matters that it is no small number. */
const EPOCH_MS = 1_780_000_000_000

export class SimClock {
  readonly #world: World
  #aheadMs = 0
  #ppm = 0
  /** Since when it runs at this speed. */
  #sinceNs = 0

  constructor(world: World) {
    this.#world = world
  }

  /** What it is ahead of the true time by, ms. */
  get offsetMs(): number {
    return this.#ppm === 0 ? this.#aheadMs : this.#aheadMs + ((this.#world.nowNs() - this.#sinceNs) / 1e12) * this.#ppm
  }

  /** Jumps: it is ahead by this much from now on, ms, whatever it had gained or lost by running at a wrong speed. */
  set(offsetMs: number): void {
    this.#aheadMs = offsetMs
    this.#sinceNs = this.#world.nowNs()
  }

  /** Runs this much too fast from now on, parts per million. Throws RangeError for a clock that would stand still. */
  drift(ppm: number): void {
    if (!(ppm > -1e6)) throw new RangeError(`a clock cannot run ${-ppm} parts per million too slow`)
    this.set(this.offsetMs)
    this.#ppm = ppm
  }

  /** The time in ms, as the node sees it, `afterMs` from now. */
  nowMs(afterMs = 0): number {
    return EPOCH_MS + Math.floor(this.#world.nowNs() / 1e6 + afterMs + this.offsetMs)
  }

  /** How long it truly takes until this clock has gone on by `delayMs`. */
  trueMs(delayMs: number): number {
    return this.#ppm === 0 ? delayMs : delayMs / (1 + this.#ppm / 1e6)
  }
}
