/**
 * A history of transactions in columns: what the checkers work on. A transaction is a number (in the order of completion),
 * a micro-operation is a number (those of a transaction are neighbours), a key is a number, and so is a version, which
 * is one value written to one key. 1 000 000 transactions take some 60 MB. Made by `TransactionsBuilder`.
 */
import type {Key} from '../../core/op.ts'

/** The two workloads: lists that grow by appends, and registers that are overwritten. */
export type Workload = 'list-append' | 'rw-register'

export const OK = 0
export const INFO = 1
export const FAIL = 2

export const READ = 0
export const WRITE = 1

/** `completed` of a transaction that may still be running. */
export const NEVER = 0x7fffffff
/** `mopValue` of a read whose result nobody knows. */
export const UNKNOWN = -1
export const NONE = -1

export interface Transactions {
  readonly workload: Workload
  readonly count: number
  /** OK, INFO or FAIL. */
  readonly outcome: Uint8Array
  readonly process: Int32Array
  /** Where in the history it was invoked and completed (NEVER for INFO): dense positions below `events`. */
  readonly invoked: Int32Array
  readonly completed: Int32Array
  readonly events: number
  /** The `index` of its two ops, for people; -1 where there is no such op. */
  readonly invokeIndex: Int32Array
  readonly completeIndex: Int32Array
  /** Micro-operations of transaction t: from firstMop[t] to firstMop[t + 1]. */
  readonly firstMop: Int32Array
  readonly mopTransaction: Int32Array
  /** READ or WRITE; an append is a write. */
  readonly mopKind: Uint8Array
  readonly mopKey: Int32Array
  /**
   * Of a write: the version. Of a read in a register: the version, or UNKNOWN. Of a read of a list: how many elements of
   * the key's longest list it saw, or UNKNOWN, or -2 - i for the i-th of `odd`.
   */
  readonly mopValue: Int32Array
  readonly keys: readonly Key[]
  /** The version that each key begins with: null, or the empty list. */
  readonly initial: Int32Array
  readonly versions: number
  readonly versionKey: Int32Array
  /** The micro-operation that wrote the version; NONE for initial ones and for values that nobody wrote. */
  readonly versionMop: Int32Array
  valueOf(version: number): unknown
  /** Lists only. The longest list read of key k is longest[longestStart[k]] to longest[longestStart[k + 1]], as versions. */
  readonly longest: Int32Array
  readonly longestStart: Int32Array
  /** Lists only. Reads that are no prefix of the longest read of their key, as versions. */
  readonly odd: readonly Int32Array[]
}

/** The transaction that wrote a version, or NONE. */
export function writerOf(transactions: Transactions, version: number): number {
  const mop = transactions.versionMop[version]!
  return mop === NONE ? NONE : transactions.mopTransaction[mop]!
}

/** How many elements a read of a list saw. Not for reads that are UNKNOWN. */
export function lengthOf(transactions: Transactions, mop: number): number {
  const value = transactions.mopValue[mop]!
  return value >= 0 ? value : transactions.odd[-2 - value]!.length
}

/** The i-th element that a read of a list saw, as a version. */
export function elementOf(transactions: Transactions, mop: number, i: number): number {
  const value = transactions.mopValue[mop]!
  if (value < 0) return transactions.odd[-2 - value]![i]!
  return transactions.longest[transactions.longestStart[transactions.mopKey[mop]!]! + i]!
}

/** The last element that a read of a list saw, as a version; the initial version where it was empty. */
export function lastElementOf(transactions: Transactions, mop: number): number {
  const length = lengthOf(transactions, mop)
  return length === 0 ? transactions.initial[transactions.mopKey[mop]!]! : elementOf(transactions, mop, length - 1)
}
