/**
 * Positive-negative counters: each node counts its own ups and downs, a total per node, and states merge by the greater of
 * each pair (Shapiro et al. 2011, specification 7). Merging is idempotent, so a total may arrive any number of times.
 */
import type {NodeId} from '../../core/node.ts'
import type {CountUpdate, Update} from './update.ts'

/** How one node's share is merged with what was known of it. */
export type Merge = (known: number, heard: number) => number

export const mergeByMaximum: Merge = Math.max

/** Bug `sum-merge`: what a node tells of its total is added to what it told before. */
export const mergeBySum: Merge = (known, heard) => known + heard

interface Share {
  readonly up: number
  readonly down: number
  /** The latest update that this share comes from. */
  readonly update: CountUpdate
}

export class PnCounters {
  /** By key, by origin. */
  readonly #shares = new Map<string, Map<NodeId, Share>>()
  readonly #merge: Merge

  constructor(merge: Merge) {
    this.#merge = merge
  }

  /** Takes a node's total in. Answers with what is superseded by now: its total before, or this one. */
  apply(update: CountUpdate): readonly Update[] {
    let shares = this.#shares.get(update.key)
    if (shares === undefined) this.#shares.set(update.key, (shares = new Map()))
    const known = shares.get(update.origin)
    if (known === undefined) {
      shares.set(update.origin, {up: update.up, down: update.down, update})
      return []
    }
    // Totals of one origin grow with its sequence, so the later update carries the greater pair.
    const later = update.sequence > known.update.sequence
    const up = this.#merge(known.up, update.up)
    const down = this.#merge(known.down, update.down)
    shares.set(update.origin, {up, down, update: later ? update : known.update})
    return [later ? known.update : update]
  }

  /** What a node is known to have counted itself. */
  share(key: string, origin: NodeId): {readonly up: number; readonly down: number} {
    return this.#shares.get(key)?.get(origin)?.update ?? {up: 0, down: 0}
  }

  read(key: string): number {
    let value = 0
    for (const {up, down} of this.#shares.get(key)?.values() ?? []) value += up - down
    return value
  }
}
