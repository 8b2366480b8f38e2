/**
 * What follows from the columns alone and is asked again and again: which micro-operations of a transaction touch the same
 * key, which writes are its last on a key, and which transactions count as committed.
 */
import {int32, uint8} from '../columns/column.ts'
import {INFO, NONE, OK, READ, type Transactions, UNKNOWN, WRITE, writerOf} from './transactions.ts'

export interface Observations {
  /** The previous micro-operation on the same key in the same transaction, or NONE. */
  readonly previousMop: Int32Array
  /** 1 for a write that no later write of its transaction to the key follows: the version that it installs. */
  readonly isFinal: Uint8Array
  /** 1 for what is *ok*, and for what is *info* and was observed by something *ok*: then it did happen. */
  readonly committed: Uint8Array
}

export function observe(transactions: Transactions): Observations {
  return {...mopChains(transactions), committed: committedOnes(transactions)}
}

function mopChains(transactions: Transactions): {previousMop: Int32Array; isFinal: Uint8Array} {
  const {firstMop, mopKey, mopKind, keys, count} = transactions
  const previousMop = int32(mopKey.length)
  const isFinal = uint8(mopKey.length)
  const latest = int32(keys.length).fill(NONE)
  const latestWrite = int32(keys.length).fill(NONE)
  for (let t = 0; t < count; t++) {
    const first = firstMop[t]!
    for (let mop = first; mop < firstMop[t + 1]!; mop++) {
      const key = mopKey[mop]!
      previousMop[mop] = latest[key]! >= first ? latest[key]! : NONE
      latest[key] = mop
      if (mopKind[mop] !== WRITE) continue
      if (latestWrite[key]! >= first) isFinal[latestWrite[key]!] = 0
      isFinal[mop] = 1
      latestWrite[key] = mop
    }
  }
  return {previousMop, isFinal}
}

/** Only reads of *ok* transactions are known at all, so whatever was read was observed. */
function committedOnes(transactions: Transactions): Uint8Array {
  const {count, outcome, mopKind, mopValue, workload} = transactions
  const committed = uint8(count)
  for (let t = 0; t < count; t++) if (outcome[t] === OK) committed[t] = 1
  const observed = (version: number) => {
    const writer = writerOf(transactions, version)
    if (writer !== NONE && outcome[writer] === INFO) committed[writer] = 1
  }
  if (workload === 'list-append') {
    for (const version of transactions.longest) observed(version)
    for (const list of transactions.odd) for (const version of list) observed(version)
    return committed
  }
  for (let mop = 0; mop < mopValue.length; mop++) {
    if (mopKind[mop] === READ && mopValue[mop] !== UNKNOWN) observed(mopValue[mop]!)
  }
  return committed
}
