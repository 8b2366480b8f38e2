/** Places on the way of a register's single order, to go back to. There are tens of thousands: what one took is used again. */
import {scratch32} from '../../../columns/scratch.ts'
import type {Operations} from './operation-set.ts'

export interface Place {
  at: number
  /** How many choices had been made. */
  choices: number
  state: number
  lastWrite: number
  /** What was open, in the first `count`: 2 × operation, and 1 more where it had taken effect. */
  open: Int32Array
  count: number
}

/** Places kept; beyond, the earlier half goes. The very first stays. */
const MOST_PLACES = 64

export class Places {
  readonly #places: Place[] = []
  readonly #spare: Place[] = []

  /** The latest. */
  get last(): Place {
    return this.#places.at(-1)!
  }

  mark(at: number, choices: number, state: number, lastWrite: number, open: Operations, done: Uint8Array): void {
    const {items, count} = open
    const place = this.#spare.pop() ?? {at, choices, state, lastWrite, open: scratch32(64), count}
    if (place.open.length < count) place.open = scratch32(2 * count)
    for (let i = 0; i < count; i++) place.open[i] = 2 * items[i]! + done[items[i]!]!
    place.at = at
    place.choices = choices
    place.state = state
    place.lastWrite = lastWrite
    place.count = count
    this.#places.push(place)
    if (this.#places.length > MOST_PLACES) this.#spare.push(...this.#places.splice(1, MOST_PLACES >> 1))
  }

  /** The last at or before this event. Those after it are forgotten. */
  goBackTo(event: number): Place {
    while (this.#places.length > 1 && this.last.at > event) this.#spare.push(this.#places.pop()!)
    return this.last
  }
}
