/**
 * Leases, as Chubby has them (Burrows, OSDI 2006, section 2.8): whoever leads counts, in its own time, from the moment at
 * which it saw that a lock is held or heard its holder, and takes the lock away when the lease has passed with a margin. The
 * holder counts from before it asked. A new leader knows nothing of what its predecessor heard, and gives every holder a
 * whole lease again.
 *
 * Time is counted in ticks of a timer, never read off a clock: clocks jump.
 */
import type {Locks} from './locks.ts'

export interface LeaseSettings {
  readonly leaseTickMs: number
  readonly leaseMarginMs: number
}

/** A lock whose time is up. */
export interface Expired {
  readonly key: string
  readonly token: number
}

export class Leases {
  readonly #settings: LeaseSettings
  /** For each held lock: the holder's token, and ticks since it was last heard. */
  readonly #held = new Map<string, {readonly token: number; ticks: number}>()

  constructor(settings: LeaseSettings) {
    this.#settings = settings
  }

  /** The holder with this token, if it still is the holder, was heard. */
  heard(key: string, token: number): void {
    const held = this.#held.get(key)
    if (held?.token === token) held.ticks = 0
  }

  /** This node does not lead: others count. */
  forget(): void {
    this.#held.clear()
  }

  /** One tick later: locks whose lease has run out. They stay until they are expired through the log. */
  tick(locks: Locks): Expired[] {
    const {leaseTickMs, leaseMarginMs} = this.#settings
    const expired: Expired[] = []
    const held = locks.held()
    const names = new Set(held.map(([key]) => key))
    for (const key of this.#held.keys()) if (!names.has(key)) this.#held.delete(key)
    for (const [key, {token, leaseMs}] of held) {
      const known = this.#held.get(key)
      if (known?.token !== token) this.#held.set(key, {token, ticks: 0})
      else if (++known.ticks * leaseTickMs > leaseMs + leaseMarginMs) expired.push({key, token})
    }
    return expired
  }
}

/** Bug `lease-on-wall-clock`: a lease ends at a time that was written down, by the clock of whoever looks. */
export function expiredByClock(locks: Locks, nowMs: number): Expired[] {
  return locks.held().flatMap(([key, {token, untilMs}]) => (nowMs > untilMs ? [{key, token}] : []))
}
