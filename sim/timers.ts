/** The named timers of one node or session: one pending timer a name, setting it again replaces it. */
import {Recurring} from './event-queue.ts'
import type {World} from './world.ts'

/** Told when a timer runs out. It calls `claim` at the moment it acts on it, which may be later. */
export type Expire = (timer: Timer, setting: number) => void

/** One timer. `setting` counts how often it was set or cancelled, so that a late expiry is told from a later setting. */
export class Timer extends Recurring {
  readonly name: string
  setting = 0
  readonly #expire: Expire

  constructor(name: string, expire: Expire) {
    super()
    this.name = name
    this.#expire = expire
  }

  run(): void {
    this.#expire(this, this.setting)
  }
}

export class Timers {
  readonly #world: World
  readonly #expire: Expire
  readonly #timers = new Map<string, Timer>()

  constructor(world: World, expire: Expire) {
    this.#world = world
    this.#expire = expire
  }

  set(name: string, delayMs: number): void {
    if (!Number.isFinite(delayMs)) throw new RangeError(`timer ${name} wants a delay in ms, got ${delayMs}`)
    let timer = this.#timers.get(name)
    if (timer === undefined) this.#timers.set(name, (timer = new Timer(name, this.#expire)))
    timer.setting++
    this.#world.set(timer, this.#world.nowNs() + Math.round(delayMs * 1e6))
  }

  cancel(name: string): void {
    const timer = this.#timers.get(name)
    if (timer === undefined) return
    timer.setting++
    timer.cancel()
  }

  /** Whether this expiry still counts: false when the timer was cancelled or set anew since, or acted on already. */
  claim(timer: Timer, setting: number): boolean {
    return timer.setting === setting && ++timer.setting > 0
  }

  clear(): void {
    for (const timer of this.#timers.values()) {
      timer.setting++
      timer.cancel()
    }
  }
}
