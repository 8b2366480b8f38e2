/**
 * One node's copy of everything: registers, sets and counters, which updates it has seen, and which of them are live. Pure
 * state: `apply` merges updates in any order, any number of times, to the same result (strong eventual consistency, Shapiro
 * et al. 2011).
 */
import type {Json, NodeId} from '../../core/node.ts'
import {CausalContext, type Vector} from './causal-context.ts'
import {HybridClock} from './hybrid-clock.ts'
import {type Covers, LiveUpdates, type Missing} from './live-updates.ts'
import {LwwRegisters, newerByStamp, newerByWallClock} from './lww-register.ts'
import {OrSets} from './or-set.ts'
import {mergeByMaximum, mergeBySum, PnCounters} from './pn-counter.ts'
import type {RemoveUpdate, Update} from './update.ts'

/** Everything a replica knows, as data: its journal is compacted to this. */
export type Snapshot = {
  readonly vector: Vector
  readonly cloud: readonly (readonly [NodeId, number])[]
  readonly updates: readonly Update[]
}

export class Replica {
  readonly context = new CausalContext()
  readonly registers: LwwRegisters
  readonly sets: OrSets
  readonly counters: PnCounters
  readonly #self: NodeId
  readonly #clock: HybridClock
  readonly #live = new LiveUpdates()
  readonly #removes = new Set<RemoveUpdate>()
  #sequence = 0

  constructor(self: NodeId, wallMs: () => number, bugs: readonly string[]) {
    this.#self = self
    this.#clock = new HybridClock(wallMs)
    this.registers = new LwwRegisters(bugs.includes('clock-wins') ? newerByWallClock : newerByStamp)
    this.sets = new OrSets(
      // Bug `set-resurrect`: only the remover itself honours a remove; where the add already is, it stays.
      bugs.includes('set-resurrect') ? (remove) => remove.origin === self : () => true,
    )
    this.counters = new PnCounters(bugs.includes('sum-merge') ? mergeBySum : mergeByMaximum)
  }

  /** How many updates are live. */
  get size(): number {
    return this.#live.count
  }

  /** Replicas in the same state have equal fingerprints. */
  get fingerprint(): string {
    return this.#live.fingerprint
  }

  // Local operations: each makes an update, applies it and returns it, to be stored and told to others.

  write(key: string, value: Json): Update {
    return this.#perform({kind: 'write', ...this.#name(key), value, ...this.#clock.tick()})
  }

  add(key: string, element: Json): Update {
    return this.#perform({kind: 'add', ...this.#name(key), element})
  }

  /** Undefined when the element is not here: there is nothing to remove. */
  remove(key: string, element: Json): Update | undefined {
    const tags = this.sets.tags(key, element)
    return tags.length === 0 ? undefined : this.#perform({kind: 'remove', ...this.#name(key), element, tags})
  }

  /** Counts by a positive or negative amount. */
  count(key: string, amount: number): Update {
    const {up, down} = this.counters.share(key, this.#self)
    const share = amount >= 0 ? {up: up + amount, down} : {up, down: down - amount}
    return this.#perform({kind: 'count', ...this.#name(key), ...share})
  }

  // What others told.

  /** Merges an update in; false when it had been seen already. */
  apply(update: Update): boolean {
    if (!this.context.add(update.origin, update.sequence)) return false
    if (update.origin === this.#self) this.#sequence = Math.max(this.#sequence, update.sequence)
    this.#live.add(update)
    for (const superseded of this.#merge(update)) this.#live.delete(superseded)
    return true
  }

  /** Notes that all live updates of these ranges have been applied. True where that was news. */
  cover(covers: Covers): boolean {
    let news = false
    for (const [origin, [from, to]] of Object.entries(covers)) {
      if (this.context.cover(origin, from, to)) news = true
    }
    return news
  }

  /** What a peer with this digest lacks, as far as `until` goes. */
  since(digest: Vector, limit: number, until = this.context.reached()): Missing {
    return this.#live.since(digest, this.context, limit, until)
  }

  /**
   * Drops removes that every node has seen (`stableUpTo` says how much of an origin's that is), once the adds that they removed can no longer arrive here either.
   * Without this, sets would carry a tombstone for each element that ever left.
   */
  forgetRemoves(stableUpTo: (origin: NodeId) => number): void {
    if (this.#removes.size === 0) return
    const stable: {[origin: NodeId]: number} = {}
    for (const origin of this.context.origins()) stable[origin] = stableUpTo(origin)
    for (const remove of this.#removes) {
      if (remove.sequence > (stable[remove.origin] ?? 0)) continue
      if (!remove.tags.every((tag) => tag[1] <= this.context.upTo(tag[0]))) continue
      this.sets.forget(remove)
      this.#live.delete(remove)
      this.#removes.delete(remove)
    }
  }

  snapshot(): Snapshot {
    return {vector: this.context.vector(), cloud: this.context.cloud(), updates: [...this.#live.all()]}
  }

  /** Into an empty replica. */
  restore(snapshot: Snapshot): void {
    for (const update of snapshot.updates) this.apply(update)
    for (const [origin, to] of Object.entries(snapshot.vector)) {
      this.context.cover(origin, 0, to)
      if (origin === this.#self) this.#sequence = Math.max(this.#sequence, to)
    }
    for (const [origin, sequence] of snapshot.cloud) this.context.add(origin, sequence)
  }

  #name(key: string): {origin: NodeId; sequence: number; key: string} {
    return {origin: this.#self, sequence: this.#sequence + 1, key}
  }

  #perform(update: Update): Update {
    this.apply(update)
    return update
  }

  /** Hands an update to its data type; answers with what it superseded. */
  #merge(update: Update): readonly Update[] {
    switch (update.kind) {
      case 'write':
        this.#clock.observe(update)
        return this.registers.apply(update)
      case 'add':
        return this.sets.add(update)
      case 'remove':
        this.#removes.add(update)
        return this.sets.remove(update, (tag) => this.context.has(tag[0], tag[1]))
      case 'count':
        return this.counters.apply(update)
    }
  }
}
