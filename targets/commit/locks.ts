/**
 * Strict two-phase locking: shared and exclusive locks of keys, held until the decision. Deadlocks are avoided by wait-die: a
 * transaction waits only for younger ones, so no circle of waiting can close (Rosenkrantz, Stearns, Lewis 1978).
 */

/** Whoever may hold locks: the greater the age number, the younger. */
export interface Holder {
  readonly txn: string
  readonly age: number
}

/** Whether a precedes b; equal ages are told apart by name. */
export function older(a: Holder, b: Holder): boolean {
  return a.age !== b.age ? a.age < b.age : a.txn < b.txn
}

export class Locks {
  readonly #held = new Map<string, {readonly exclusive: boolean; readonly holders: Holder[]}>()

  /** Others that hold what is wanted in a way that excludes it. */
  conflicts(txn: string, keys: ReadonlyMap<string, boolean>): Holder[] {
    const found: Holder[] = []
    for (const [key, exclusive] of keys) {
      const held = this.#held.get(key)
      if (held === undefined || !(exclusive || held.exclusive)) continue
      found.push(...held.holders.filter((holder) => holder.txn !== txn))
    }
    return found
  }

  /** Takes all of these, which must be free of conflicts. */
  take(holder: Holder, keys: ReadonlyMap<string, boolean>): void {
    for (const [key, exclusive] of keys) {
      const holders = this.#held.get(key)?.holders ?? []
      this.#held.set(key, {exclusive, holders: [...holders, holder]})
    }
  }

  release(txn: string, keys: Iterable<string>): void {
    for (const key of keys) {
      const held = this.#held.get(key)
      const left = held?.holders.filter((holder) => holder.txn !== txn) ?? []
      if (left.length === 0) this.#held.delete(key)
      else this.#held.set(key, {exclusive: false, holders: left})
    }
  }
}
