/** The named timers of one node or session: one pending timer a name, setting it again replaces it. */
import type {SimEvent} from './event-queue.ts'
import type {World} from './world.ts'

export class Timers {
  readonly #world: World
  readonly #expire: (name: string, event: SimEvent) => void
  readonly #pending = new Map<string, SimEvent>()

  /** `expire` is told when a timer runs out; it calls `claim` at the moment it acts on it, which may be later. */
  constructor(world: World, expire: (name: string, event: SimEvent) => void) {
    this.#world = world
    this.#expire = expire
  }

  set(name: string, delayMs: number): void {
    if (!Number.isFinite(delayMs)) throw new RangeError(`timer ${name} wants a delay in ms, got ${delayMs}`)
    const pending = this.#pending.get(name)
    if (pending !== undefined) this.#world.cancel(pending)
    const event = this.#world.at(this.#world.nowNs() + Math.round(delayMs * 1e6), () => this.#expire(name, event))
    this.#pending.set(name, event)
  }

  cancel(name: string): void {
    const pending = this.#pending.get(name)
    if (pending === undefined) return
    this.#world.cancel(pending)
    this.#pending.delete(name)
  }

  /** Whether this expiry still counts: false when the timer was cancelled or set anew since. */
  claim(name: string, event: SimEvent): boolean {
    return this.#pending.get(name) === event && this.#pending.delete(name)
  }

  clear(): void {
    for (const pending of this.#pending.values()) this.#world.cancel(pending)
    this.#pending.clear()
  }
}
