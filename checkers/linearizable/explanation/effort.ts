/**
 * How much work a story may cost. A verdict is worth waiting for, a smaller story only a little: so explaining ends by
 * itself, with what it has, once it has done a certain amount, wherever the time comes from.
 */
import type {Halt} from '../engines/frontier.ts'

/** Operations looked at, over all attempts, before a story is good enough. A second or so. */
const MOST = 3_000_000

export class Effort {
  readonly #halt: Halt
  #left: number
  /** For searches: true once all is used up, or the check itself has to end. */
  readonly halt: Halt

  constructor(halt: Halt, most = MOST) {
    this.#halt = halt
    this.#left = most
    // A search asks every few hundred steps.
    this.halt = () => {
      this.spend(500)
      return this.spent
    }
  }

  get spent(): boolean {
    return this.#left <= 0 || this.#halt()
  }

  spend(amount: number): void {
    this.#left -= amount
  }
}
