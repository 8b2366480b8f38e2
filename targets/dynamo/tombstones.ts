/**
 * Bug `tombstone-expiry`: removals are known by marks, which are cleaned up after a grace period, as in stores that have no
 * vectors to tell "removed" from "never heard of". A replica that was away for longer brings the element back to everybody.
 */
import type {CausalObject, Entry, Tombstone} from './causal-object.ts'

/** How long a removal is remembered, ms. */
const GRACE_MS = 300

export function mergeByTombstones(left: CausalObject, right: CausalObject, nowMs: number): CausalObject {
  const tombstones = new Map<string, number>()
  for (const [dot, atMs] of [...(left.tombstones ?? []), ...(right.tombstones ?? [])]) {
    if (nowMs - atMs < GRACE_MS) tombstones.set(dot, atMs)
  }
  const entries = new Map<string, Entry>()
  for (const entry of [...left.entries, ...right.entries]) {
    const name = entry.dot.join(':')
    if (!tombstones.has(name)) entries.set(name, entry)
  }
  const vector: Record<string, number> = {...left.vector}
  for (const [actor, n] of Object.entries(right.vector)) vector[actor] = Math.max(vector[actor] ?? 0, n)
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return {vector, entries: sorted, tombstones: [...tombstones]}
}

/** What marks the entries that have gone from one version to the next. */
export function marked(before: CausalObject, after: CausalObject, nowMs: number): CausalObject {
  const kept = new Set(after.entries.map(({dot}) => dot.join(':')))
  const gone = before.entries.map(({dot}) => dot.join(':')).filter((name) => !kept.has(name))
  return {...after, tombstones: [...(before.tombstones ?? []), ...gone.map((name): Tombstone => [name, nowMs])]}
}
