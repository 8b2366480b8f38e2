/** How each committed transaction touched each key of a register history: the version it met first and the one it left. */
import {int32} from '../columns/column.ts'
import {Int32List} from '../columns/int32-list.ts'
import type {Observations} from './observations.ts'
import {NONE, READ, type Transactions, UNKNOWN, WRITE} from './transactions.ts'

/** Touches of transaction t: from start[t] to start[t + 1]. */
export interface Touches {
  readonly start: Int32Array
  readonly transaction: Int32Array
  readonly key: Int32Array
  /** The version read before any own write; else the one that is finally written. */
  readonly first: Int32Array
  /** The version finally written; else the one read last. */
  readonly last: Int32Array
}

export function touchesOf(transactions: Transactions, observations: Observations): Touches {
  const {count, firstMop, mopKey, mopKind, mopValue, keys} = transactions
  const start = int32(count + 1)
  const columns = {transaction: new Int32List(), key: new Int32List(), first: new Int32List(), last: new Int32List()}
  const isFinalWriteOf = (version: number, t: number) => {
    const write = transactions.versionMop[version]!
    return write !== NONE && transactions.mopTransaction[write] === t && observations.isFinal[write] === 1
  }
  const touchOf = int32(keys.length).fill(NONE)
  for (let t = 0; t < count; t++) {
    const begin = columns.key.length
    start[t] = begin
    if (observations.committed[t] === 0) continue
    for (let mop = firstMop[t]!; mop < firstMop[t + 1]!; mop++) {
      const version = mopValue[mop]!
      const isWrite = mopKind[mop] === WRITE
      if (isWrite ? observations.isFinal[mop] === 0 : version === UNKNOWN) continue
      const key = mopKey[mop]!
      const touch = touchOf[key]!
      if (touch < begin) {
        touchOf[key] = columns.key.length
        columns.transaction.push(t)
        columns.key.push(key)
        columns.first.push(firstVersion(transactions, observations, mop))
        columns.last.push(version)
      } else if (isWrite || !isFinalWriteOf(columns.last.items[touch]!, t)) columns.last.items[touch] = version
    }
  }
  start[count] = columns.key.length
  return {
    start,
    transaction: columns.transaction.view(),
    key: columns.key.view(),
    first: columns.first.view(),
    last: columns.last.view(),
  }
}

/** What was met first, given the first known micro-operation on the key that is a read or the final write. */
function firstVersion(transactions: Transactions, {previousMop}: Observations, mop: number): number {
  // A read that follows an intermediate write returns the transaction's own value: not what it met.
  if (transactions.mopKind[mop] !== READ || previousMop[mop] === NONE) return transactions.mopValue[mop]!
  return finalWriteAfter(transactions, mop)
}

function finalWriteAfter({firstMop, mopTransaction, mopKey, mopKind, mopValue}: Transactions, mop: number): number {
  let version = mopValue[mop]!
  const t = mopTransaction[mop]!
  for (let later = mop + 1; later < firstMop[t + 1]!; later++) {
    if (mopKind[later] === WRITE && mopKey[later] === mopKey[mop]) version = mopValue[later]!
  }
  return version
}
