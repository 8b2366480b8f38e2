/**
 * Version orders of lists (Kingsbury & Alvaro 2020, §4): a list shows the order of its appends, so the longest list that
 * anybody read of a key is the order of its versions. What was appended by a committed transaction and never seen comes
 * after everything that was.
 */
import {int32} from '../columns/column.ts'
import type {Observations} from './observations.ts'
import {NONE, type Transactions, WRITE, writerOf} from './transactions.ts'

export interface AppendOrder {
  /** By version: the next distinct one in the order, or NONE. */
  readonly next: Int32Array
  /** By version: 0 for the initial one, 1 for the first element, …; NONE for versions that are in no order. */
  readonly position: Int32Array
  /** By version in the order: the first later one that a committed transaction appended, or NONE. */
  readonly committedAfter: Int32Array
  /** By version in the order: itself or the latest earlier one that a committed transaction appended, or NONE. */
  readonly committedUntil: Int32Array
  /** By key: the last version of the order. */
  readonly last: Int32Array
  /** Committed appends that nobody saw, as micro-operations: a chain per key, by `unseenHead[key]`, `unseenNext[mop]`. */
  readonly unseenHead: Int32Array
  readonly unseenNext: Int32Array
}

export function appendOrder(transactions: Transactions, observations: Observations): AppendOrder {
  const {versions, keys, initial, longest, longestStart} = transactions
  const next = int32(versions).fill(NONE)
  const position = int32(versions).fill(NONE)
  const committedAfter = int32(versions).fill(NONE)
  const committedUntil = int32(versions).fill(NONE)
  const last = int32(keys.length)
  const isCommitted = (version: number) => {
    const writer = writerOf(transactions, version)
    return writer !== NONE && observations.committed[writer] === 1
  }
  for (let key = 0; key < keys.length; key++) {
    let before = initial[key]!
    position[before] = 0
    let place = 0
    for (let i = longestStart[key]!; i < longestStart[key + 1]!; i++) {
      const version = longest[i]!
      if (position[version] !== NONE) continue // a duplicate: its first place counts
      position[version] = ++place
      next[before] = version
      committedUntil[version] = isCommitted(version) ? version : committedUntil[before]!
      before = version
    }
    last[key] = before
    fillCommittedAfter(initial[key]!, next, committedUntil, committedAfter)
  }
  return {next, position, committedAfter, committedUntil, last, ...unseenAppends(transactions, observations, position)}
}

/** Every version up to (not including) a committed one has that one after it. */
function fillCommittedAfter(first: number, next: Int32Array, until: Int32Array, after: Int32Array): void {
  let pending = first
  for (let version = next[first]!; version !== NONE; version = next[version]!) {
    if (until[version] !== version) continue
    for (; pending !== version; pending = next[pending]!) after[pending] = version
  }
}

function unseenAppends(
  transactions: Transactions,
  observations: Observations,
  position: Int32Array,
): {unseenHead: Int32Array; unseenNext: Int32Array} {
  const {mopKind, mopKey, mopValue, mopTransaction, keys} = transactions
  const unseenHead = int32(keys.length).fill(NONE)
  const unseenNext = int32(mopKind.length).fill(NONE)
  // What only an odd list shows is not unseen; where it belongs nobody can tell.
  const inOddLists = new Set<number>()
  for (const list of transactions.odd) for (const version of list) inOddLists.add(version)
  for (let mop = mopKind.length - 1; mop >= 0; mop--) {
    if (mopKind[mop] !== WRITE || position[mopValue[mop]!] !== NONE) continue
    if (observations.committed[mopTransaction[mop]!] === 0 || inOddLists.has(mopValue[mop]!)) continue
    unseenNext[mop] = unseenHead[mopKey[mop]!]!
    unseenHead[mopKey[mop]!] = mop
  }
  return {unseenHead, unseenNext}
}
