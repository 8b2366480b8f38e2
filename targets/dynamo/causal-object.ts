/**
 * What is stored under a key: values with the dots of the writes that made them, and a version vector that says which writes
 * are known at all. A dot that is covered by a vector but not among the values has been overwritten or removed, so removals
 * need no tombstones. Values that no write has overwritten yet are siblings.
 *
 * Version vectors: Parker et al. 1983; DeCandia et al. 2007, section 4.4. With dots: Preguiça et al., "Brief announcement:
 * Efficient causality tracking in distributed storage systems with dotted version vectors" (2012), and the set without
 * tombstones of Bieniusa et al. 2012. Objects are immutable.
 */
import type {Json} from '../../core/node.ts'
import {hashOf} from '../state-machine/hash.ts'

/** The n-th write of an actor: of a node that coordinates writes of this key. */
export type Dot = readonly [actor: string, n: number]

export type Entry = {
  readonly dot: Dot
  readonly value: Json
  /** Greater than that of everything its writer knew; decides between siblings where one must be shown. */
  readonly stamp: number
}

export type Vector = {readonly [actor: string]: number}

/** A removed dot, by name, and when it was removed. */
export type Tombstone = readonly [dot: string, atMs: number]

export type CausalObject = {
  readonly vector: Vector
  readonly entries: readonly Entry[]
  /** Only with the bug `tombstone-expiry`. */
  readonly tombstones?: readonly Tombstone[]
}

export const EMPTY: CausalObject = {vector: {}, entries: []}

export function covers(vector: Vector, [actor, n]: Dot): boolean {
  return (vector[actor] ?? 0) >= n
}

/** Everything either side knows: what both have, and what one has and the other has never heard of. */
export function merge(left: CausalObject, right: CausalObject): CausalObject {
  if (left === right || right.entries.length + Object.keys(right.vector).length === 0) return left
  if (left.entries.length + Object.keys(left.vector).length === 0) return right
  // Both are sorted by dot: one walk along both.
  const entries: Entry[] = []
  let [l, r] = [0, 0]
  while (l < left.entries.length || r < right.entries.length) {
    const [mine, other] = [left.entries[l], right.entries[r]]
    const order = mine === undefined ? 1 : other === undefined ? -1 : byDot(mine, other)
    if (order <= 0) l++
    if (order >= 0) r++
    if (order === 0) entries.push(mine as Entry)
    else if (order < 0 && !covers(right.vector, (mine as Entry).dot)) entries.push(mine as Entry)
    else if (order > 0 && !covers(left.vector, (other as Entry).dot)) entries.push(other as Entry)
  }
  return {vector: join(left.vector, right.vector), entries}
}

/** Bug `lost-sibling`: of two versions, neither of which descends from the other, the one with the later write stays. */
export function mergeByClock(left: CausalObject, right: CausalObject): CausalObject {
  if (descends(left.vector, right.vector) || descends(right.vector, left.vector)) return merge(left, right)
  const winner = latestStamp(left) >= latestStamp(right) ? left : right
  return {vector: join(left.vector, right.vector), entries: winner.entries}
}

/** The object after a write by this dot: `keep` says which entries it does not overwrite. */
export function written(
  object: CausalObject,
  dot: Dot,
  value: Json,
  stamp: number,
  keep: (entry: Entry) => boolean,
): CausalObject {
  return {
    vector: {...object.vector, [dot[0]]: dot[1]},
    entries: [...object.entries.filter(keep), {dot, value, stamp}].sort(byDot),
  }
}

/** The object without these entries, which its vector still covers. */
export function without(object: CausalObject, gone: (entry: Entry) => boolean): CausalObject {
  return {vector: object.vector, entries: object.entries.filter((entry) => !gone(entry))}
}

/** The sibling that is shown where only one can be: the one with the greatest stamp, then dot. */
export function winnerOf({entries}: CausalObject): Entry | undefined {
  let best: Entry | undefined
  for (const entry of entries) {
    if (best === undefined || entry.stamp > best.stamp || (entry.stamp === best.stamp && byDot(entry, best) > 0)) {
      best = entry
    }
  }
  return best
}

export function latestStamp({entries}: CausalObject): number {
  return entries.reduce((latest, {stamp}) => Math.max(latest, stamp), 0)
}

/** Equal objects have equal digests. Never 0, which stands for no object at all. */
export function digestOf({vector, entries}: CausalObject): number {
  let digest = 1
  for (const actor of Object.keys(vector)) digest = (digest + mixed(hashOf(actor), vector[actor] as number)) | 0
  let name = ''
  let hash = 0
  for (const {dot} of entries) {
    if (dot[0] !== name) hash = hashOf((name = dot[0]))
    digest = (digest + Math.imul(mixed(hash, dot[1]), 31)) | 0
  }
  return digest >>> 0 || 1
}

function mixed(hash: number, n: number): number {
  const product = Math.imul(hash ^ Math.imul(n + 1, 0x9e3779b1), 0x85ebca6b)
  return product ^ (product >>> 15)
}

function join(left: Vector, right: Vector): Vector {
  const joined: Record<string, number> = {...left}
  for (const [actor, n] of Object.entries(right)) joined[actor] = Math.max(joined[actor] ?? 0, n)
  return joined
}

function descends(from: Vector, other: Vector): boolean {
  return Object.entries(other).every(([actor, n]) => (from[actor] ?? 0) >= n)
}

function byDot({dot: left}: Entry, {dot: right}: Entry): number {
  return left[0] === right[0] ? left[1] - right[1] : left[0] < right[0] ? -1 : 1
}
